"""A person withdraws: the money is set aside with the key, in one write, and the acquirer is asked outside of it."""

from __future__ import annotations

import logging

from msgspec import Struct

from wallet_api.authorizations.model import Move, Shown
from wallet_api.authorizations.use_cases import Approval, Asked, Authorizations, Challenges
from wallet_api.cards.model import Card, CardBox
from wallet_api.cards.use_cases import Cards
from wallet_api.errors import Unavailable
from wallet_api.fees.model import Charge, channel_of
from wallet_api.fees.use_cases import Basis
from wallet_api.ids import new_id
from wallet_api.ledger import chart
from wallet_api.ledger.accounts import Payer
from wallet_api.ledger.holds import Holder
from wallet_api.ledger.operations import Decided, Operation
from wallet_api.sessions.model import Customer
from wallet_api.sessions.use_cases import Sessions
from wallet_api.storage import Read
from wallet_api.withdrawals.model import Asking, Withdrawal, require_old_enough
from wallet_api.withdrawals.postings import withdrawal_entry
from wallet_api.withdrawals.use_cases.settling import Settling, asked_of

logger = logging.getLogger(__name__)


class Wish(Struct, frozen=True):
    """What a person wants to withdraw, and how they say yes to it."""

    asking: Asking
    shown: Shown


class Requesting(Settling, frozen=True):
    """What a person asks for."""

    sessions: Sessions
    authorizations: Authorizations
    challenges: Challenges
    cards: Cards

    def create(self, caller: Customer, wish: Wish, operation: Operation) -> Decided[Withdrawal]:
        """Sets amount and fee aside and sends the amount to the card. An outcome that is not known leaves it `processing`.

        One trip reads and one write moves before the acquirer is asked. Raises CardMissing, CardNotActive, CardExpired, CardTooNew,
        CreditCardRefused, AmountBelowMinimum, InsufficientFunds, WalletFrozen, the limits' errors, the quote's errors, and what an
        authorization that is wrong or too weak raises.
        """
        asking = wish.asking
        with self.storage.trip() as trip:
            session = self.sessions.live(caller, trip)
            decided = self.ledger.decision_on(operation, trip)
            claimed = self.authorizations.reading(caller, wish.shown, trip)
            cards = self.cards.reading(caller.id, trip)
            fee_read = self.fees.reading(trip, asking.quote_id)
        claim = claimed()

        def attempt() -> Withdrawal:
            self.authorizations.begin(claim)
            card = self._card(cards(), asking, claim.payer)
            approval = self.authorizations.approve(claim, _move(asking), session())
            return self._sent(self._set_aside(approval, card, asking, fee_read, operation))

        return self.ledger.once(
            operation,
            decided,
            attempt=attempt,
            replay=lambda decision: self.require(decision.subject),
            allow=session,
            payer=claim.payer,
        )

    def ask(self, caller: Customer, asking: Asking, pin: str | None) -> Asked:
        """What the server wants signed or proven for a withdrawal. Raises what is wrong with the card, and what `Challenges.ask` does."""
        with self.storage.trip() as trip:
            session = self.sessions.live(caller, trip)
            cards = self.cards.reading(caller.id, trip)
        live = session()
        self._card(cards(), asking, None)
        return self.challenges.ask(caller, live, _move(asking), pin)

    def _card(self, cards: CardBox, asking: Asking, payer: Payer | None) -> Card:
        now = self.clock.now()
        card = cards.payable(asking.card_id, now)
        require_old_enough(card, asking.amount, now, payer)
        if payer is not None:
            payer.new_card = now < card.new_until
        return card

    def _set_aside(
        self, approval: Approval, card: Card, asking: Asking, fee_read: Read[Basis], operation: Operation
    ) -> Withdrawal:
        charge, withdrawal = self._priced(approval, card, asking, fee_read, operation)
        entry = withdrawal_entry(withdrawal, new_id("ent", withdrawal.created_at))
        holder = Holder(chart.customer(withdrawal.person_id))
        with self.storage.atomic_write() as write:
            self.ledger.decide(operation, entry, write, payer=approval.payer, holder=holder)
            self.fees.use(charge, write)
            self.cards.require_active(card, write)
            self.store.add(withdrawal, write)
            self.authorizations.use(approval, write)
        return withdrawal

    def _priced(
        self, approval: Approval, card: Card, asking: Asking, fee_read: Read[Basis], operation: Operation
    ) -> tuple[Charge, Withdrawal]:
        now, person_id = self.clock.now(), approval.claim.caller.id
        charge = self.fees.charge(
            fee_read,
            operation="withdrawal",
            amount=asking.amount,
            person_id=person_id,
            channel=channel_of(card.kind),
            payer=approval.payer.account,
            now=now,
        )
        require_old_enough(card, asking.amount + charge.on_top, now, approval.payer)
        taken = charge.allowance
        withdrawal = Withdrawal(
            id=new_id("wdr", now),
            person_id=person_id,
            card_id=card.id,
            card_brand=card.brand,
            card_last4=card.last4,
            token=card.token,
            amount=asking.amount,
            fee=charge.on_top,
            schedule_version=charge.schedule_version,
            quote_id=asking.quote_id,
            status="processing",
            mode=operation.mode,
            created_at=now,
            to_new_card=approval.payer.new_card,
            allowance=None if taken is None else taken.key,
            allowance_taken=0 if taken is None else taken.amount,
        )
        return charge, withdrawal

    def _sent(self, withdrawal: Withdrawal) -> Withdrawal:
        """The withdrawal after the acquirer was asked, once. Never raises: the money is set aside, and the schedule goes on."""
        try:
            return self.post(withdrawal, asked_of(self.acquirer.credit, withdrawal))
        except Unavailable:
            logger.warning("a withdrawal's outcome was not kept", extra={"withdrawal_id": withdrawal.id})
            return withdrawal


def _move(asking: Asking) -> Move:
    """What the person says yes to; the card is who is paid."""
    return Move("withdrawal", "", asking.card_id, asking.amount, asking.quote_id)
