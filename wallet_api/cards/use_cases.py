"""What a person can do with cards: bind one, confirm it, see them, choose the default, unbind."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from wallet_api.cards.errors import (
    CardAlreadyBound,
    CardCodeExhausted,
    CardCodeExpired,
    CardMissing,
    CardVerificationFailed,
    TooManyBindings,
    TooManyCards,
    WrongCardCode,
)
from wallet_api.cards.model import (
    CODE_LIFE,
    MAX_BINDINGS_A_DAY,
    MAX_CARDS,
    MAX_CODE_ATTEMPTS,
    Card,
    CardBox,
    Face,
    Status,
    face_of,
    has_expired,
)
from wallet_api.cards.store import CardStore
from wallet_api.clock import Clock
from wallet_api.errors import FieldProblem, Invalid
from wallet_api.gateways.acquirer import Acquirer, CardDetails
from wallet_api.ids import new_id
from wallet_api.ledger.accounts import StaleAccount
from wallet_api.ledger.ledger import Ledger
from wallet_api.ledger.operations import Decided, Decision, Operation
from wallet_api.sessions.model import Customer
from wallet_api.sessions.use_cases import Sessions
from wallet_api.storage import AtomicWrite, Read, Storage, Trip
from wallet_api.storage.keys import Keys
from wallet_api.storage.pages import Page, PageRequest, cursor_at

SECONDS_A_DAY = 86_400


class Cards(Struct, frozen=True):
    """A person's cards."""

    storage: Storage
    clock: Clock
    keys: Keys
    ledger: Ledger
    sessions: Sessions
    acquirer: Acquirer
    store: CardStore

    @staticmethod
    def open(
        storage: Storage, clock: Clock, keys: Keys, ledger: Ledger, sessions: Sessions, acquirer: Acquirer
    ) -> Cards:
        """Binds the cards' items to their tables."""
        return Cards(storage, clock, keys, ledger, sessions, acquirer, CardStore.open(storage))

    def reading(self, person_id: str, trip: Trip) -> Read[CardBox]:
        """All cards of a person, as part of a trip."""
        return self.store.box(person_id, trip)

    def require_active(self, card: Card, write: AtomicWrite) -> None:
        """Requires in a write that the card was not unbound meanwhile."""
        self.store.require_active(card, write)

    def bind(self, caller: Customer, details: CardDetails, operation: Operation) -> Decided[Card]:
        """Hands the number to the acquirer, has the issuer send its code, and keeps the token.

        Binding a number again before its issuer confirmed it begins anew, with another code. Raises Invalid,
        CardAlreadyBound, TooManyCards, TooManyBindings, AcquirerSilent.
        """
        with self.storage.trip() as trip:
            session = self.sessions.live(caller, trip)
            decided = self.ledger.decision_on(operation, trip)

        def attempt() -> Card:
            face = face_of(details.number)
            now = self.clock.now()
            if has_expired(details.expiry_month, details.expiry_year, now):
                raise Invalid(FieldProblem("/expiry_year", "card_expired"))
            with self.storage.trip() as trip:
                counted = self.store.count_try(caller.id, now, trip)
                cards = self.store.box(caller.id, trip)
            if not counted():
                raise TooManyBindings(limit=MAX_BINDINGS_A_DAY, retry_after_seconds=SECONDS_A_DAY)
            return self._keep(caller.id, details, face, cards(), operation)

        return self.ledger.once(operation, decided, attempt=attempt, replay=self._replay, allow=session)

    def verify(self, caller: Customer, card_id: str, code: str) -> Card:
        """Confirms a card with the issuer's code; a card that is active already stays so.

        Raises CardMissing, WrongCardCode, CardCodeExpired, CardCodeExhausted, CardVerificationFailed, AcquirerSilent.
        """
        now = self.clock.now()
        with self.storage.trip() as trip:
            session = self.sessions.live(caller, trip)
            reservation = self.store.reserve_attempt(caller.id, card_id, now, trip)
        session()
        card = reservation()
        if card is None:
            return self._unverifiable(self._require(caller.id, card_id))
        verdict = self.acquirer.verify(card.token, code)
        if verdict == "wrong_code":
            raise WrongCardCode(attempts_left=MAX_CODE_ATTEMPTS - card.attempts)
        status: Status = "active" if verdict == "verified" else "verification_failed"
        try:
            with self.storage.atomic_write() as write:
                self.store.conclude(card, status, now, write)
        except StaleAccount:
            return self._unverifiable(self._require(caller.id, card_id))
        return self._unverifiable(replace(card, status=status, active_since=now))

    def list(self, caller: Customer) -> CardBox:
        """All of the caller's cards."""
        with self.storage.trip() as trip:
            session = self.sessions.live(caller, trip)
            cards = self.store.box(caller.id, trip)
        session()
        return cards()

    def page(self, caller: Customer, request: PageRequest) -> tuple[CardBox, Page[Card]]:
        """A page of the caller's cards, newest first, with all of them. Raises Invalid for a cursor of another list."""
        after, cards = request.place_of("crd"), self.list(caller)
        rows = [card for card in cards.newest_first() if after is None or card.id < after]
        shown = tuple(rows[: request.limit])
        return cards, Page(shown, cursor_at(shown[-1].id) if len(rows) > request.limit else None)

    def make_default(self, caller: Customer, card_id: str) -> CardBox:
        """Chooses an active card as the default. Raises CardMissing, CardNotActive."""
        cards = self.list(caller)
        card = cards.find(card_id)
        with self.storage.atomic_write() as write:
            self.store.require_active(card, write)
            self.store.choose(card, write)
        return replace(cards, chosen_id=card.id)

    def unbind(self, caller: Customer, card_id: str) -> None:
        """Has the acquirer forget the card, then forgets it here; a top-up or a withdrawal on its way still ends.

        Raises CardMissing, AcquirerSilent.
        """
        card = self.list(caller).find(card_id)
        self.acquirer.detach(card.token)
        with self.storage.atomic_write() as write:
            self.store.remove(card, write)

    def _keep(self, person_id: str, details: CardDetails, face: Face, cards: CardBox, operation: Operation) -> Card:
        kept = self.acquirer.tokenise(operation.place, details)
        number_key = self.keys.hex_digest("card number", person_id, kept.fingerprint, version=1)[:40]
        known = cards.with_number(number_key)
        if known is not None and known.is_active:
            raise CardAlreadyBound(card_id=known.id)
        if known is None and len(cards.cards) >= MAX_CARDS:
            raise TooManyCards(limit=MAX_CARDS)
        self.acquirer.send_code(kept.token)
        now = operation.requested_at
        card = Card(
            id=new_id("crd", now),
            person_id=person_id,
            token=kept.token,
            number_key=number_key,
            brand=face.brand,
            bank=face.bank,
            kind=face.kind,
            last4=face.last4,
            expiry_month=details.expiry_month,
            expiry_year=details.expiry_year,
            status="verification_required",
            attempts=0,
            created_at=now,
            code_expires_at=now + CODE_LIFE,
        )
        with self.storage.atomic_write() as write:
            self.ledger.record(operation, write, subject=card.id, answer=card.first_answer())
            self.store.add(card, known, write)
        return card

    def _replay(self, decision: Decision) -> Card:
        return Card.as_first_answered(decision.subject, decision.decided_at, decision.answer)

    def _unverifiable(self, card: Card) -> Card:
        """A card whose code cannot be compared (any more): the active card, else the reason."""
        if card.is_active:
            return card
        if card.status == "verification_failed":
            raise CardVerificationFailed
        raise CardCodeExhausted if card.attempts >= MAX_CODE_ATTEMPTS else CardCodeExpired

    def _require(self, person_id: str, card_id: str) -> Card:
        with self.storage.trip() as trip:
            found = self.store.find(person_id, card_id, trip)
        card = found()
        if card is None:
            raise CardMissing
        return card
