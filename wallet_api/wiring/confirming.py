"""The part of the wiring diagram that is about telling people what happened to their money, where they want to be told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wallet_api.payments.use_cases import Payments
from wallet_api.refund_requests.use_cases import RefundRequests
from wallet_api.refunds.use_cases import Refunds
from wallet_api.top_ups.use_cases import TopUps
from wallet_api.transfers.use_cases import Transfers
from wallet_api.wiring.ground import Ground
from wallet_api.wiring.identity import Identity
from wallet_api.wiring.merchants import MerchantSide
from wallet_api.wiring.part import Part
from wallet_api.withdrawals.use_cases import Withdrawals

if TYPE_CHECKING:
    from wallet_api.confirmations.use_cases import Choosing, Dispatching, Phones, Sending


class Confirming(Part):
    """What people chose, their phones, and confirmations from the stream to the message companies."""

    confirmation_choices: Choosing
    phones: Phones
    confirmation_dispatch: Dispatching
    confirmations: Sending


def open_confirming(
    ground: Ground,
    identity: Identity,
    side: MerchantSide,
    payments: Payments,
    refunds: Refunds,
    refund_requests: RefundRequests,
    transfers: Transfers,
    top_ups: TopUps,
    withdrawals: Withdrawals,
) -> Confirming:
    """Makes every collaborator that confirms movements to people."""
    from wallet_api.confirmations.use_cases import Choosing, Dispatching, Phones, Sending, Sides

    storage, clock = ground.storage, ground.clock
    people, sessions = identity.people, identity.sessions
    moves = payments, refunds, refund_requests, transfers, top_ups, withdrawals
    sides = Sides(storage, people, side.merchants, side.mandates, *moves)
    phones = Phones.open(storage, clock, people, sessions, ground.push)
    return Confirming(
        confirmation_choices=Choosing.open(storage, clock, sessions, identity.notifications),
        phones=phones,
        confirmation_dispatch=Dispatching.open(storage, clock, side.events, ground.confirmations_queue, ground.metrics),
        confirmations=Sending.open(
            storage, clock, people, phones, sides, identity.rate_limits, ground.sms_once, ground.mail_once
        ),
    )
