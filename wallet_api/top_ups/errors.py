"""How top-ups say no.

    TopUpMissing             no such top-up, or somebody else's
    TopUpSourceUnavailable   money cannot come in this way
    TopUpCardDeclined        the card's issuer declined without a reason
    TopUpCardShort           the card has not enough money
    TopUpNotConfirmed        the issuer's code was not given in time
    TopUpNotCharged          the charge never reached the acquirer
    WrongConfirmationCode    the code is not the one that the issuer sent
    ConfirmationExhausted    all attempts at the issuer's code are used up

An issuer that calls the card expired is answered as `CardExpired` of the cards.

ChargeUsedUp is no refusal: less of a charge is left than is to go back to its card, so that another way is taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import ClassVar

from wallet_api.cards.errors import CardExpired
from wallet_api.errors import Conflict, Declined, Forbidden, Invalid, NotFound, OutcomeUnknown, Retry, Unavailable
from wallet_api.gateways.acquirer import ChargeDecline


class TopUpMissing(NotFound):
    """There is no such top-up, or it is somebody else's."""

    code = "top_up_not_found"


class TopUpSourceUnavailable(Invalid):
    """Money cannot come in this way; bound cards are the one way there is."""

    code = "top_up_source_unavailable"


class TopUpCardDeclined(Declined):
    """The card's issuer declined without a reason. The top-up is kept as failed, as `top_up_id`."""

    code = "card_declined"


class TopUpCardShort(Declined):
    """The card has not enough money, says its issuer. The top-up is kept as failed, as `top_up_id`."""

    code = "card_insufficient_funds"


class TopUpNotConfirmed(Declined):
    """The issuer's code was not given in time. The top-up is kept as failed, as `top_up_id`."""

    code = "confirmation_expired"


class TopUpNotCharged(Declined):
    """The charge never reached the acquirer and never will. The top-up is kept as failed, as `top_up_id`."""

    code = "charge_not_received"


class WrongConfirmationCode(Forbidden):
    """The code is not the one that the issuer sent; `attempts_left` says how often another may be tried."""

    code = "wrong_confirmation_code"
    retry: ClassVar[Retry] = "same_key"


class ConfirmationExhausted(Conflict):
    """All attempts at the issuer's code are used up; the top-up will end as failed."""

    code = "confirmation_exhausted"
    retry: ClassVar[Retry] = "never"


class ChargeUsedUp(Exception):
    """Less of the charge is left than is to go back to its card."""


DECLINES: Mapping[ChargeDecline, type[Declined]] = {
    "card_declined": TopUpCardDeclined,
    "card_insufficient_funds": TopUpCardShort,
    "card_expired": CardExpired,
    "confirmation_expired": TopUpNotConfirmed,
    "charge_not_received": TopUpNotCharged,
}
"""What the acquirer's reasons are called when they answer a request."""


@contextmanager
def perhaps_charged() -> Iterator[None]:
    """From here on the card may be charged: what the tables do not answer is not known, and the schedule may post it yet."""
    try:
        yield
    except Unavailable as failure:
        raise OutcomeUnknown from failure
