"""The part of the wiring diagram that is about merchants' money on its way to their banks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wallet_api.fees.use_cases import Fees
from wallet_api.payments.use_cases import Payments
from wallet_api.refunds.use_cases import Refunds
from wallet_api.top_ups.use_cases import TopUps
from wallet_api.wiring.ground import Ground
from wallet_api.wiring.merchants import MerchantSide
from wallet_api.wiring.part import Part
from wallet_api.withdrawals.use_cases import Withdrawals

if TYPE_CHECKING:
    from wallet_api.payouts.use_cases import Payouts
    from wallet_api.reconciliation.use_cases import Comparing, Reports


class Settlement(Part):
    """What is paid out, and what others' books are held against."""

    payouts: Payouts
    reports: Reports
    comparing: Comparing


def open_settlement(
    ground: Ground,
    side: MerchantSide,
    fees: Fees,
    top_ups: TopUps,
    withdrawals: Withdrawals,
    payments: Payments,
    refunds: Refunds,
) -> Settlement:
    """Makes every collaborator that settles with merchants."""
    from wallet_api.payouts.use_cases import Payouts
    from wallet_api.reconciliation.use_cases import Comparing, Reports

    storage, clock, ledger, merchants = ground.storage, ground.clock, ground.ledger, side.merchants
    accounts, days = side.settlement_accounts, merchants.days
    payouts = Payouts.open(
        storage, clock, ledger, merchants, accounts, days, fees, ground.bank, ground.metrics, accounts.events
    )
    reports = Reports(storage, clock, ground.keys, ledger, merchants, payments, refunds, payouts, ground.metrics)
    return Settlement(payouts, reports, Comparing(storage, ledger, payouts, top_ups, withdrawals, refunds))
