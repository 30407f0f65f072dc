"""Shapes that registering, signing in and the person's own pages share."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal

from msgspec import Meta

from chalicelib.views import Body, View
from wallet_api.clock import rfc3339
from wallet_api.devices.model import Device
from wallet_api.people.model import Profile
from wallet_api.sessions.model import Session, SignedIn

ContactPhone = Annotated[
    str,
    Meta(
        min_length=5, max_length=32, description="E.164, such as +8613812345678; a mainland mobile number may be bare."
    ),
]
Email = Annotated[str, Meta(min_length=3, max_length=254)]
NewPassword = Annotated[
    str,
    Meta(min_length=1, max_length=512, description="8 to 128 characters of any kind, none that attackers try first."),
]
GivenPassword = Annotated[str, Meta(min_length=1, max_length=512)]
AuthenticatorCode = Annotated[
    str,
    Meta(pattern=r"^[0-9A-Za-z -]{6,40}$", description="Six ASCII digits of the authenticator, or a recovery code."),
]
NAME = r"^(?![\s=+@-])[^\n\r\t\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u2060-\u206f\u3164\ufeff\uffa0]+$"
"""What others see as somebody's name: one line that a spreadsheet does not take for a formula, without signs that nobody sees
and that would make two names look like one. What joins an emoji's parts, or the letters of Persian, stays.
"""
_DeviceText = Annotated[str, Meta(min_length=1, max_length=64, pattern=NAME)]


class ProveOwner(Body):
    """The password, which may be left away for 15 minutes after signing in."""

    password: GivenPassword | None = None


class DeviceIn(Body):
    """What the app says about the device it runs on; shown to its owner beside the session.

    `token` is the `device_token` that the device got when it signed in before: without it the device is a new one, is
    announced to its owner and limited for a day.
    """

    name: _DeviceText | None = None
    platform: Annotated[str, Meta(pattern=r"^[A-Za-z0-9 ._-]{1,32}$")] | None = None
    app_version: _DeviceText | None = None
    token: Annotated[str, Meta(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9_=-]+$")] | None = None

    def device(self) -> Device:
        """As the wallet reads it."""
        return Device(self.name, self.platform, self.app_version, self.token)


class UserView(View):
    """A person as they see themselves; contacts are masked."""

    id: str
    object: Literal["user"] = "user"
    status: Literal["active"] = "active"
    phone: str | None
    email: str | None
    display_name: str | None
    locale: Literal["zh-CN", "en"]
    consents: list[str]
    totp_enabled: bool
    payment_pin_set: bool
    created_at: str

    @staticmethod
    def of(profile: Profile) -> UserView:
        """The wire form."""
        return UserView(
            id=profile.id,
            phone=profile.phone,
            email=profile.email,
            display_name=profile.display_name,
            locale=profile.locale,
            consents=list(profile.consents),
            totp_enabled=profile.totp_enabled,
            payment_pin_set=profile.payment_pin_set,
            created_at=rfc3339(profile.created_at),
        )


class TokensView(View):
    """A session with its tokens, shown this once. `expires_in` counts the access token's seconds.

    Keep `device_token` on the device, and send it as `device.token` when it signs in again.
    """

    id: str
    object: Literal["session"] = "session"
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105  a word of RFC 6750
    access_token: str
    expires_in: int
    expires_at: str
    refresh_token: str
    refresh_expires_at: str
    device_id: str | None
    device_token: str | None
    created_at: str

    @staticmethod
    def of(signed_in: SignedIn, now: datetime) -> TokensView:
        """The wire form."""
        session = signed_in.session
        return TokensView(
            id=session.id,
            access_token=signed_in.access_token,
            expires_in=max(0, -((now - signed_in.access_expires_at) // timedelta(seconds=1))),
            expires_at=rfc3339(signed_in.access_expires_at),
            refresh_token=signed_in.refresh_token,
            refresh_expires_at=rfc3339(session.expires_at),
            device_id=session.device.id,
            device_token=signed_in.device_token,
            created_at=rfc3339(session.created_at),
        )


class SignedInView(View):
    """Who signed in, and the session they have now."""

    user: UserView
    session: TokensView

    @staticmethod
    def of(profile: Profile, signed_in: SignedIn, *, now: datetime) -> SignedInView:
        """The wire form."""
        return SignedInView(user=UserView.of(profile), session=TokensView.of(signed_in, now))


class DeviceView(View):
    """A device as its app described it."""

    id: str | None
    name: str | None
    platform: str | None
    app_version: str | None


class SessionView(View):
    """One of the caller's sessions; `current` is the one that asks."""

    id: str
    object: Literal["session"] = "session"
    status: Literal["active"] = "active"
    current: bool
    device: DeviceView
    last_refreshed_at: str
    expires_at: str
    created_at: str

    @staticmethod
    def of(session: Session, current_id: str) -> SessionView:
        """The wire form."""
        device = session.device
        return SessionView(
            id=session.id,
            current=session.id == current_id,
            device=DeviceView(id=device.id, name=device.name, platform=device.platform, app_version=device.app_version),
            last_refreshed_at=rfc3339(session.refreshed_at),
            expires_at=rfc3339(session.expires_at),
            created_at=rfc3339(session.created_at),
        )
