"""How a transfer is refused, and how taking one back is.

PayeeNotFound       nobody with a wallet answers to this phone, e-mail or id
TransferToSelf      payer and payee are one person
TransferArrived     the payee has the money
TransferCanceled    it was taken back before
TransferFailed      it came back by itself, because it could not arrive

These are no refusals:
TransferMoved       another request, or the schedule, ended the transfer first
WalletGone          the payer's wallet is closed, so that nothing can come back to it
"""

from __future__ import annotations

from typing import ClassVar

from wallet_api.errors import Conflict, Declined, NotFound, Retry


class PayeeNotFound(NotFound):
    """Nobody with a wallet answers to this phone, e-mail or id."""

    code = "payee_not_found"
    retry: ClassVar[Retry] = "new_key"


class TransferToSelf(Declined):
    """Payer and payee are one person; two movements on one wallet would only look like something."""

    code = "transfer_to_self"


class TransferArrived(Conflict):
    """The payee has the money, and only they can send it back."""

    code = "transfer_already_arrived"


class TransferCanceled(Conflict):
    """The transfer was taken back before."""

    code = "transfer_already_canceled"


class TransferFailed(Conflict):
    """The transfer could not arrive, and came back by itself."""

    code = "transfer_already_failed"


class TransferMoved(Exception):
    """Another request, or the schedule, ended this transfer first."""


class WalletGone(Exception):
    """The payer's wallet is closed."""
