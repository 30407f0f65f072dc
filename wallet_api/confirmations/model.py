"""What a person wants to be told of and where, and what a confirmation says.

The inbox has everything. Beyond it, what moved money goes over every channel that is on for its topic; what moved none is only
pushed. What waits for the person is pushed in any case, and only while it waits.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from msgspec import Struct
from msgspec.structs import replace

from wallet_api.clock import WALLET_DAY
from wallet_api.money import Money, zero
from wallet_api.people.model import Locale

Topic = Literal["money_in", "money_out", "refunds"]
Channel = Literal["push", "sms", "email"]
Language = Literal["profile", "zh-CN", "en"]
TOPICS: tuple[Topic, ...] = get_args(Topic)
CHANNELS: tuple[Channel, ...] = get_args(Channel)

HOME_CURRENCY = "CNY"
MAX_TOKEN_CHARACTERS = 1000
PUSHED_TO = 5
"""How many of a person's phones are pushed to: those of the newest sessions."""
LOOKED_THROUGH = 20
"""How many of a person's newest sessions are looked through for phones."""

LEASE = timedelta(minutes=2)
"""How long a worker has a confirmation to itself; longer than a function runs."""
KEPT_FOR = timedelta(days=35)
"""How long it is remembered that a movement was told: longer than any stream or dead letter brings it once more."""
_FIRST_RETRY, _LONGEST_RETRY = timedelta(minutes=1), timedelta(hours=2)
_GIVEN_UP_AFTER, _URGENT_FOR = timedelta(days=1), timedelta(minutes=10)


class Kind(Struct, frozen=True):
    """What an event is to its person. One that `moves` money is told everywhere, one that does not is pushed; an `urgent` one waits
    for them. What somebody `asked` for in their name says what to do if it was somebody else.
    """

    topic: Topic
    moves: bool = False
    urgent: bool = False
    asked: bool = False


TOLD: Mapping[str, Kind] = {
    "payment.requires_action": Kind("money_out", urgent=True),
    "payment.processing": Kind("money_out", asked=True),
    "payment.authorized": Kind("money_out", moves=True, asked=True),
    "payment.succeeded": Kind("money_out", moves=True, asked=True),
    "payment.failed": Kind("money_out", moves=True),
    "payment.canceled": Kind("money_out", moves=True),
    "payment.declined": Kind("money_out"),
    "refund.created": Kind("refunds"),
    "refund.succeeded": Kind("refunds", moves=True),
    "refund.failed": Kind("refunds", moves=True),
    "refund_request.approved": Kind("refunds"),
    "refund_request.declined": Kind("refunds"),
    "refund_request.escalated": Kind("refunds"),
    "refund_request.canceled": Kind("refunds"),
    "top_up.requires_action": Kind("money_in", urgent=True),
    "top_up.succeeded": Kind("money_in", moves=True),
    "top_up.failed": Kind("money_in"),
    "top_up.compensated": Kind("money_in", moves=True),
    "top_up.charge_reversed": Kind("money_out", moves=True),
    "withdrawal.created": Kind("money_out", moves=True, asked=True),
    "withdrawal.succeeded": Kind("money_out"),
    "withdrawal.failed": Kind("money_out", moves=True),
    "withdrawal.returned": Kind("money_out", moves=True),
    "withdrawal.corrected": Kind("money_out", moves=True),
    "transfer.sent": Kind("money_out", moves=True, asked=True),
    "transfer.received": Kind("money_in", moves=True),
    "transfer.created": Kind("money_out", moves=True, asked=True),
    "transfer.succeeded": Kind("money_out"),
    "transfer.canceled": Kind("money_out", moves=True),
    "transfer.failed": Kind("money_out", moves=True),
    "transfer.missed": Kind("money_in"),
    "mandate.confirmed": Kind("money_out", asked=True),
    "mandate.lowered": Kind("money_out"),
    "mandate.revoked": Kind("money_out"),
    "mandate.canceled": Kind("money_out"),
}
"""Every type of event that people are told of."""


class Channels(Struct, frozen=True):
    """Where one topic is told, beside the inbox."""

    push: bool = True
    sms: bool = False
    email: bool = False

    def less_than(self, other: Channels) -> bool:
        """Whether something is off here that is on there."""
        return any(getattr(other, each) and not getattr(self, each) for each in CHANNELS)


class Preferences(Struct, frozen=True):
    """What a person chose. Below `sms_from`, in its currency, no SMS is sent.

    `pushed` says that a phone of theirs can be, or once could be, pushed to; `version` counts the changes. What happened before
    `since`, when they first chose something or registered a phone, was told in the inbox and is told nowhere else, however late
    a stream brings it once more.
    """

    money_in: Channels = Channels()
    money_out: Channels = Channels()
    refunds: Channels = Channels()
    sms_from: Money = zero(HOME_CURRENCY)
    language: Language = "profile"
    pushed: bool = False
    version: int = 0
    since: datetime | None = None

    def channels(self, topic: Topic) -> Channels:
        """Those of a topic."""
        return {"money_in": self.money_in, "money_out": self.money_out, "refunds": self.refunds}[topic]

    def locale(self, own: Locale) -> Locale:
        """The language of what is sent, for a person whose own is this."""
        return own if self.language == "profile" else self.language

    def less_than(self, other: Preferences) -> bool:
        """Whether something is told there that is not told here."""
        fewer = any(self.channels(topic).less_than(other.channels(topic)) for topic in TOPICS)
        any_sms = any(other.channels(topic).sms for topic in TOPICS)
        return fewer or (any_sms and other.sms_from < self.sms_from)


DEFAULTS = Preferences()


class Change(Struct, frozen=True):
    """What somebody wishes to be otherwise; None leaves as it is. `channels` are by topic, and by channel within."""

    channels: Mapping[Topic, Mapping[Channel, bool]] = {}
    sms_from: Money | None = None
    language: Language | None = None

    def applied(self, to: Preferences) -> Preferences:
        """The preferences after it."""
        topics: dict[str, Any] = {
            topic: replace(to.channels(topic), **{str(channel): on for channel, on in wished.items()})
            for topic, wished in self.channels.items()
        }
        rest: dict[str, Any] = {"sms_from": self.sms_from, "language": self.language}
        return replace(to, **topics, **{name: value for name, value in rest.items() if value is not None})


class Confirmation(Struct, frozen=True):
    """One event on its way to its person. `told` names where it arrived; `former` is the worker that had it before and never said
    how it went on, or empty.
    """

    id: str
    owner: str
    type: str
    data: Mapping[str, Any]
    happened_at: datetime
    tries: int = 0
    told: tuple[str, ...] = ()
    former: str = ""

    @property
    def kind(self) -> Kind:
        """What it is to its person."""
        return TOLD[self.type]

    @property
    def amount(self) -> Money | None:
        """What it is about, where that is money."""
        amount = self.data.get("amount")
        return None if amount is None else Money(amount["amount"], amount["currency"])

    @property
    def arrives_at(self) -> datetime | None:
        """When the money arrives, where it does so later."""
        arrives_at = self.data.get("arrives_at")
        return None if arrives_at is None else datetime.fromisoformat(arrives_at)

    @property
    def useful_for(self) -> timedelta:
        """How long after the fact it is still worth being told."""
        return _URGENT_FOR if self.kind.urgent else _GIVEN_UP_AFTER

    def next_try(self, now: datetime) -> datetime | None:
        """When it is tried again after a try that did not reach everything; None when it has been tried for long enough."""
        again = now + min(_FIRST_RETRY * (1 << min(self.tries, 10)), _LONGEST_RETRY)
        return again if again - self.happened_at < self.useful_for else None


def wanted(kind: Kind, amount: Money | None, preferences: Preferences, *, moved: bool = True) -> tuple[Channel, ...]:
    """The channels that something is told over beside the inbox."""
    on = preferences.channels(kind.topic)
    found: list[Channel] = ["push"] if preferences.pushed and (on.push or kind.urgent) else []
    if kind.moves and moved:
        least = preferences.sms_from
        small = amount is not None and amount.currency == least.currency and amount < least
        found += ["sms"] if on.sms and not small else []
        found += ["email"] if on.email else []
    return tuple(found)


def shown_time(moment: datetime, locale: Locale) -> str:
    """A moment as a person in China reads it, with its zone for who is elsewhere."""
    there = moment.astimezone(WALLET_DAY)
    if locale == "zh-CN":
        return f"{there.year}年{there.month}月{there.day}日{there:%H:%M}"
    return f"{there:%Y-%m-%d %H:%M} UTC+8"
