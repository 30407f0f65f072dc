"""How a withdrawal is refused.

WithdrawalMissing    no such withdrawal, or somebody else's
CardTooNew           more than new cards are sent in a day

A card that is not there, not confirmed, expired or a credit card is refused as the cards say, less than the least as the fees say.

These are no refusals:
WithdrawalMoved      another request, or the schedule, brought the withdrawal on first
WalletGone           the wallet is closed, so that nothing can come back to it
"""

from __future__ import annotations

from wallet_api.errors import Declined, NotFound


class WithdrawalMissing(NotFound):
    """There is no such withdrawal, or it is somebody else's."""

    code = "withdrawal_not_found"


class CardTooNew(Declined):
    """To cards that are new no more than `limit` goes in a day; this one is new until `usable_from`."""

    code = "withdrawal_card_too_new"


class WithdrawalMoved(Exception):
    """Another request, or the schedule, brought this withdrawal on first."""


class WalletGone(Exception):
    """The person's wallet is closed."""
