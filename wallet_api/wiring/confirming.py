"""The part of the wiring diagram that tells people what happened to their money: in their inbox, and where they want to be told."""

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
    from wallet_api.inbox.use_cases import Inbox


class Confirming(Part):
    """Their inbox, what they chose, their phones, and confirmations from the stream to the message companies."""

    inbox: Inbox
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
    from wallet_api.confirmations.use_cases import Choosing, Dispatching, Phones, Sending
    from wallet_api.inbox.use_cases import Inbox
    from wallet_api.sides.use_cases import Sides

    storage, clock = ground.storage, ground.clock
    people, sessions = identity.people, identity.sessions
    moves = payments, refunds, refund_requests, transfers, top_ups, withdrawals
    sides = Sides(storage, people, side.merchants, side.mandates, *moves)
    phones = Phones.open(storage, clock, people, sessions, ground.push)
    return Confirming(
        inbox=Inbox.open(storage, side.events, sides),
        confirmation_choices=Choosing.open(storage, clock, sessions, identity.notifications),
        phones=phones,
        confirmation_dispatch=Dispatching.open(storage, clock, side.events, ground.confirmations_queue, ground.metrics),
        confirmations=Sending.open(
            storage, clock, people, phones, sides, identity.rate_limits, ground.sms_once, ground.mail_once
        ),
    )
