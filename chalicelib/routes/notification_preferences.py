"""What a person is told of beside their inbox, over HTTP: channels by topic, and the phones that are pushed to."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from chalicelib.auth import admit
from chalicelib.http import Call, Routes, endpoint
from chalicelib.views import Body, MoneyView, View
from wallet_api.clock import rfc3339
from wallet_api.confirmations.errors import PushServiceDown
from wallet_api.confirmations.model import CHANNELS, MAX_TOKEN_CHARACTERS, TOPICS, Change, Channels
from wallet_api.confirmations.use_cases import Chosen
from wallet_api.errors import FieldProblem, Invalid, NotFound
from wallet_api.gateways.push import Service
from wallet_api.money import MAX_AMOUNT, Money
from wallet_api.rate_limits.errors import RateLimited
from wallet_api.sessions.model import Customer, PushAddress

routes = Routes(__name__)


class ChannelsIn(Body):
    """What to switch on or off for a topic; what is left away stays."""

    push: bool | None = None
    sms: bool | None = None
    email: bool | None = None


class LeastAmountIn(Body):
    """An amount that may be zero: then an SMS tells of every movement."""

    amount: Annotated[int, Meta(ge=0, le=MAX_AMOUNT, description="Minor units.", examples=[10_000])]
    currency: Literal["CNY"]


class ChangePreferences(Body):
    """What to change; what is left away stays. `sms_from` is the least amount that an SMS tells of. `locale` is the language of what is
    sent: `profile` is the one of `GET /v1/me`.
    """

    money_in: ChannelsIn = ChannelsIn()
    money_out: ChannelsIn = ChannelsIn()
    refunds: ChannelsIn = ChannelsIn()
    security: ChannelsIn = ChannelsIn()
    sms_from: LeastAmountIn | None = None
    locale: Literal["profile", "zh-CN", "en"] | None = None

    def change(self) -> Change:
        """What is wished. Raises Invalid for a wish about security, which is told in any case."""
        fixed = [name for name in CHANNELS if getattr(self.security, name) not in (None, _SECURITY[name])]
        if fixed:
            raise Invalid(*(FieldProblem(f"/security/{name}", "cannot_be_chosen") for name in fixed))
        least = None if self.sms_from is None else Money(self.sms_from.amount, self.sms_from.currency)
        wished = {topic: getattr(self, topic) for topic in TOPICS}
        channels = {
            topic: {name: on for name in CHANNELS if (on := getattr(given, name)) is not None}
            for topic, given in wished.items()
        }
        return Change(channels, least, self.locale)


class ChannelsView(View):
    """Where one topic is told."""

    inbox: bool
    push: bool
    sms: bool
    email: bool

    @staticmethod
    def of(channels: Channels) -> ChannelsView:
        """The wire form; the inbox has everything."""
        return ChannelsView(inbox=True, push=channels.push, sms=channels.sms, email=channels.email)


_SECURITY = {"push": False, "sms": True, "email": True}


class PushTokenView(View):
    """That this device is pushed to. The token itself is never shown."""

    object: Literal["push_token"] = "push_token"
    device_id: str | None
    service: Service
    created_at: str

    @staticmethod
    def of(push: PushAddress) -> PushTokenView:
        """The wire form."""
        return PushTokenView(device_id=push.device_id, service=push.service, created_at=rfc3339(push.since))


class PreferencesView(View):
    """What the caller is told of and where. A push goes to `phones`, which have registered a token; what waits for the caller's yes
    is pushed in any case. `security` is what happens to their access: it is told over all that reaches them, and cannot be chosen.
    """

    object: Literal["notification_preferences"] = "notification_preferences"
    money_in: ChannelsView
    money_out: ChannelsView
    refunds: ChannelsView
    security: ChannelsView
    sms_from: MoneyView
    locale: Literal["profile", "zh-CN", "en"]
    phones: list[PushTokenView]

    @staticmethod
    def of(chosen: Chosen) -> PreferencesView:
        """The wire form."""
        preferences = chosen.preferences
        return PreferencesView(
            money_in=ChannelsView.of(preferences.money_in),
            money_out=ChannelsView.of(preferences.money_out),
            refunds=ChannelsView.of(preferences.refunds),
            security=ChannelsView(inbox=False, **_SECURITY),
            sms_from=MoneyView.of(preferences.sms_from),
            locale=preferences.language,
            phones=[PushTokenView.of(each) for each in chosen.phones],
        )


class RegisterPushToken(Body):
    """The token that the phone's push service gave the app: Apple's as hexadecimal digits, Firebase's as it is."""

    service: Service
    token: Annotated[str, Meta(min_length=8, max_length=MAX_TOKEN_CHARACTERS, pattern=r"^[A-Za-z0-9:_-]+$")]


@endpoint(
    routes,
    "GET",
    "/v1/me/notification_preferences",
    summary="See what you are told of and where",
    callers=[Customer],
    answer=PreferencesView,
    session="in_use_case",
)
def get_preferences(call: Call[None]) -> Any:
    """Who has chosen nothing is told in the inbox, and on the phones that registered a push token."""
    return PreferencesView.of(call.wallet.confirmation_choices.get(call.customer))


@endpoint(
    routes,
    "PATCH",
    "/v1/me/notification_preferences",
    summary="Choose what you are told of and where",
    callers=[Customer],
    body=ChangePreferences,
    answer=PreferencesView,
    session="in_use_case",
    errors=[RateLimited],
)
def change_preferences(call: Call[ChangePreferences]) -> Any:
    """It holds from the next message on. Whoever is told less than before hears of it by SMS and e-mail, in case it was somebody
    else's wish.
    """
    change = call.body.change()
    admit(call.wallet, call.customer, "identity")
    return PreferencesView.of(call.wallet.confirmation_choices.change(call.customer, change))


@endpoint(
    routes,
    "PUT",
    "/v1/devices/current/push_token",
    summary="Have this device pushed to",
    callers=[Customer],
    body=RegisterPushToken,
    answer=PushTokenView,
    session="in_use_case",
    errors=[PushServiceDown, RateLimited],
)
def register_push_token(call: Call[RegisterPushToken]) -> Any:
    """Takes the place of the token that the device had; the same one again changes nothing. It ends with the session, whatever ends
    that, and when somebody else registers it: send it after each sign-in, and whenever the service gives the app another.
    """
    admit(call.wallet, call.customer, "push_token")
    return PushTokenView.of(call.wallet.phones.register(call.customer, call.body.service, call.body.token))


@endpoint(
    routes,
    "DELETE",
    "/v1/devices/current/push_token",
    summary="Have this device pushed to no more",
    callers=[Customer],
    answer=None,
    status=204,
    session="in_use_case",
    errors=[NotFound],
)
def drop_push_token(call: Call[None]) -> None:
    """The inbox and the other channels go on as they were chosen."""
    call.wallet.phones.drop(call.customer)
