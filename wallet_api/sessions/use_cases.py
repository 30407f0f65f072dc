"""What a person can do with sessions: have one opened, refresh it, see them all, end one."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from wallet_api.clock import Clock
from wallet_api.devices.model import Device
from wallet_api.devices.use_cases import Devices
from wallet_api.errors import NotFound
from wallet_api.ids import new_id
from wallet_api.notifications.use_cases import Notifications
from wallet_api.rate_limits.use_cases import Admission
from wallet_api.sessions.errors import SessionEnded
from wallet_api.sessions.model import (
    ACCESS,
    ACCESS_LIFE,
    LONGEST_LIFE,
    REFRESH,
    Customer,
    Session,
    SignedIn,
    make_token,
    read_token,
    successor_bytes,
)
from wallet_api.sessions.store import SESSION, PushAddresses, SessionItem, rotating, session_item
from wallet_api.storage import AtomicWrite, Read, Storage, Trip
from wallet_api.storage.errors import StorageFault
from wallet_api.storage.keys import Keys, plain_digest
from wallet_api.storage.pages import Page, PageRequest, cursor_at

ENDED_PER_WRITE = 60
"""Leaves room in one atomic write for what a password change writes beside."""

T = TypeVar("T")

logger = logging.getLogger(__name__)


class _RefreshRaced(Exception):
    """Another request with the same refresh token was first."""


class Sessions(Struct, frozen=True):
    """The sessions of every person."""

    storage: Storage
    clock: Clock
    keys: Keys
    notifications: Notifications
    devices: Devices
    items: type[SessionItem]
    pushes: PushAddresses

    @staticmethod
    def open(storage: Storage, clock: Clock, keys: Keys, notifications: Notifications, devices: Devices) -> Sessions:
        """Binds the sessions' items to their table."""
        items = storage.bind(SessionItem)
        return Sessions(storage, clock, keys, notifications, devices, items, PushAddresses(storage, items))

    def presented(self, token: str) -> Customer | None:
        """Whom an access token names, or None when we did not make it or it has expired. Asks no storage."""
        return read_token(self.keys, ACCESS, token, self.clock.now())

    def live(self, customer: Customer, trip: Trip) -> Read[Session]:
        """Reads the caller's session as part of a trip. Calling the read raises SessionEnded."""
        found = trip.get(self.items, customer.id, SESSION + customer.session_id)

        def bring() -> Session:
            item = found()
            if item is None or not item.session().admits(customer.token_hash, self.clock.now()):
                raise SessionEnded
            return item.session()

        return Read(bring)

    def find(self, person_id: str, session_id: str, trip: Trip) -> Read[Session | None]:
        """A person's session as part of a trip in which they do not call themselves; None when it was ended."""
        found = trip.get(self.items, person_id, SESSION + session_id)
        return found.map(lambda item: None if item is None else item.session())

    def require(self, person_id: str, session_id: str, write: AtomicWrite, ended: Exception) -> None:
        """Requires in a write that a session was not ended. Leaving the write's block may raise `ended`."""
        write.check(self.items(person_id, SESSION + session_id), (self.items.pk.exists(), ended))

    def require_live(self, customer: Customer, admission: Admission | None = None) -> Session:
        """The caller's session, read in a trip that takes the caller's shares as well. Raises SessionEnded, RateLimited."""
        with self.storage.trip() as trip:
            session = self.live(customer, trip)
            admitted = admission(trip) if admission else None
        found = session()
        if admitted is not None:
            admitted()
        return found

    def while_live(self, customer: Customer, reading: Callable[[Trip], Read[T]]) -> tuple[Session, T]:
        """The caller's session, and what is read for them in the same trip. Raises SessionEnded."""
        with self.storage.trip() as trip:
            session = self.live(customer, trip)
            found = reading(trip)
        return session(), found()

    def begin(
        self,
        person_id: str,
        device: Device,
        write: AtomicWrite,
        *,
        first: str | None = None,
        earlier: str | None = None,
    ) -> SignedIn:
        """Adds a new session, and its device, to the write that proves the person. The session that ran on the same device
        before, `earlier`, ends with it.

        `first` names what opened the wallet; the tokens follow from it, so that `again` can give them once more. Leaving the
        write's block may raise DeviceRemoved, DeviceUsedMeanwhile.
        """
        now = self.clock.now()
        session_id, opens = new_id("ses", now), first is not None
        joined = self.devices.join(person_id, device, write, first=opens, session_id=session_id, earlier=earlier)
        blank = Session(session_id, person_id, joined, now, now, now + LONGEST_LIFE, access_hash="", refresh_hash="")
        signed_in = self._fresh(blank, first)
        write.put(session_item(self.items, signed_in.session), StorageFault("a fresh id is taken"))
        if earlier is not None:
            write.delete(self.items(person_id, SESSION + earlier))
        return signed_in

    def again(self, person_id: str, session_id: str, first: str) -> SignedIn | None:
        """The tokens that a wallet's first session began with, while they are its present ones; None afterwards."""
        item = self.storage.get(self.items, person_id, SESSION + session_id)
        if item is None or item.session().is_over(self.clock.now()):
            return None
        signed_in = self._fresh(item.session(), first)
        return signed_in if signed_in.session == item.session() else None

    def refresh(self, refresh_token: str) -> SignedIn:
        """New tokens for old (RFC 9700 section 4.14.2): each refresh token works once.

        Asked again at once, as after a lost answer, or twice in parallel, it gets the same successor. Asked later it
        is a copy in other hands, and the whole session ends. Raises SessionEnded.
        """
        bearer = read_token(self.keys, REFRESH, refresh_token, self.clock.now())
        if bearer is None:
            raise SessionEnded
        for _ in range(2):
            now = self.clock.now()
            item = self.storage.get(self.items, bearer.id, SESSION + bearer.session_id)
            if item is None or item.session().is_over(now):
                raise SessionEnded
            session = item.session()
            if session.may_be_retried(bearer.token_hash, now):
                return self._successor(session, bearer.token_hash, session.refreshed_at)
            if session.refresh_hash != bearer.token_hash:
                self._end_for_reuse(session)
                raise SessionEnded
            signed_in = self._successor(session, bearer.token_hash, now)
            try:
                self._rotate(session, signed_in.session)
            except _RefreshRaced:
                continue
            return signed_in
        raise SessionEnded

    def end(self, customer: Customer, session_id: str) -> None:
        """Ends one of the caller's sessions, the present one among them. Raises NotFound."""
        item = self.items(customer.id, SESSION + session_id)
        with self.storage.atomic_write() as write:
            write.delete(item, (self.items.pk.exists(), NotFound()))

    def end_device(self, customer: Customer, device_id: str) -> None:
        """Removes one of the caller's devices: its sessions, the present one among them, and its key end at once.

        Raises NotFound.
        """
        *earlier, last = self._batches_on(customer.id, device_id)
        for batch in earlier:
            self._end(batch)
        with self.storage.atomic_write() as write:
            self.devices.remove(customer.id, device_id, write)
            for row in last:
                write.delete(self.items(customer.id, row.sk))
        # From here on none can begin on it: what began while this was prepared is all that may be left.
        for batch in self._batches_on(customer.id, device_id):
            self._end(batch)

    def end_all(self, person_id: str, write: AtomicWrite, *, keep: str | None = None) -> None:
        """Adds the end of every session of a person to a write, but that of the session `keep`.

        Sign-ins that are under way end by their own condition on the password; call `end_older` after the write for
        those that were finished while this one was prepared.
        """
        *earlier, last = self._batches(person_id, keep, None)
        for batch in earlier:
            self._end(batch)
        for row in last:
            write.delete(self.items(person_id, row.sk))

    def end_older(self, person_id: str, than: datetime, *, keep: str | None = None) -> None:
        """Ends every session that began at a moment or before it, but the session `keep`."""
        for batch in self._batches(person_id, keep, than):
            self._end(batch)

    def were_used_since(self, person_id: str, moment: datetime) -> bool:
        """Whether a person signed in, or refreshed a session, since a moment; yes as well for who removed every device, since
        nothing tells when.
        """
        rows = self.storage.query(self.items, person_id, prefix=SESSION, limit=ENDED_PER_WRITE, newest_first=True)
        seen = [*(row.refreshed_at for row in rows), *self.devices.sign_ins(person_id)]
        return not seen or max(seen) >= moment

    def list(self, customer: Customer, page: PageRequest) -> Page[Session]:
        """The caller's sessions that are not over, newest first. Raises Invalid for a cursor of another list."""
        place, now = page.place_of("ses"), self.clock.now()
        after = None if place is None else SESSION + place
        found = self.storage.query(
            self.items, customer.id, prefix=SESSION, after=after, limit=page.limit + 1, newest_first=True
        )
        rows = found[: page.limit]
        over = [row for row in rows if row.session().is_over(now)]
        if over:
            # Nobody is signed in with these any more; whoever looks at the list tidies it.
            with self.storage.atomic_write() as write:
                for row in over:
                    write.delete(self.items(customer.id, row.sk))
        live = tuple(row.session() for row in rows if row not in over)
        return Page(live, cursor_at(rows[-1].sk.removeprefix(SESSION)) if len(found) > page.limit else None)

    def _fresh(self, session: Session, first: str | None) -> SignedIn:
        if first is None:
            return self._with_tokens(session, secrets.token_bytes(16), secrets.token_bytes(16))
        return self._with_tokens(
            session, successor_bytes(self.keys, ACCESS, first), successor_bytes(self.keys, REFRESH, first)
        )

    def _successor(self, session: Session, refresh_hash: str, refreshed_at: datetime) -> SignedIn:
        return self._with_tokens(
            replace(session, refreshed_at=refreshed_at),
            successor_bytes(self.keys, ACCESS, refresh_hash),
            successor_bytes(self.keys, REFRESH, refresh_hash),
        )

    def _with_tokens(self, session: Session, access_bytes: bytes, refresh_bytes: bytes) -> SignedIn:
        access_expires_at = min(session.refreshed_at + ACCESS_LIFE, session.ends_at)
        access = make_token(self.keys, ACCESS, session.id, session.person_id, access_expires_at, access_bytes)
        refresh = make_token(self.keys, REFRESH, session.id, session.person_id, session.expires_at, refresh_bytes)
        made = replace(session, access_hash=plain_digest(access), refresh_hash=plain_digest(refresh))
        return SignedIn(made, access, refresh, self.devices.token(made.person_id, made.device))

    def _rotate(self, old: Session, new: Session) -> None:
        items = self.items
        with self.storage.atomic_write() as write:
            write.update(
                items(old.person_id, SESSION + old.id),
                rotating(items, old, new),
                (items.refresh_hash == old.refresh_hash, _RefreshRaced()),
            )

    def _batches(self, person_id: str, keep: str | None, until: datetime | None) -> Iterator[Sequence[SessionItem]]:
        """A person's sessions, as many at a time as one write ends."""
        after: str | None = None
        while True:
            rows = self.storage.query(self.items, person_id, prefix=SESSION, after=after, limit=ENDED_PER_WRITE)
            if rows:
                after = rows[-1].sk
            yield [row for row in rows if row.id != keep and (until is None or row.created_at <= until)]
            if len(rows) < ENDED_PER_WRITE:
                return

    def _batches_on(self, person_id: str, device_id: str) -> Iterator[Sequence[SessionItem]]:
        """Those of them that run on one device."""
        for batch in self._batches(person_id, None, None):
            yield [row for row in batch if row.session().device.id == device_id]

    def _end(self, rows: Sequence[SessionItem]) -> None:
        with self.storage.atomic_write() as write:
            for row in rows:
                write.delete(self.items(row.pk, row.sk))

    def _end_for_reuse(self, session: Session) -> None:
        logger.warning(
            "a refresh token came back after its use; its session was ended",
            extra={"person_id": session.person_id, "session_id": session.id},
        )
        bare = self.items(session.person_id, SESSION + session.id)
        with suppress(SessionEnded), self.storage.atomic_write() as write:
            write.delete(bare, (self.items.pk.exists(), SessionEnded()))
            self.notifications.tell(session.person_id, "refresh_token_reused", write)
