"""What a person can do with top-ups: make one, confirm it, see it.

A request writes down what it intends, then asks the acquirer, then posts what the acquirer did: the acquirer is never asked
inside a write, and whatever crashes in between is found and brought to its end, by the same key or by the schedule.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from wallet_api.cards.model import Card, CardBox
from wallet_api.cards.use_cases import Cards
from wallet_api.clock import Clock
from wallet_api.errors import Declined, NotFound, Unavailable, WalletError
from wallet_api.fees.model import Charge, channel_of
from wallet_api.fees.use_cases import Basis, Fees
from wallet_api.gateways.acquirer import Acquirer, AcquirerSilent, ChargeOrder, ChargeOutcome
from wallet_api.ids import new_id
from wallet_api.ledger import chart
from wallet_api.ledger.accounts import Account
from wallet_api.ledger.ledger import Ledger
from wallet_api.ledger.operations import AlreadyDecided, Decided, Operation
from wallet_api.metrics import Metrics
from wallet_api.sessions.model import Customer
from wallet_api.sessions.use_cases import Sessions
from wallet_api.storage import AtomicWrite, Read, Storage, Trip
from wallet_api.storage.pages import Page, PageRequest
from wallet_api.top_ups.errors import (
    DECLINES,
    ConfirmationExhausted,
    TopUpMissing,
    WrongConfirmationCode,
    perhaps_charged,
)
from wallet_api.top_ups.model import (
    CONFIRM_WITHIN,
    LEASE,
    LOOK_AGAIN_AFTER,
    MAX_CODE_ATTEMPTS,
    Asking,
    Intent,
    TopUp,
    next_look,
    recorded,
    require_active,
    require_moderate,
    unless_failed,
)
from wallet_api.top_ups.postings import top_up_entry
from wallet_api.top_ups.store import IntentTaken, TopUpSettled, TopUpStore


class _Basis(Struct, frozen=True):
    """What the first trip brought to decide by."""

    account: Read[Account | None]
    cards: Read[CardBox]
    fees: Read[Basis]


class _Progress(Struct):
    """How far a request has come: what must go with a refusal, and whether it only took up what another one began."""

    goes_along: Callable[[AtomicWrite], None]
    resumed: bool = False


class Requests(Struct, frozen=True):
    """What a person asks for."""

    storage: Storage
    clock: Clock
    ledger: Ledger
    sessions: Sessions
    cards: Cards
    fees: Fees
    acquirer: Acquirer
    metrics: Metrics
    store: TopUpStore

    def create(self, caller: Customer, asking: Asking, operation: Operation) -> Decided[TopUp]:
        """Charges a card and credits the wallet. An outcome that is not known leaves the top-up `processing`.

        A key whose request was interrupted, or is still `processing`, is taken up where it stands: the acquirer is asked
        how the charge ended and never charged again. Raises a decline, CardMissing, CardNotActive, the quote's errors,
        WalletFrozen, WalletClosed, TransactionLimitExceeded, IdempotencyKeyInUse.
        """
        with self.storage.trip() as trip:
            session = self.sessions.live(caller, trip)
            decided = self.ledger.decision_on(operation, trip)
            intent = self.store.intent(operation, trip)
            account = self.ledger.accounts.find(chart.customer(caller.id), trip)
            basis = _Basis(account, self.cards.reading(caller.id, trip), self.fees.reading(trip, asking.quote_id))
        progress = _Progress(lambda write: self.store.require_no_intent(operation, write))

        def attempt() -> TopUp:
            begun = intent()
            if begun is None:
                try:
                    return self._charge(self._begin(caller, asking, operation, basis), progress)
                except (IntentTaken, NotFound) as refusal:
                    begun = self.store.begun_by_copy(operation, refusal)
            progress.resumed = True
            return self._resume(begun, operation)

        try:
            made = self.ledger.once(
                operation,
                decided,
                attempt=attempt,
                replay=lambda decision: self._require(decision.subject),
                allow=session,
                refusing=lambda write: progress.goes_along(write),  # noqa: PLW0108  another by then
            )
        except TopUpSettled:
            # The schedule learned of the decline while this request was about to record it.
            return self.create(caller, asking, operation)
        return Decided(made.value, made.replayed or progress.resumed)

    def confirm(self, caller: Customer, top_up_id: str, code: str) -> TopUp:
        """Hands over the code that the card's issuer asked for; a top-up that has succeeded already stays so.

        Raises TopUpMissing, WrongConfirmationCode, ConfirmationExhausted, or the decline that ended it; OutcomeUnknown when the
        tables do not answer, since the card may be charged, now or by an earlier request.
        """
        with self.storage.trip() as trip:
            trip.tells_outcome()
            session = self.sessions.live(caller, trip)
            reservation = self.store.reserve_attempt(caller.id, top_up_id, trip)
        session()
        top_up = reservation()
        if top_up is None:
            with perhaps_charged():
                top_up = self._own(caller.id, self._require(top_up_id))
            if top_up.status == "requires_action":
                raise ConfirmationExhausted
            return unless_failed(top_up)
        outcome = asked_of(lambda order: self.acquirer.confirm(order, code), top_up)
        if outcome.status == "wrong_code":
            raise WrongConfirmationCode(attempts_left=MAX_CODE_ATTEMPTS - top_up.attempts)
        with perhaps_charged():
            settled = self._settle(replace(top_up, status="processing"), outcome)
        return unless_failed(settled)

    def get(self, caller: Customer, top_up_id: str) -> TopUp:
        """One of the caller's top-ups. Raises TopUpMissing."""
        with self.storage.trip() as trip:
            session = self.sessions.live(caller, trip)
            found = self.store.find(top_up_id, trip)
        session()
        return self._own(caller.id, found())

    def list(self, caller: Customer, page: PageRequest) -> Page[TopUp]:
        """The caller's top-ups, newest first, failed ones among them."""
        self.sessions.require_live(caller)
        return self.store.page(caller.id, page)

    def begun(self, operation: Operation, trip: Trip) -> Read[str | None]:
        """The top-up that was begun under a key, whatever was asked under it; None when none was."""
        return self.store.intent(operation, trip).map(lambda intent: None if intent is None else intent.top_up_id)

    def require_not_begun(self, operation: Operation, write: AtomicWrite) -> None:
        """Requires in a write that no top-up was begun under a key: once it is, its card may be charged.

        Leaving the write's block may raise IdempotencyKeyInUse.
        """
        self.store.require_no_intent(operation, write)

    def refusal_of(self, top_up_id: str) -> WalletError | None:
        """Why the top-up failed; None while it is open and when it succeeded."""
        try:
            unless_failed(self._require(top_up_id))
        except Declined as refusal:
            return refusal
        return None

    def reading(self, top_up_id: str, trip: Trip) -> Read[TopUp | None]:
        """A top-up as part of another capability's trip: whoever asks has to know that the caller may see it."""
        return self.store.find(top_up_id, trip)

    def recent(self, person_id: str, trip: Trip, *, before: str | None, limit: int) -> Read[tuple[TopUp, ...]]:
        """A person's top-ups before an id, newest first, as part of another capability's trip."""
        return self.store.recent(person_id, trip, before, limit)

    def _begin(self, caller: Customer, asking: Asking, operation: Operation, basis: _Basis) -> TopUp:
        """Writes down what is intended, after everything that can be refused beforehand was."""
        now = self.clock.now()
        require_active(basis.account())
        require_moderate(asking.amount)
        card = basis.cards().usable(asking.card_id, now)
        charge = self.fees.charge(
            basis.fees,
            operation="top_up",
            amount=asking.amount,
            person_id=caller.id,
            channel=channel_of(card.kind),
            payer=basis.account(),
            now=now,
        )
        top_up = TopUp(
            id=new_id("top", now),
            person_id=caller.id,
            card_id=card.id,
            card_brand=card.brand,
            card_last4=card.last4,
            token=card.token,
            amount=asking.amount,
            fee=charge.on_top,
            schedule_version=charge.schedule_version,
            quote_id=asking.quote_id,
            status="processing",
            operation=recorded(operation),
            created_at=now,
        )
        self._write_intent(top_up, card, charge, operation)
        return top_up

    def _write_intent(self, top_up: TopUp, card: Card, charge: Charge, operation: Operation) -> None:
        with self.storage.atomic_write() as write:
            self.ledger.undecided(operation, write)
            self.store.begin(top_up, operation, top_up.created_at, write)
            self.fees.use(charge, write)
            self.cards.require_active(card, write)
            self.store.add(top_up, top_up.created_at, write)

    def _charge(self, top_up: TopUp, progress: _Progress) -> TopUp:
        outcome = asked_of(self.acquirer.charge, top_up)
        if outcome.status != "declined":
            try:
                return self._settle(top_up, outcome)
            except Unavailable:
                # The card may be charged, so nothing is refused any more: the schedule finds the outcome and posts it.
                return top_up
        now, code = self.clock.now(), outcome.decline_code or "card_declined"
        progress.goes_along = lambda write: self.store.conclude(top_up, "failed", now, write, code)
        raise DECLINES[code](top_up_id=top_up.id)

    def _resume(self, intent: Intent, operation: Operation) -> TopUp:
        now = self.clock.now()
        intent.require_free(operation, now)
        with perhaps_charged():
            top_up = self._require(intent.top_up_id)
            if not top_up.is_open:
                return top_up
            self.store.renew(intent, now)
            return self._settle(top_up, asked_of(self.acquirer.find, top_up))

    def _settle(self, top_up: TopUp, outcome: ChargeOutcome) -> TopUp:
        """Posts what the acquirer says of an open top-up; if somebody else was first, theirs stands."""
        try:
            with self.storage.atomic_write() as write:
                return self._post(top_up, outcome, write)
        except (AlreadyDecided, TopUpSettled):
            return self._require(top_up.id)

    def _post(self, top_up: TopUp, outcome: ChargeOutcome, write: AtomicWrite) -> TopUp:
        now = self.clock.now()
        # What was not known for a while is asked for once more later: an answer that came late may be taken back.
        again = now + LOOK_AGAIN_AFTER if now - top_up.created_at > LEASE else None
        if outcome.status == "approved":
            self.ledger.decide(top_up.asked, top_up_entry(top_up, new_id("ent", now), now), write)
            self.store.conclude(top_up, "succeeded", now, write, look_again_at=again)
            return replace(top_up, status="succeeded", settled_at=now)
        if outcome.status == "declined":
            code = outcome.decline_code or "card_declined"
            self.store.conclude(top_up, "failed", now, write, code, look_again_at=again)
            self.store.release(top_up, now, write)
            return replace(top_up, status="failed", settled_at=now, decline_code=code)
        if outcome.status == "needs_confirmation":
            due_at = max(top_up.created_at + CONFIRM_WITHIN, next_look(top_up.created_at, now))
            self.store.keep_open(top_up, "requires_action", due_at, now, write)
            return replace(top_up, status="requires_action")
        self.store.keep_open(top_up, top_up.status, next_look(top_up.created_at, now), now, write)
        return top_up

    def _require(self, top_up_id: str) -> TopUp:
        with self.storage.trip() as trip:
            found = self.store.find(top_up_id, trip)
        top_up = found()
        if top_up is None:
            raise TopUpMissing
        return top_up

    def _own(self, person_id: str, top_up: TopUp | None) -> TopUp:
        if top_up is None or top_up.person_id != person_id:
            raise TopUpMissing
        return top_up


def asked_of(call: Callable[[ChargeOrder], ChargeOutcome], top_up: TopUp) -> ChargeOutcome:
    """What the acquirer says; no answer is no outcome."""
    try:
        return call(top_up.order)
    except AcquirerSilent:
        return ChargeOutcome("pending")
