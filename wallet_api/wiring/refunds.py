"""The part of the wiring diagram that is about money that goes back."""

from __future__ import annotations

from wallet_api.cards.use_cases import Cards
from wallet_api.merchants.use_cases import Merchants
from wallet_api.payments.use_cases import Payments
from wallet_api.refund_requests.store import RefundRequestStore
from wallet_api.refund_requests.use_cases import RefundRequests
from wallet_api.refunds.store import RefundStore
from wallet_api.refunds.use_cases import Refunds
from wallet_api.sessions.use_cases import Sessions
from wallet_api.top_ups.use_cases import TopUps
from wallet_api.wiring.ground import Ground
from wallet_api.wiring.part import Part


class MoneyBack(Part):
    """What goes back, and who asks for it."""

    refunds: Refunds
    refund_requests: RefundRequests


def open_money_back(
    ground: Ground, sessions: Sessions, merchants: Merchants, cards: Cards, top_ups: TopUps, payments: Payments
) -> MoneyBack:
    """Makes every collaborator that brings money back to customers."""
    storage, clock, ledger = ground.storage, ground.clock, ground.ledger
    refunds = Refunds(
        storage, clock, ledger, merchants, payments, cards, top_ups, ground.acquirer, ground.metrics, RefundStore.open(storage)
    )  # fmt: skip
    requests = RefundRequests(
        storage, clock, ledger, sessions, merchants, cards, payments, refunds, RefundRequestStore.open(storage)
    )
    return MoneyBack(refunds, requests)
