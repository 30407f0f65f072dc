"""What people chose, which session a phone's token belongs to, and the confirmations on their way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from msgspec import Struct
from msgspec.structs import asdict
from pynamodb.attributes import BooleanAttribute

from wallet_api.clock import rfc3339
from wallet_api.confirmations.errors import ChangedMeanwhile
from wallet_api.confirmations.model import (
    DEFAULTS,
    HOME_CURRENCY,
    KEPT_FOR,
    LEASE,
    TOPICS,
    Channels,
    Confirmation,
    Language,
    Preferences,
)
from wallet_api.events.model import Event
from wallet_api.money import Money
from wallet_api.storage import AtomicWrite, Item, Read, Storage, Trip
from wallet_api.storage.additions import Add, add_missing
from wallet_api.storage.due import DueWork
from wallet_api.storage.items import Document, Expiry, Moment, UnicodeAttribute, WholeNumber
from wallet_api.storage.keys import plain_digest

PREFERENCES, CONFIRMATION, CLAIM = "confirmations", "confirmation", "claim"
DUE_BUCKETS = 8
DUE_AT_ONCE = 500
"""How many of each bucket one run of the schedule sends on their way."""


class PreferencesItem(Item):
    """pk = person, sk = `confirmations`. Who has none chose nothing and has no phone that is pushed to: the inbox is enough."""

    table = "people"

    topics = Document(null=True)
    sms_from = WholeNumber(null=True)
    language = UnicodeAttribute(null=True)
    pushed = BooleanAttribute(null=True)
    version = WholeNumber(null=True)
    since = Moment(null=True)

    def preferences(self) -> Preferences:
        """The item as the wallet speaks of it."""
        topics: dict[str, Any] = {name: Channels(**on) for name, on in (self.topics or {}).items()}
        return Preferences(
            **topics,
            sms_from=Money(self.sms_from or 0, HOME_CURRENCY),
            language=cast(Language, self.language or DEFAULTS.language),
            pushed=bool(self.pushed),
            version=self.version or 0,
            since=self.since,
        )


class ClaimItem(Item):
    """pk = `push/{hash of the token}`, sk = `claim`: whose session the phone belongs to."""

    table = "ephemeral"

    person_id = UnicodeAttribute()
    session_id = UnicodeAttribute()
    expires_at = Expiry()


class ConfirmationItem(Item):
    """pk = event id, sk = `confirmation`; in the `by_due` index while somebody is still to be told."""

    table = "records"

    owner = UnicodeAttribute()
    type = UnicodeAttribute()
    data = Document()
    happened_at = Moment()
    tries = WholeNumber()
    told = Document()
    claimant = UnicodeAttribute(null=True)
    former = UnicodeAttribute(null=True)
    due_bucket = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)
    kept_until = Expiry()

    def confirmation(self, claimant: str) -> Confirmation:
        """The item as the worker that just claimed it sees it."""
        former = self.former or ""
        return self.as_record(
            Confirmation, id=self.pk, told=tuple(self.told), former="" if former == claimant else former
        )


class PreferenceStore(Struct, frozen=True):
    """What people chose."""

    items: type[PreferencesItem]

    def find(self, person_id: str, trip: Trip) -> Read[Preferences | None]:
        """A person's preferences as part of a trip; None for who has nothing but the inbox."""
        return trip.get(self.items, person_id, PREFERENCES).map(
            lambda item: None if item is None else item.preferences()
        )

    def change(self, person_id: str, seen: Preferences, new: Preferences, now: datetime, write: AtomicWrite) -> None:
        """Adds a change to a write; it fails with ChangedMeanwhile when they are not as they were seen."""
        items = self.items
        actions = [
            items.topics.set({topic: asdict(new.channels(topic)) for topic in TOPICS}),
            items.sms_from.set(new.sms_from.amount),
            items.language.set(new.language),
            items.version.set(seen.version + 1),
            items.since.set(items.since | now),
        ]
        unchanged = items.version == seen.version if seen.version else items.version.does_not_exist()
        write.update(items(person_id, PREFERENCES), actions, (unchanged, ChangedMeanwhile()))

    def mark_pushed(self, person_id: str, now: datetime, write: AtomicWrite) -> None:
        """Adds to a write that a phone of the person's can be pushed to."""
        items = self.items
        write.update(items(person_id, PREFERENCES), [items.pushed.set(True), items.since.set(items.since | now)])


class ClaimStore(Struct, frozen=True):
    """Whose session a phone's token belongs to."""

    items: type[ClaimItem]

    def find(self, place: str, trip: Trip) -> Read[ClaimItem | None]:
        """The claim on a token as part of a trip; None when nobody holds it."""
        return trip.get(self.items, place, CLAIM)

    def claim(
        self, place: str, person_id: str, session_id: str, until: datetime, seen: ClaimItem | None, write: AtomicWrite
    ) -> None:
        """Adds to a write that a token belongs to a session; it fails with ChangedMeanwhile when the claim is not as seen."""
        items = self.items
        item = items(place, CLAIM, person_id=person_id, session_id=session_id, expires_at=until)
        unchanged = items.pk.does_not_exist() if seen is None else items.session_id == seen.session_id
        write.replace(item, (unchanged, ChangedMeanwhile()))

    def release(self, place: str, write: AtomicWrite) -> None:
        """Adds to the write that takes a token from its session that it belongs to nobody."""
        write.delete(self.items(place, CLAIM))


def claim_place(token: str) -> str:
    """Where the claim on a token stands. A token is random and long: its hash alone tells nothing."""
    return f"push/{plain_digest(token)}"


class ConfirmationStore(Struct, frozen=True):
    """The confirmations on their way."""

    storage: Storage
    items: type[ConfirmationItem]
    work: DueWork

    @staticmethod
    def open(storage: Storage) -> ConfirmationStore:
        """Binds the items to their table."""
        work = DueWork.open(storage, CONFIRMATION, DUE_BUCKETS, limit=DUE_AT_ONCE)
        return ConfirmationStore(storage, storage.bind(ConfirmationItem), work)

    def add(self, events: Sequence[Event], now: datetime) -> None:
        """Adds the confirmations that are not there yet, all in one write."""
        add_missing(self.storage, {event.id: self._addition(event, now) for event in events})

    def _addition(self, event: Event, now: datetime) -> Add:
        return lambda write, known: write.put(self._item(event, now), known)

    def claim(self, event_id: str, claimant: str, now: datetime, trip: Trip) -> Read[Confirmation | None]:
        """Takes a confirmation in hand as part of a trip; None when it is done with, not due, or in other hands.

        A call that is sent again after a lost answer finds itself as the claimant, and has it all the same.
        """
        items = self.items
        actions = [
            items.former.set(items.claimant | ""),
            items.claimant.set(claimant),
            *self.work.leased(items, now + LEASE),
        ]
        free = (items.due_at <= rfc3339(now)) | (items.claimant == claimant)
        found = trip.update(items(event_id, CONFIRMATION), actions, free)
        return found.map(lambda item: None if item is None else item.confirmation(claimant))

    def let_go(
        self,
        event_id: str,
        claimant: str,
        told: Sequence[str],
        tries: int,
        again_at: datetime | None,
        write: AtomicWrite,
    ) -> None:
        """Adds to a write where a confirmation arrived, and when it is tried again, if it is; it fails with ChangedMeanwhile when
        it is in other hands by now.
        """
        items = self.items
        actions = [items.told.set(list(told)), items.tries.set(tries), items.claimant.remove()]
        actions += self.work.moved(items, event_id, again_at)
        write.update(items(event_id, CONFIRMATION), actions, (items.claimant == claimant, ChangedMeanwhile()))

    def _item(self, event: Event, now: datetime) -> ConfirmationItem:
        return self.items(
            event.id,
            CONFIRMATION,
            owner=event.owner,
            type=event.type,
            data=_thin(event.data),
            happened_at=event.created_at,
            tries=0,
            told=[],
            **self.work.place(event.id, now),
            kept_until=now + KEPT_FOR,
        )


def _thin(data: Mapping[str, Any]) -> dict[str, Any]:
    """What a confirmation needs of its event."""
    return {name: data[name] for name in ("id", "object", "amount", "merchant_id", "arrives_at") if name in data}
