"""The top-ups' items in the records table.

Top-ups: pk = top-up id, sk = `top_up`; open ones stand in the `by_due` index. Intents: pk = `intent/{operation's place}`.
"""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from wallet_api.errors import NotFound
from wallet_api.gateways.acquirer import ChargeDecline
from wallet_api.ledger.accounts import StaleAccount
from wallet_api.ledger.errors import IdempotencyKeyInUse
from wallet_api.ledger.operations import Operation
from wallet_api.storage import AtomicWrite, Item, Read, Storage, Trip
from wallet_api.storage.due import DueWork
from wallet_api.storage.items import Document, Moment, MoneyAttribute, Raw, UnicodeAttribute, WholeNumber
from wallet_api.storage.pages import Page, PageRequest
from wallet_api.top_ups.errors import ChargeUsedUp
from wallet_api.top_ups.model import LEASE, MAX_CODE_ATTEMPTS, OPEN, Intent, Status, TopUp

TOP_UP, INTENT = "top_up", "intent"
DUE_BUCKETS = 4
"""Over how many index partitions the open top-ups are spread."""


class TopUpSettled(Exception):
    """Another request, or the schedule, brought this top-up to its end first."""


class IntentTaken(Exception):
    """Another request with this key was first to begin."""

    def __init__(self, intent: Intent) -> None:
        super().__init__(intent.top_up_id)
        self.intent = intent


class TopUpItem(Item):
    """One top-up."""

    table = "records"

    id = UnicodeAttribute()
    person_id = UnicodeAttribute()
    card_id = UnicodeAttribute()
    card_brand = UnicodeAttribute()
    card_last4 = UnicodeAttribute()
    token = UnicodeAttribute()
    amount = MoneyAttribute()
    fee = MoneyAttribute()
    schedule_version = WholeNumber()
    quote_id = UnicodeAttribute(null=True)
    status = UnicodeAttribute()
    operation = Document()
    created_at = Moment()
    attempts = WholeNumber()
    decline_code = UnicodeAttribute(null=True)
    settled_at = Moment(null=True)
    corrected_at = Moment(null=True)
    given_back = WholeNumber(null=True)
    owner_bucket = UnicodeAttribute()
    owner_order = UnicodeAttribute()
    due_bucket = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)


class IntentItem(Item):
    """One key's intent; only its lease changes."""

    table = "records"

    place = UnicodeAttribute()
    fingerprint = UnicodeAttribute()
    kind = UnicodeAttribute()
    top_up_id = UnicodeAttribute()
    lease_until = Moment()


class TopUpStore(Struct, frozen=True):
    """Reads and writes top-ups and intents."""

    storage: Storage
    items: type[TopUpItem]
    intents: type[IntentItem]
    work: DueWork

    @staticmethod
    def open(storage: Storage) -> TopUpStore:
        """Binds the items to their table."""
        work = DueWork.open(storage, TOP_UP, DUE_BUCKETS)
        return TopUpStore(storage, storage.bind(TopUpItem), storage.bind(IntentItem), work)

    def intent(self, operation: Operation, trip: Trip) -> Read[Intent | None]:
        """The intent under a key, or None."""
        found = trip.get(self.intents, _intent_place(operation), INTENT)
        return found.map(lambda item: None if item is None else item.as_record(Intent))

    def begun_by_copy(self, operation: Operation, refusal: IntentTaken | NotFound) -> Intent:
        """What a copy of the request began. Raises the refusal when none did.

        The reads of a trip are not of one moment: the card may be gone that was there when a copy began, and then "no such
        card, no money moved" would be told of a key under which money moves.
        """
        if isinstance(refusal, IntentTaken):
            return refusal.intent
        with self.storage.trip() as trip:
            found = self.intent(operation, trip)
        begun = found()
        if begun is None:
            raise refusal
        return begun

    def require_no_intent(self, operation: Operation, write: AtomicWrite) -> None:
        """Requires in a write that nobody has begun under this key."""
        item = self.intents(_intent_place(operation), INTENT)
        write.check(item, (self.intents.pk.does_not_exist(), IdempotencyKeyInUse()))

    def begin(self, top_up: TopUp, operation: Operation, now: datetime, write: AtomicWrite) -> None:
        """Adds an intent with a lease; IntentTaken when there is one."""
        intent = Intent(operation.place, operation.fingerprint, operation.kind, top_up.id, now + LEASE)
        write.put(self.intents.of(intent, pk=_intent_place(operation), sk=INTENT), self._taken)

    def add(self, top_up: TopUp, now: datetime, write: AtomicWrite) -> None:
        """Adds a new top-up; it is due when the lease of its request is over."""
        item = self.items.of(
            top_up,
            pk=top_up.id,
            sk=TOP_UP,
            owner_bucket=_owner_bucket(top_up.person_id),
            owner_order=top_up.id,
            **self.work.place(top_up.id, now + LEASE),
        )
        write.put(item, StaleAccount())

    def renew(self, intent: Intent, now: datetime) -> None:
        """Takes the lease anew, in a write of its own. Raises IdempotencyKeyInUse when another request was faster."""
        items = self.intents
        with self.storage.atomic_write() as write:
            write.update(
                items(f"{INTENT}/{intent.place}", INTENT),
                [items.lease_until.set(now + LEASE)],
                (items.lease_until == intent.lease_until, IdempotencyKeyInUse()),
            )

    def find(self, top_up_id: str, trip: Trip) -> Read[TopUp | None]:
        """A top-up by its id, or None."""
        return trip.get(self.items, top_up_id, TOP_UP).map(_top_up)

    def page(self, person_id: str, page: PageRequest) -> Page[TopUp]:
        """A person's top-ups, newest first. Raises Invalid for a cursor of another list."""
        with self.storage.trip() as trip:
            found = self.storage.newest(
                self.items, _owner_bucket(person_id), page, "top", trip, lambda item: item.as_record(TopUp)
            )
        return found()

    def recent(self, person_id: str, trip: Trip, before: str | None, limit: int) -> Read[tuple[TopUp, ...]]:
        """A person's top-ups before an id, newest first. An index is behind by moments."""
        rows = trip.call(
            lambda: self.storage.query_index(
                self.items, "by_owner", _owner_bucket(person_id), before=before, limit=limit, newest_first=True
            )
        )
        return rows.map(lambda found: tuple(self._from_raw(row) for row in found))

    def reserve_attempt(self, person_id: str, top_up_id: str, trip: Trip) -> Read[TopUp | None]:
        """Takes one attempt at the issuer's code and reads the top-up; None when there is no attempt to take."""
        items = self.items
        condition = (
            (items.person_id == person_id) & (items.status == "requires_action") & (items.attempts < MAX_CODE_ATTEMPTS)
        )
        return trip.update(items(top_up_id, TOP_UP), [items.attempts.set(items.attempts + 1)], condition).map(_top_up)

    def conclude(
        self,
        top_up: TopUp,
        status: Status,
        now: datetime,
        write: AtomicWrite,
        decline_code: ChargeDecline | None = None,
        *,
        look_again_at: datetime | None = None,
    ) -> None:
        """Ends a top-up; TopUpSettled when it has ended already. With `look_again_at` it stays due once more."""
        items = self.items
        actions = [items.status.set(status), items.settled_at.set(now)]
        actions += self.work.moved(items, top_up.id, look_again_at)
        if decline_code is not None:
            actions.append(items.decline_code.set(decline_code))
        write.update(items(top_up.id, TOP_UP), actions, (items.status.is_in(*OPEN), TopUpSettled()))

    def looked_again(self, top_up: TopUp, write: AtomicWrite, *, corrected_at: datetime | None = None) -> None:
        """Notes that an ended top-up was looked at once more, and whether it was corrected; TopUpSettled when it was before."""
        items = self.items
        actions = self.work.moved(items, top_up.id, None)
        if corrected_at is not None:
            actions.append(items.corrected_at.set(corrected_at))
        write.update(items(top_up.id, TOP_UP), actions, (items.due_bucket.exists(), TopUpSettled()))

    def give_back(self, top_up_id: str, total: int, amount: int, write: AtomicWrite) -> None:
        """Counts what goes back to the card; ChargeUsedUp when the charge does not hold that much any more."""
        items = self.items
        room = items.given_back.does_not_exist() | (items.given_back <= total - amount)
        stands = (items.status == "succeeded") & items.corrected_at.does_not_exist()
        actions = [items.given_back.set((items.given_back | 0) + amount)]
        write.update(items(top_up_id, TOP_UP), actions, (stands & room, ChargeUsedUp()))

    def keep_back(self, top_up_id: str, amount: int, write: AtomicWrite) -> None:
        """Uncounts what did not reach the card."""
        items = self.items
        actions = [items.given_back.set(items.given_back - amount)]
        write.update(items(top_up_id, TOP_UP), actions, (items.given_back >= amount, StaleAccount()))

    def look_later(self, top_up: TopUp, due_at: datetime, write: AtomicWrite) -> None:
        """Notes when an ended top-up is to be looked at once more after all; TopUpSettled when it was looked at meanwhile."""
        items = self.items
        due = (items.due_bucket.exists(), TopUpSettled())
        write.update(items(top_up.id, TOP_UP), self.work.moved(items, top_up.id, due_at), due)

    def keep_open(self, top_up: TopUp, status: Status, due_at: datetime, now: datetime, write: AtomicWrite) -> None:
        """Notes how an open top-up stands and when to ask again, and gives its key's lease back."""
        items = self.items
        actions = [items.status.set(status), *self.work.moved(items, top_up.id, due_at)]
        write.update(items(top_up.id, TOP_UP), actions, (items.status.is_in(*OPEN), TopUpSettled()))
        self.release(top_up, now, write)

    def release(self, top_up: TopUp, now: datetime, write: AtomicWrite) -> None:
        """Ends the lease on a top-up's key."""
        intents = self.intents
        item = intents(_intent_place(top_up.asked), INTENT)
        write.update(item, [intents.lease_until.set(now)], (intents.pk.exists(), TopUpSettled()))

    def _taken(self, found: Raw | None) -> Exception:
        if found is None:
            return StaleAccount()
        return IntentTaken(self.intents.from_raw_data(found).as_record(Intent))

    def _from_raw(self, raw: Raw) -> TopUp:
        return self.items.from_raw_data(raw).as_record(TopUp)


def _intent_place(operation: Operation) -> str:
    return f"{INTENT}/{operation.place}"


def _owner_bucket(person_id: str) -> str:
    return f"{person_id}/{TOP_UP}"


def _top_up(item: TopUpItem | None) -> TopUp | None:
    return None if item is None else item.as_record(TopUp)
