"""Sessions' items: a session under its person, and in it where the phone that it runs on is pushed to."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from msgspec import Struct
from msgspec.structs import asdict
from pynamodb.attributes import BinaryAttribute

from wallet_api.devices.model import Device
from wallet_api.gateways.push import Service
from wallet_api.sessions.model import PushAddress, Session
from wallet_api.storage import AtomicWrite, Read, Storage, Trip
from wallet_api.storage.items import Document, Item, Moment, UnicodeAttribute

SESSION = "session/"


class SessionItem(Item):
    """pk = person, sk = `session/ses_…`. Holds hashes of the tokens, never a token."""

    table = "people"

    id = UnicodeAttribute()
    device = Document()
    created_at = Moment()
    refreshed_at = Moment()
    ends_at = Moment()
    access_hash = UnicodeAttribute()
    refresh_hash = UnicodeAttribute()
    previous_access_hash = UnicodeAttribute(null=True)
    previous_refresh_hash = UnicodeAttribute(null=True)
    push_service = UnicodeAttribute(null=True)
    push_sealed = BinaryAttribute(legacy_encoding=False, null=True)
    push_place = UnicodeAttribute(null=True)
    push_since = Moment(null=True)

    def session(self) -> Session:
        """The item as the wallet speaks of it."""
        return self.as_record(Session, person_id=self.pk, device=Device(**self.device))

    def push(self) -> PushAddress | None:
        """Where its phone is pushed to; None for a phone, or a browser, that never said."""
        if not self.push_place:
            return None
        device = Device(**self.device)
        service = cast(Service, self.push_service)
        return PushAddress(self.id, device.id, service, self.push_sealed, self.push_place, self.push_since)


class PushAddresses(Struct, frozen=True):
    """Where a person's phones are pushed to. Whatever ends a session ends this with it, for it is in the session's item."""

    storage: Storage
    items: type[SessionItem]

    def newest(self, person_id: str, now: datetime, trip: Trip, limit: int) -> Read[list[PushAddress]]:
        """Those of a person's newest sessions, as part of a trip; a session whose time has run out has none."""
        query = self.storage.query
        found = trip.call(lambda: query(self.items, person_id, prefix=SESSION, limit=limit, newest_first=True))

        def bring() -> list[PushAddress]:
            pushes = [row.push() for row in found() if not row.session().is_over(now)]
            return [each for each in pushes if each is not None]

        return Read(bring)

    def find(self, person_id: str, session_id: str, trip: Trip) -> Read[PushAddress | None]:
        """That of one session, as part of a trip."""
        found = trip.get(self.items, person_id, SESSION + session_id)
        return found.map(lambda item: None if item is None else item.push())

    def give(self, person_id: str, push: PushAddress, write: AtomicWrite, ended: Exception) -> None:
        """Adds to a write that a session's phone is pushed to from now on. Leaving the block raises `ended` when it was ended."""
        items = self.items
        actions = [
            items.push_service.set(push.service),
            items.push_sealed.set(push.sealed),
            items.push_place.set(push.place),
            items.push_since.set(push.since),
        ]
        write.update(items(person_id, SESSION + push.session_id), actions, (items.pk.exists(), ended))

    def take(self, person_id: str, push: PushAddress, write: AtomicWrite, changed: Exception) -> None:
        """Adds to a write that it is pushed to no more. Leaving the block raises `changed` when it has another address, or none."""
        items = self.items
        actions = [
            each.remove() for each in (items.push_service, items.push_sealed, items.push_place, items.push_since)
        ]
        item = items(person_id, SESSION + push.session_id)
        write.update(item, actions, (items.push_place == push.place, changed))


def session_item(items: type[SessionItem], session: Session) -> SessionItem:
    """The item of a new session."""
    return items.of(session, pk=session.person_id, sk=SESSION + session.id, device=asdict(session.device))


def rotating(items: type[SessionItem], old: Session, new: Session) -> list[Any]:
    """What a refresh changes of a session."""
    return [
        items.access_hash.set(new.access_hash),
        items.refresh_hash.set(new.refresh_hash),
        items.previous_access_hash.set(old.access_hash),
        items.previous_refresh_hash.set(old.refresh_hash),
        items.refreshed_at.set(new.refreshed_at),
    ]
