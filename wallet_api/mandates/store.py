"""The mandates' items, in the records table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import cast

from msgspec import Struct
from msgspec.structs import asdict

from wallet_api.clock import month_of
from wallet_api.ledger.accounts import StaleAccount
from wallet_api.ledger.lines import SHARDS
from wallet_api.mandates.errors import ReferenceTaken
from wallet_api.mandates.model import (
    ACTIVE,
    REQUIRES_CONFIRMATION,
    Mandate,
    MonthTurned,
    Status,
    Terms,
    Why,
    bucket_of,
    counted_month,
    list_bucket,
)
from wallet_api.merchants.model import Profile
from wallet_api.money import Money
from wallet_api.storage import AtomicWrite, Item, Read, Storage, Trip
from wallet_api.storage.errors import StorageFault
from wallet_api.storage.items import Document, Moment, Raw, UnicodeAttribute, WholeNumber
from wallet_api.storage.keys import plain_digest

MANDATE = "mandate"
REFERENCE = "reference"
LIVE, ENDED = "mandate/live/", "mandate/ended/"
"""Under which sort keys a person's mandates are named: whoever looks for what may still charge reads nothing else."""


class MandateItem(Item):
    """pk = mandate id, sk = `mandate`. Amounts in minor units of `currency`."""

    table = "records"

    merchant_id = UnicodeAttribute()
    status = UnicodeAttribute()
    description = UnicodeAttribute()
    reference = UnicodeAttribute()
    merchant = Document()
    max_per_payment = WholeNumber()
    max_per_month = WholeNumber()
    currency = UnicodeAttribute()
    month = UnicodeAttribute()
    charged = WholeNumber()
    customer_id = UnicodeAttribute(null=True)
    created_at = Moment()
    expires_at = Moment()
    confirmed_at = Moment(null=True)
    ended_at = Moment(null=True)
    lowered_at = Moment(null=True)
    owner_bucket = UnicodeAttribute()
    owner_order = UnicodeAttribute()

    def mandate(self) -> Mandate:
        """The item as the wallet speaks of it."""
        most, monthly = Money(self.max_per_payment, self.currency), Money(self.max_per_month, self.currency)
        return self.as_record(
            Mandate,
            id=self.pk,
            status=cast(Status, self.status),
            terms=Terms(self.description, self.reference, most, monthly),
            merchant=Profile(**self.merchant),
        )


class ReferenceItem(Item):
    """pk = `mandate/{merchant}/{mode}/{hash of the merchant's reference}`: that there is one mandate for it, and which."""

    table = "records"

    mandate_id = UnicodeAttribute()


class GrantItem(Item):
    """pk = person, sk = `mandate/live/man_…` or `mandate/ended/man_…`: that the person said yes to it."""

    table = "records"

    mandate_id = UnicodeAttribute()


class MandateStore(Struct, frozen=True):
    """Adds, finds and changes mandates."""

    storage: Storage
    items: type[MandateItem]
    reference_items: type[ReferenceItem]
    grant_items: type[GrantItem]

    @staticmethod
    def open(storage: Storage) -> MandateStore:
        """Binds the items to their table."""
        return MandateStore(storage, storage.bind(MandateItem), storage.bind(ReferenceItem), storage.bind(GrantItem))

    def add(self, mandate: Mandate, mode: str, write: AtomicWrite) -> None:
        """Adds a new mandate to the write, which fails with ReferenceTaken when the merchant has one of this reference."""
        terms = mandate.terms
        place = _reference_place(mandate.merchant_id, mode, terms.reference)
        write.put(self.reference_items(place, REFERENCE, mandate_id=mandate.id), self._taken)
        item = self.items.of(
            mandate,
            pk=mandate.id,
            sk=MANDATE,
            description=terms.description,
            reference=terms.reference,
            merchant=asdict(mandate.merchant),
            max_per_payment=terms.max_per_payment.amount,
            max_per_month=terms.max_per_month.amount,
            currency=mandate.currency,
            owner_bucket=bucket_of(mandate, mode),
            owner_order=mandate.id,
        )
        write.put(item, StorageFault("a fresh id is taken"))

    def find(self, mandate_id: str, trip: Trip) -> Read[Mandate | None]:
        """A mandate, or None."""
        return trip.get(self.items, mandate_id, MANDATE).map(lambda item: None if item is None else item.mandate())

    def find_reference(self, merchant_id: str, mode: str, reference: str, trip: Trip) -> Read[str | None]:
        """The id of the merchant's mandate of a reference, or None."""
        found = trip.get(self.reference_items, _reference_place(merchant_id, mode, reference), REFERENCE)
        return found.map(lambda item: None if item is None else item.mandate_id)

    def confirm(self, mandate: Mandate, now: datetime, write: AtomicWrite, why: Why) -> None:
        """Keeps a customer's yes to a mandate that waited until now; `why` names the error of one that waits no more."""
        items = self.items
        actions = [
            items.status.set(ACTIVE),
            items.customer_id.set(mandate.customer_id or ""),
            items.confirmed_at.set(now),
        ]
        waiting = (items.status == REQUIRES_CONFIRMATION) & (items.expires_at > now)
        write.update(items(mandate.id, MANDATE), actions, (waiting, self._refusal(why)))
        write.put(self._grant(mandate, LIVE), StorageFault("a mandate is confirmed once"))

    def end(self, mandate: Mandate, was: Status, now: datetime, write: AtomicWrite) -> None:
        """Keeps that one side ended a mandate in the state it was read in. Leaving the write's block may raise StaleAccount."""
        items = self.items
        actions = [items.status.set(mandate.status), items.ended_at.set(now)]
        write.update(items(mandate.id, MANDATE), actions, (items.status == was, StaleAccount()))
        if was == ACTIVE:
            write.delete(self._grant(mandate, LIVE))
            write.replace(self._grant(mandate, ENDED))

    def lower(self, mandate: Mandate, now: datetime, write: AtomicWrite) -> None:
        """Keeps smaller limits, never larger ones. Leaving the write's block may raise StaleAccount."""
        items, terms = self.items, mandate.terms
        payment, month = terms.max_per_payment.amount, terms.max_per_month.amount
        actions = [items.max_per_payment.set(payment), items.max_per_month.set(month), items.lowered_at.set(now)]
        smaller = (items.max_per_payment >= payment) & (items.max_per_month >= month)
        write.update(items(mandate.id, MANDATE), actions, ((items.status == ACTIVE) & smaller, StaleAccount()))

    def charge(self, mandate: Mandate, amount: Money, now: datetime, write: AtomicWrite, why: Why) -> None:
        """Counts a charge of an active mandate, within its limits as they were read; `why` names the error of a mandate that
        does not let it through any more. Leaving the write's block may raise that or StaleAccount.
        """
        items, month = self.items, counted_month(now)
        active = (items.status == ACTIVE) & (items.max_per_payment >= amount.amount)
        # Conditions have no arithmetic, so the month's limit and its counter are those that were read.
        as_read = (items.max_per_month == mandate.terms.max_per_month.amount) & (items.month == mandate.month)
        rest = mandate.terms.max_per_month - amount
        if mandate.counts_in(month):
            actions = [items.charged.set(items.charged + amount.amount)]
            as_read = as_read & (items.charged <= rest.amount)
        else:
            actions = [items.month.set(month), items.charged.set(amount.amount)]
        write.update(items(mandate.id, MANDATE), actions, (active & as_read, self._refusal(why)))

    def give_back(self, mandate_id: str, amount: Money, month: str, write: AtomicWrite) -> None:
        """Takes a charge that came to nothing off its month again. Leaving the write's block may raise MonthTurned."""
        items = self.items
        same_month = (items.month == month) & (items.charged >= amount.amount)
        actions = [items.charged.set(items.charged - amount.amount)]
        write.update(items(mandate_id, MANDATE), actions, (same_month, MonthTurned()))

    def granted(self, person_id: str, *, ended: bool, after: str | None, limit: int) -> Sequence[str]:
        """Ids of mandates that a person said yes to, newest first: those that live, or those that ended."""
        prefix = ENDED if ended else LIVE
        start = None if after is None else prefix + after
        rows = self.storage.query(
            self.grant_items, person_id, prefix=prefix, after=start, limit=limit, newest_first=True
        )
        return [row.mandate_id for row in rows]

    def newest(self, merchant_id: str, mode: str, month: datetime, before: str | None, limit: int) -> list[Mandate]:
        """Some mandates that a merchant asked for in one month, newest first; an index is behind by moments."""
        buckets = [list_bucket(merchant_id, mode, month_of(month), shard) for shard in range(SHARDS)]
        query = partial(self.storage.query_index, self.items, "by_owner", before=before, limit=limit, newest_first=True)
        with self.storage.trip() as trip:
            reads = [trip.call(partial(query, bucket)) for bucket in buckets]
        rows = [self.items.from_raw_data(raw).mandate() for read in reads for raw in read()]
        return sorted(rows, key=lambda row: row.id, reverse=True)[:limit]

    def _grant(self, mandate: Mandate, prefix: str) -> GrantItem:
        return self.grant_items(mandate.customer_id or "", prefix + mandate.id, mandate_id=mandate.id)

    def _refusal(self, why: Why) -> Callable[[Raw | None], Exception]:
        def refusal(found: Raw | None) -> Exception:
            return why(None if found is None else self.items.from_raw_data(found).mandate()) or StaleAccount()

        return refusal

    def _taken(self, found: Raw | None) -> Exception:
        if found is None:
            return StaleAccount()
        return ReferenceTaken(mandate_id=self.reference_items.from_raw_data(found).mandate_id)


def _reference_place(merchant_id: str, mode: str, reference: str) -> str:
    """The reference is hashed because it is the merchant's own text; it may hold anything."""
    return f"mandate/{merchant_id}/{mode}/{plain_digest(reference)[:40]}"
