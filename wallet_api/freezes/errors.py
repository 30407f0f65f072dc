"""How freezes say no; people and codes say the rest.

LossReportRefused   nobody is known with this contact and this password, or no try is left for now
WalletNotFrozen     there is nothing to unfreeze
UnfreezeNeedsMore   what was shown is not enough yet
"""

from __future__ import annotations

from typing import ClassVar

from wallet_api.errors import Conflict, Forbidden, Retry, Unauthenticated


class LossReportRefused(Unauthenticated):
    """The person or the password is wrong, or too many were tried: the answer does not tell which. Nothing was frozen."""

    code = "loss_report_refused"


class WalletNotFrozen(Conflict):
    """The wallet is not frozen."""

    code = "wallet_not_frozen"
    retry: ClassVar[Retry] = "never"


class UnfreezeNeedsMore(Forbidden):
    """Two of the `methods` are enough now; one of them is from `available_at` on."""

    code = "unfreeze_needs_more"
