"""What a person does with their inbox: read it, and say how far they have."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from msgspec import Struct

from wallet_api.errors import NotFound
from wallet_api.events.use_cases import Asked, Events
from wallet_api.inbox.model import FOR_PEOPLE, Notification, Texts, notification_of
from wallet_api.inbox.store import InboxStore, ReadFurther
from wallet_api.people.model import Locale
from wallet_api.sessions.model import Customer
from wallet_api.sides.use_cases import Sides
from wallet_api.storage import Storage
from wallet_api.storage.pages import Page, PageRequest

ASKED = Asked(types=FOR_PEOPLE)


class Inbox(Struct, frozen=True):
    """Every person's notifications."""

    storage: Storage
    events: Events
    sides: Sides
    store: InboxStore

    @staticmethod
    def open(storage: Storage, events: Events, sides: Sides) -> Inbox:
        """Binds the mark to its table."""
        return Inbox(storage, events, sides, InboxStore.open(storage))

    def newest(self, caller: Customer, page: PageRequest, locale: Locale) -> Page[Notification]:
        """What happened to the person's money, newest first, in a language."""
        found = self.events.newest(caller, page, ASKED)
        with self.storage.trip() as trip:
            mark = self.store.read_up_to(caller.id, trip)
        read_up_to = mark()
        sides = self.sides.of_all(caller.id, [event.data for event in found.rows])
        told = zip(found.rows, sides, strict=True)
        rows = tuple(notification_of(event, side, texts(), locale, read_up_to) for event, side in told)
        return Page(rows, found.next_cursor)

    def read(self, caller: Customer, event_id: str, locale: Locale) -> Notification:
        """Marks a notification, and all before it, as read; what was read further stays so. Raises NotFound."""
        event = self.events.get(caller, event_id)
        if event.type not in FOR_PEOPLE:
            raise NotFound
        try:
            with self.storage.atomic_write() as write:
                self.store.move(caller.id, event.id, write)
        except ReadFurther:
            pass  # It is read all the same.
        (side,) = self.sides.of_all(caller.id, [event.data])
        return notification_of(event, side, texts(), locale, event.id)


@cache
def texts() -> Texts:
    """The shipped words by type and language."""
    import tomllib

    return tomllib.loads((Path(__file__).parent / "texts.toml").read_text(encoding="utf-8"))
