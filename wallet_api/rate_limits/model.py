"""The limits, all in one place, and what their windows are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from ipaddress import ip_address, ip_network
from typing import Literal

from msgspec import Struct

from wallet_api.clock import epoch_seconds

MINUTE, TEN_MINUTES, HOUR, DAY = 60, 600, 3600, 86_400


class Limit(Struct, frozen=True):
    """At most `quota` in one stretch of `seconds`, counted for each subject by itself."""

    name: str
    quota: int
    seconds: int

    def start(self, now: datetime) -> int:
        """When the present stretch began, in epoch seconds."""
        return epoch_seconds(now) // self.seconds * self.seconds

    def seconds_left(self, now: datetime) -> int:
        """How long the present stretch still lasts; at least one second."""
        return self.start(now) + self.seconds - epoch_seconds(now)


class Share(Struct, frozen=True):
    """One subject's part of a limit. The subject is an id, a source or a number; it is kept as a keyed hash."""

    limit: Limit
    subject: str


Action = Literal["registration", "sign_in", "second_factor", "recovery"]

OF_A_SOURCE: dict[Action, tuple[Limit, ...]] = {
    "registration": (Limit("registration", 20, TEN_MINUTES), Limit("registration_day", 200, DAY)),
    "sign_in": (Limit("sign_in", 60, TEN_MINUTES), Limit("sign_in_day", 1000, DAY)),
    "second_factor": (Limit("second_factor", 120, TEN_MINUTES),),
    "recovery": (Limit("recovery", 20, TEN_MINUTES), Limit("recovery_day", 200, DAY)),
}
"""What may be asked without being known, by source address. A school or a mobile carrier puts many people behind one
address, so these stop machines, not people; what is guessed at is counted for each person besides.
"""

OF_A_SESSION: dict[str, tuple[Limit, ...]] = {
    "identity": (Limit("identity", 30, TEN_MINUTES), Limit("identity_day", 200, DAY)),
    "push_token": (Limit("push_token", 20, TEN_MINUTES), Limit("push_token_day", 100, DAY)),
}
"""What a signed-in person may ask: changes to passwords, factors and contacts; a phone made known to its push company."""

OF_A_MERCHANT: dict[str, tuple[Limit, ...]] = {
    "payment_code": (Limit("payment_code", 30, TEN_MINUTES), Limit("payment_code_day", 200, DAY)),
}
"""How many codes of customers a merchant may show that pay nothing. A till whose camera slips stays far below it; who guesses
has two hundred tries a day at a number of sixteen digits.
"""

MESSAGES_TO_A_STRANGER = (Limit("message_contact", 5, TEN_MINUTES), Limit("message_contact_day", 15, DAY))
MESSAGES_AFTER_A_PROOF = (Limit("message_proven", 10, TEN_MINUTES), Limit("message_proven_day", 50, DAY))
MESSAGES_FOR_A_PIN = (Limit("message_pin", 4, TEN_MINUTES), Limit("message_pin_day", 10, DAY))
MESSAGES_FROM_A_SOURCE = (Limit("message_source", 60, TEN_MINUTES), Limit("message_source_day", 400, DAY))
CONFIRMATIONS: Mapping[str, tuple[Limit, ...]] = {
    "sms": (Limit("confirmation_sms", 10, TEN_MINUTES), Limit("confirmation_sms_day", 50, DAY)),
    "email": (Limit("confirmation_mail_day", 200, DAY),),
}
"""Of each person's own movements: whoever sends them a fen at a time earns nobody's SMS fees by it, and floods no mailbox."""
SMS_TO_A_BLOCK = (Limit("sms_block", 300, TEN_MINUTES), Limit("sms_block_day", 2000, DAY))
"""Ten thousand neighbouring numbers. Who is paid for SMS sends them to a row of numbers of their own."""
SMS_TO_A_COUNTRY = (Limit("sms_country_day", 2000, DAY),)
"""A country that is not the home country, where an SMS costs many times as much."""
SMS_IN_ALL = (Limit("sms_all_day", 100_000, DAY),)
"""The ceiling of what a day's SMS may cost. It is reached by an attack or by a success: both want somebody to look."""

HOME_COUNTRY = 86
_BLOCK_DIGITS = 4


def source_shares(action: Action, source: str) -> tuple[Share, ...]:
    """The shares that one request from a source takes."""
    subject = source_subject(source)
    return () if subject is None else tuple(Share(limit, subject) for limit in OF_A_SOURCE[action])


def source_subject(source: str) -> str | None:
    """What counts as one source: an IPv4 address, or the /64 network of an IPv6 address, which one customer holds whole.

    None for the machine itself: the gateway in front never names a loopback address. What is no address is one source
    with all else that is none.
    """
    try:
        address = ip_address(source)
    except ValueError:
        return "unknown"
    mapped = getattr(address, "ipv4_mapped", None)
    address = mapped or address
    if address.is_loopback:
        return None
    return str(ip_network(f"{address}/64", strict=False)) if address.version == 6 else str(address)


def session_shares(group: str, session_id: str) -> tuple[Share, ...]:
    """The shares that one request of a session takes: a session that has ended uses up nobody's but its own."""
    return tuple(Share(limit, session_id) for limit in OF_A_SESSION[group])


def merchant_shares(group: str, merchant_id: str) -> tuple[Share, ...]:
    """The shares that one failure of a merchant takes."""
    return tuple(Share(limit, merchant_id) for limit in OF_A_MERCHANT[group])


def narrow_sms_shares(phone: str) -> tuple[Share, ...]:
    """The shares of the numbers around an E.164 number."""
    return tuple(Share(limit, phone[:-_BLOCK_DIGITS]) for limit in SMS_TO_A_BLOCK)


def confirmation_shares(channel: str, person_id: str) -> tuple[Share, ...]:
    """The shares that one confirmation over a channel takes of its person's own."""
    return tuple(Share(limit, person_id) for limit in CONFIRMATIONS[channel])


def wide_sms_shares(country: int) -> tuple[Share, ...]:
    """The shares that one SMS to a country (its calling code) takes of all that are sent."""
    abroad = SMS_TO_A_COUNTRY if country != HOME_COUNTRY else ()
    return (*(Share(limit, str(country)) for limit in abroad), *(Share(limit, "all") for limit in SMS_IN_ALL))


def longest_wait(full: Sequence[Share], now: datetime) -> int:
    """How many seconds until every full share is a new one."""
    return max(share.limit.seconds_left(now) for share in full)
