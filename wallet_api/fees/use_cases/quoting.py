"""A person asks what a movement would cost, and is promised it."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from wallet_api.cards.model import CardBox
from wallet_api.errors import FieldProblem, Invalid, NotFound
from wallet_api.fees.errors import QuoteMissing, QuotePayeeMissing, QuotePayeeSelf
from wallet_api.fees.model import (
    QUOTE_LIFE,
    Channel,
    Charge,
    FeeOperation,
    Movement,
    Quote,
    channel_of,
    charge_by,
    in_force,
)
from wallet_api.fees.use_cases.charging import Charging
from wallet_api.ids import new_id
from wallet_api.ledger import chart
from wallet_api.ledger.accounts import Account
from wallet_api.ledger.errors import WalletClosed, WalletFrozen
from wallet_api.ledger.operations import Decided, Decision, Operation
from wallet_api.merchants.model import Standing
from wallet_api.money import Money
from wallet_api.outlets.errors import MerchantUnavailable
from wallet_api.sessions.model import Customer
from wallet_api.storage import Read, Trip
from wallet_api.storage.trips import known


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


class Quoting(Charging, frozen=True):
    """Asking."""

    def quote(self, caller: Customer, asked: QuoteRequest, operation: Operation) -> Decided[Quote]:
        """Promises a fee to a person for ten minutes and one movement.

        A price that nobody could be charged is none: what would be refused whatever the amount is refused here as it would be then.
        Raises QuotePayeeMissing, QuotePayeeSelf, NotFound for a merchant that is not there, MerchantUnavailable, WalletFrozen,
        WalletClosed, CardMissing, CardNotActive, CardExpired, CreditCardRefused, FeeNotOffered, AmountBelowMinimum, Invalid.
        """
        with self.storage.trip() as trip:
            session = self.sessions.live(caller, trip)
            decided = self.ledger.decision_on(operation, trip)
            read = self.reading(trip)
            cards = self.cards.reading(caller.id, trip)
            account = self.ledger.accounts.find(chart.customer(caller.id), trip)
            other_side = self._other_side(caller.id, asked, trip)

        def attempt() -> Quote:
            now, payer = self.clock.now(), account()
            _require_active(payer)
            payee, category = other_side()
            channel = _channel(asked, cards(), now) if asked.operation in ("top_up", "withdrawal") else None
            movement = Movement(asked.operation, asked.amount, channel, payee, category, payer)
            charge = charge_by(in_force(read().schedules, now), movement, now)
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

    def _other_side(self, caller_id: str, asked: QuoteRequest, trip: Trip) -> Read[tuple[str | None, str | None]]:
        """The payee's id and, when it is a merchant, its category. Calling the read raises what speaks against it as a payee."""
        if asked.names_person:
            found = self.people.resolve(
                trip, phone=asked.phone, email=asked.email, person_id=asked.person_id, pointer="/payee"
            )
            return found.map(lambda person_id: (_require_payee(caller_id, person_id), None))
        if asked.merchant_id is None:
            return known((None, None))
        standing = self.merchants.standing(asked.merchant_id, trip)
        return standing.map(lambda found: (asked.merchant_id, _require_merchant(asked.merchant_id, found)))

    def _replay(self, decision: Decision) -> Quote:
        with self.storage.trip() as trip:
            found = self.store.quote(decision.subject, trip)
        quote = found()
        if quote is None:
            raise LookupError(f"the journal names {decision.subject}, which is not there")
        return quote


def _channel(asked: QuoteRequest, cards: CardBox, now: datetime) -> Channel:
    """That of the card that is named, else the one that is, else that of the default card; money goes out to debit cards alone,
    whatever card is the default. Raises what is wrong with the card, and Invalid for a channel that is not the card's.
    """
    out = asked.operation == "withdrawal"
    if asked.card_id is None:
        return asked.channel or ("debit_card" if out else channel_of(cards.kind(None)))
    channel = channel_of((cards.payable if out else cards.usable)(asked.card_id, now).kind)
    if asked.channel not in (None, channel):
        raise Invalid(FieldProblem("/channel", "not_the_cards_channel"))
    return channel


def _require_active(payer: Account | None) -> None:
    """Nothing is paid, sent, withdrawn or topped up by a wallet that is not in use. Raises WalletFrozen, WalletClosed."""
    if payer is not None and payer.status != "active":
        raise WalletClosed() if payer.status == "closed" else WalletFrozen()


def _require_payee(caller_id: str, person_id: str | None) -> str:
    if person_id is None:
        raise QuotePayeeMissing
    if person_id == caller_id:
        raise QuotePayeeSelf
    return person_id


def _require_merchant(merchant_id: str | None, standing: Standing | None) -> str:
    if standing is None or standing.merchant_id != merchant_id:
        raise NotFound
    if not standing.takes_payments:
        raise MerchantUnavailable
    return standing.profile.category


def quote_of(charge: Charge, movement: Movement, *, quote_id: str, person_id: str, now: datetime) -> Quote:
    """The charge as a promise."""
    return Quote(
        id=quote_id,
        person_id=person_id,
        operation=movement.operation,
        channel=movement.channel,
        payee=movement.payee,
        amount=movement.amount,
        fee=charge.fee,
        bearer=charge.bearer,
        schedule_version=charge.schedule_version,
        lines=charge.lines,
        status="open",
        created_at=now,
        expires_at=now + QUOTE_LIFE,
        tier=movement.place.tier,
        allowance=charge.allowance,
    )
