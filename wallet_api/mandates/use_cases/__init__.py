"""What a merchant and a customer can do with mandates, a verb in each file."""

from __future__ import annotations

from wallet_api.mandates.use_cases.asking import Asking
from wallet_api.mandates.use_cases.charging import Charging
from wallet_api.mandates.use_cases.confirming import Confirming
from wallet_api.mandates.use_cases.ending import Ending
from wallet_api.mandates.use_cases.looking import Looking
from wallet_api.mandates.use_cases.lowering import Limits, Lowering

__all__ = ["Limits", "Mandates"]


class Mandates(Asking, Confirming, Lowering, Ending, Looking, Charging, frozen=True):
    """Standing consents."""
