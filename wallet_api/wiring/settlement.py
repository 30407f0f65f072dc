"""The part of the wiring diagram that is about merchants' money on its way to their banks."""

from __future__ import annotations

from dataclasses import dataclass

from wallet_api.fees.use_cases import Fees
from wallet_api.payouts.use_cases import Payouts
from wallet_api.wiring.ground import Ground
from wallet_api.wiring.merchants import MerchantSide


@dataclass(frozen=True)
class Settlement:
    """What is paid out."""

    payouts: Payouts


def open_settlement(ground: Ground, side: MerchantSide, fees: Fees) -> Settlement:
    """Makes every collaborator that settles with merchants."""
    storage, clock, ledger, merchants = ground.storage, ground.clock, ground.ledger, side.merchants
    accounts, days = side.settlement_accounts, merchants.days
    payouts = Payouts.open(storage, clock, ledger, merchants, accounts, days, fees, ground.bank, ground.metrics)
    return Settlement(payouts)
