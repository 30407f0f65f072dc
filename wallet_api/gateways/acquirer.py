"""The card acquirer: the company that keeps card numbers in our place, asks issuers, charges cards, and sends money to them.

A card number reaches nobody but `Acquirer.tokenise`. What we keep is the token it gives for it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Protocol

from msgspec import Struct

from wallet_api.errors import Unavailable
from wallet_api.logs import Discreet
from wallet_api.money import Money

Verdict = Literal["verified", "wrong_code", "refused"]
ChargeDecline = Literal[
    "card_declined", "card_insufficient_funds", "card_expired", "confirmation_expired", "charge_not_received"
]
RefundDecline = Literal["refund_declined", "refund_not_received"]
CreditDecline = Literal["withdrawal_declined", "card_expired", "withdrawal_not_received", "withdrawal_returned"]


class AcquirerSilent(Unavailable):
    """The acquirer did not answer. What it did is not known until `find`, `find_refund` or `find_credit` tells."""

    code = "acquirer_unavailable"


class CardDetails(Discreet, frozen=True):
    """What a person types from their card, on its way to the acquirer. It shows none of it in a log or a traceback."""

    number: str
    expiry_month: int
    expiry_year: int
    holder_name: str
    phone: str


class TokenisedCard(Discreet, frozen=True):
    """What the acquirer gives for a number: a token to charge, and a keyed hash that is equal for equal numbers."""

    token: str
    fingerprint: str


class ChargeOrder(Discreet, frozen=True):
    """A charge as we ordered it. `reference` is ours and names it for ever; `ordered_at` is when it was first sent."""

    reference: str
    token: str
    amount: Money
    ordered_at: datetime


class ChargeOutcome(Struct, frozen=True):
    """How a charge stands. Approved and declined are final."""

    status: Literal["approved", "declined", "pending", "needs_confirmation", "wrong_code"]
    decline_code: ChargeDecline | None = None


class RefundOrder(Discreet, frozen=True):
    """Money to a card as we ordered it. `reference` is ours and names it for ever; `ordered_at` is when it was written down.

    `charge` is our reference of the charge that it takes back, in part or in whole; without one it is a credit to the card.
    """

    reference: str
    token: str
    amount: Money
    ordered_at: datetime
    charge: str | None


class RefundOutcome(Struct, frozen=True):
    """How money to a card stands. Declined is final, approved too but for what a card's bank sends back; pending says that the acquirer
    has it and is not done.
    """

    status: Literal["approved", "declined", "pending"]
    decline_code: RefundDecline | None = None


class CreditOrder(Discreet, frozen=True):
    """A person's own money to their card as we ordered it. `reference` is ours and names it for ever; `ordered_at` is when it was
    written down.
    """

    reference: str
    token: str
    amount: Money
    ordered_at: datetime


class CreditOutcome(Struct, frozen=True):
    """How a credit stands. Pending says that the acquirer has it and is not done; the card's bank may send back what was approved."""

    status: Literal["approved", "declined", "pending", "returned"]
    decline_code: CreditDecline | None = None


class Acquirer(Protocol):
    """What the wallet asks of an acquirer. Every call may raise AcquirerSilent and may be repeated."""

    def tokenise(self, reference: str, details: CardDetails) -> TokenisedCard:
        """Takes the number into keeping. The same reference and details give the same token."""

    def send_code(self, token: str) -> None:
        """Has the issuer send its six-digit code to the phone that came with the card."""

    def verify(self, token: str, code: str) -> Verdict:
        """Has the issuer compare the code. Counting attempts is the caller's part."""

    def detach(self, token: str) -> None:
        """Forgets a token, so that nothing can be charged to it any more."""

    def charge(self, order: ChargeOrder) -> ChargeOutcome:
        """Charges once for a reference, however often it is called."""

    def confirm(self, order: ChargeOrder, code: str) -> ChargeOutcome:
        """Hands the issuer the code that it asked the cardholder for."""

    def find(self, order: ChargeOrder) -> ChargeOutcome:
        """How a charge stands. One that never arrived is closed for ever and answered as `charge_not_received`."""

    def refund(self, order: RefundOrder) -> RefundOutcome:
        """Sends money to a card once for a reference, however often it is called. A charge's refund needs no bound card."""

    def find_refund(self, order: RefundOrder) -> RefundOutcome:
        """How it stands. One that never arrived is closed for ever and answered as `refund_not_received`; one that a card's bank sent
        back after it was approved is declined.
        """

    def credit(self, order: CreditOrder) -> CreditOutcome:
        """Sends a person's money to their card once for a reference, however often it is called."""

    def find_credit(self, order: CreditOrder) -> CreditOutcome:
        """How it stands. One that never arrived is closed for ever and answered as `withdrawal_not_received`."""
