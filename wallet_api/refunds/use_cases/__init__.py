"""What can be done with refunds, a verb in each file: merchants give money back, both sides look, the schedule ends what is open."""

from __future__ import annotations

from wallet_api.refunds.use_cases.delivering import Delivering
from wallet_api.refunds.use_cases.giving_back import GivingBack, GivingMoneyBack
from wallet_api.refunds.use_cases.looking import Looking, Sought

__all__ = ["GivingBack", "Refunds", "Sought"]


class Refunds(GivingMoneyBack, Delivering, Looking, frozen=True):
    """Money back from merchants to customers."""
