"""What another capability asks of the fees: what a movement costs, and that its quote and its allowance are used by it alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from wallet_api.cards.use_cases import Cards
from wallet_api.clock import Clock, rfc3339
from wallet_api.fees.errors import QuoteAllowanceUsed, QuoteExpired, QuoteMismatch, QuoteMissing, QuoteUsed
from wallet_api.fees.model import Channel, Charge, FeeOperation, Movement, Place, Quote, Schedule, charge_by, in_force
from wallet_api.fees.store import FeeStore
from wallet_api.ids import is_id
from wallet_api.ledger import chart
from wallet_api.ledger.accounts import Account, StaleAccount
from wallet_api.ledger.allowances import give_back, take
from wallet_api.ledger.ledger import Ledger
from wallet_api.merchants.use_cases import Merchants
from wallet_api.money import Money
from wallet_api.people.use_cases import People
from wallet_api.sessions.use_cases import Sessions
from wallet_api.storage import AtomicWrite, Read, Storage, Trip


class Basis(Struct, frozen=True):
    """What a trip brought to charge by: the schedules, and the quote that was presented, if one was."""

    schedules: tuple[Schedule, ...]
    quote: Quote | None
    quote_id: str | None


class Charging(Struct, frozen=True):
    """In a use case that moves money: `read = fees.reading(trip, quote_id)` in the first trip, `fees.charge(read, …)`
    while deciding, and `fees.use(charge, write)` in the write.
    """

    storage: Storage
    clock: Clock
    ledger: Ledger
    sessions: Sessions
    people: People
    cards: Cards
    merchants: Merchants
    store: FeeStore

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
        category: str | None = None,
        payer: Account | None = None,
        now: datetime,
    ) -> Charge:
        """The fee of this movement: as quoted, else by the schedule in force.

        `category` is that of the merchant who is paid; `payer` is the paying person's account as this request read it, which says
        their tier and what is left of their free allowances. Raises QuoteMissing, QuoteMismatch, QuoteUsed, QuoteExpired,
        FeeNotOffered, AmountBelowMinimum.
        """
        basis = read()
        movement = Movement(operation, amount, channel, payee, category, payer)
        if basis.quote_id is None:
            return charge_by(in_force(basis.schedules, now), movement, now)
        if basis.quote is None or basis.quote.person_id != person_id:
            raise QuoteMissing
        return charge_by_quote(basis.quote, movement, basis.schedules, now)

    def use(self, charge: Charge, write: AtomicWrite) -> None:
        """Consumes the charge's quote and what it takes of a free allowance, if there is either.

        Leaving the write's block may raise QuoteUsed when another movement used the quote, QuoteAllowanceUsed when another one used
        what the quote counted on, StaleAccount when the allowance was used otherwise since the account was read.
        """
        if charge.quote is not None:
            self.store.use(charge.quote, write)
        if charge.allowance is not None and charge.payer is not None:
            gone = StaleAccount() if charge.quote is None else QuoteAllowanceUsed()
            take(self.ledger.account_items, charge.allowance, charge.payer, self.clock.now(), write, gone)

    def give_back(self, person_id: str, allowance: str, taken: int, write: AtomicWrite) -> None:
        """Gives back in a write what a movement that came to nothing took of a free allowance, by its `Taken.key`.

        Leaving the write's block may raise AllowanceOver.
        """
        give_back(self.ledger.account_items, chart.customer(person_id), allowance, taken, write)


def charge_by_quote(quote: Quote, movement: Movement, schedules: Sequence[Schedule], now: datetime) -> Charge:
    """The fee that was promised. Raises QuoteUsed, QuoteExpired, QuoteMismatch."""
    differing = (
        ("operation", quote.operation != movement.operation),
        ("amount", quote.amount != movement.amount),
        ("payee", quote.payee is not None and quote.payee != movement.payee),
        ("payee", quote.payee is None and _costs_otherwise(quote, movement, schedules)),
        ("channel", quote.channel is not None and quote.channel != movement.channel),
    )
    for field, differs in differing:
        if differs:
            raise QuoteMismatch(field=field)
    if quote.status == "used":
        raise QuoteUsed
    if now >= quote.expires_at:
        raise QuoteExpired(expired_at=rfc3339(quote.expires_at))
    return Charge(quote.fee, quote.bearer, quote.schedule_version, quote.lines, quote, quote.allowance, movement.payer)


def _costs_otherwise(quote: Quote, movement: Movement, schedules: Sequence[Schedule]) -> bool:
    """Whether a quote that named no merchant is shown at one whose category has a rule of its own."""
    schedule = next((each for each in schedules if each.version == quote.schedule_version), None)
    if schedule is None or movement.category is None:
        return False
    unnamed = Place(quote.operation, quote.channel, None, quote.tier)
    return schedule.rule(unnamed) != schedule.rule(replace(unnamed, category=movement.category))
