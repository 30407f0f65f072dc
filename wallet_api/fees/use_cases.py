"""What can be done with fees: read the schedule, ask for a quote, charge a movement, publish the next schedule."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from wallet_api.cards.use_cases import Cards
from wallet_api.clock import Clock
from wallet_api.fees.errors import QuoteMissing, QuotePayeeMissing
from wallet_api.fees.model import (
    Channel,
    Charge,
    FeeOperation,
    Movement,
    Quote,
    Rule,
    Schedule,
    channel_of,
    charge_by,
    charge_by_quote,
    in_force,
    next_schedule,
    quote_of,
)
from wallet_api.fees.store import FeeStore
from wallet_api.ids import is_id, new_id
from wallet_api.ledger.ledger import Ledger
from wallet_api.ledger.operations import Decided, Decision, Operation
from wallet_api.money import Money
from wallet_api.people.use_cases import People
from wallet_api.sessions.model import Customer
from wallet_api.sessions.use_cases import Sessions
from wallet_api.storage import AtomicWrite, Read, Storage, Trip
from wallet_api.storage.trips import known


class Basis(Struct, frozen=True):
    """What a trip brought to charge by: the schedules, and the quote that was presented, if one was."""

    schedules: tuple[Schedule, ...]
    quote: Quote | None
    quote_id: str | None


class QuoteRequest(Struct, frozen=True):
    """What a person wants to know the fee of. The other side is named in one way, or not at all."""

    operation: FeeOperation
    amount: Money
    channel: Channel | None = None
    card_id: str | None = None
    merchant_id: str | None = None
    phone: str | None = None
    email: str | None = None
    person_id: str | None = None

    @property
    def names_person(self) -> bool:
        """Whether the other side is a person."""
        return any((self.phone, self.email, self.person_id))


class Fees(Struct, frozen=True):
    """The schedule and its quotes.

    In a use case that moves money: `read = fees.reading(trip, quote_id)` in the first trip, `fees.charge(read, …)`
    while deciding, `fees.use(charge, write)` in the write.
    """

    storage: Storage
    clock: Clock
    ledger: Ledger
    sessions: Sessions
    people: People
    cards: Cards
    store: FeeStore

    @staticmethod
    def open(storage: Storage, clock: Clock, ledger: Ledger, sessions: Sessions, people: People, cards: Cards) -> Fees:
        """Binds the fees' items to their table."""
        return Fees(storage, clock, ledger, sessions, people, cards, FeeStore.open(storage))

    def reading(self, trip: Trip, quote_id: str | None = None) -> Read[Basis]:
        """What `charge` needs. Costs nothing beside the trip's other reads unless the schedule has to be read again."""
        schedules = self.store.schedules(trip, self.clock.now())
        if quote_id is None or not is_id(quote_id, "quo"):
            return schedules.map(lambda found: Basis(found, None, quote_id))
        quote = self.store.quote(quote_id, trip)
        return schedules.map(lambda found: Basis(found, quote(), quote_id))

    def charge(
        self,
        read: Read[Basis],
        *,
        operation: FeeOperation,
        amount: Money,
        person_id: str,
        payee: str | None = None,
        channel: Channel | None = None,
        now: datetime,
    ) -> Charge:
        """The fee of this movement: as quoted, else by the schedule in force.

        Raises QuoteMissing, QuoteMismatch, QuoteUsed, QuoteExpired, FeeNotOffered.
        """
        basis = read()
        movement = Movement(operation, amount, channel, payee)
        if basis.quote_id is None:
            return charge_by(in_force(basis.schedules, now), movement)
        if basis.quote is None or basis.quote.person_id != person_id:
            raise QuoteMissing
        return charge_by_quote(basis.quote, movement, now)

    def use(self, charge: Charge, write: AtomicWrite) -> None:
        """Consumes the charge's quote, if it has one; the write fails with QuoteUsed when another movement did."""
        if charge.quote is not None:
            self.store.use(charge.quote, write)

    def quote(self, caller: Customer, asked: QuoteRequest, operation: Operation) -> Decided[Quote]:
        """Promises a fee to a person for ten minutes and one movement.

        Raises QuotePayeeMissing, CardMissing, FeeNotOffered.
        """
        with self.storage.trip() as trip:
            session = self.sessions.live(caller, trip)
            decided = self.ledger.decision_on(operation, trip)
            read = self.reading(trip)
            cards = self.cards.reading(caller.id, trip)
            payee = self._payee(asked, trip)

        def attempt() -> Quote:
            now = self.clock.now()
            channel = asked.channel
            if asked.operation in ("top_up", "withdrawal") and channel is None:
                channel = channel_of(cards().kind(asked.card_id))
            movement = Movement(asked.operation, asked.amount, channel, payee())
            charge = charge_by(in_force(read().schedules, now), movement)
            quote = quote_of(charge, movement, quote_id=new_id("quo", now), person_id=caller.id, now=now)
            with self.storage.atomic_write() as write:
                self.ledger.record(operation, write, subject=quote.id)
                self.store.add(quote, write)
            return quote

        return self.ledger.once(operation, decided, attempt=attempt, replay=self._replay, allow=session)

    def get(self, caller: Customer, quote_id: str) -> Quote:
        """One of the caller's quotes, as long as it is kept. Raises QuoteMissing."""
        with self.storage.trip() as trip:
            session = self.sessions.live(caller, trip)
            found = self.store.quote(quote_id, trip)
        session()
        quote = found()
        if quote is None or quote.person_id != caller.id:
            raise QuoteMissing
        return quote

    def schedule(self, at: datetime | None = None) -> Schedule:
        """The schedule in force at a time, now unless given. Raises FeeScheduleMissing."""
        now = self.clock.now()
        with self.storage.trip() as trip:
            schedules = self.store.schedules(trip, now)
        return in_force(schedules(), at or now)

    def publish(self, rules: Sequence[Rule], effective_at: datetime) -> Schedule:
        """Publishes the next version, a minute or more ahead. An operator's use case.

        Raises ScheduleTooSoon, ScheduleIncomplete, ScheduleRaced.
        """
        now = self.clock.now()
        with self.storage.trip() as trip:
            schedules = trip.call(lambda: self.store.read_schedules(now))
        schedule = next_schedule(schedules(), rules, effective_at, now)
        with self.storage.atomic_write() as write:
            self.store.publish(schedule, write)
        return schedule

    def _payee(self, asked: QuoteRequest, trip: Trip) -> Read[str | None]:
        if not asked.names_person:
            return known(asked.merchant_id)
        found = self.people.resolve(
            trip, phone=asked.phone, email=asked.email, person_id=asked.person_id, pointer="/payee"
        )
        return found.map(_require_payee)

    def _replay(self, decision: Decision) -> Quote:
        with self.storage.trip() as trip:
            found = self.store.quote(decision.subject, trip)
        quote = found()
        if quote is None:
            raise LookupError(f"the journal names {decision.subject}, which is not there")
        return quote


def _require_payee(person_id: str | None) -> str:
    if person_id is None:
        raise QuotePayeeMissing
    return person_id
