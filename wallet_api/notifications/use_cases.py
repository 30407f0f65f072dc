"""Writing a notice beside what it tells of, and sending those that are due."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from wallet_api.clock import Clock, rfc3339
from wallet_api.gateways.errors import MessageNotSent
from wallet_api.gateways.mail import Mail
from wallet_api.gateways.push import Pushed
from wallet_api.gateways.sms import Sms
from wallet_api.ids import new_id
from wallet_api.metrics import Measure, Metrics
from wallet_api.notifications.model import GIVEN_UP_AFTER, Kind, Notice, Recipient, next_try
from wallet_api.notifications.store import NOTICE, NoticeItem, notice_item
from wallet_api.people.model import Locale, Person, calling_code
from wallet_api.people.use_cases import People
from wallet_api.rate_limits.model import wide_sms_shares
from wallet_api.rate_limits.use_cases import RateLimits
from wallet_api.storage import AtomicWrite, Storage
from wallet_api.storage.due import DueWork
from wallet_api.storage.errors import StorageFault

CLAIMED_FOR = timedelta(minutes=2)
"""How long a run of the schedule has a notice to itself; longer than a function runs."""
DUE_AT_ONCE = 100
"""How many one run of the schedule sends. When as many are due for long, an alarm says so (infra/overrides.yaml)."""

logger = logging.getLogger(__name__)


class _ClaimedElsewhere(Exception):
    """Another run of the schedule sends this notice."""


class Screens(Protocol):
    """Whoever pushes to people's phones."""

    def show(self, person: Person, pushed: Pushed, told: list[str]) -> bool:
        """Pushes to each of a person's phones that has not got it, noting in `told` which have; whether all have by now."""


class Notifications(Struct, frozen=True):
    """The notices on their way."""

    storage: Storage
    clock: Clock
    people: People
    rate_limits: RateLimits
    sms: Sms
    mail: Mail
    metrics: Metrics
    items: type[NoticeItem]
    work: DueWork

    @staticmethod
    def open(
        storage: Storage, clock: Clock, people: People, rate_limits: RateLimits, sms: Sms, mail: Mail, metrics: Metrics
    ) -> Notifications:
        """Binds the notices to their table."""
        items, work = storage.bind(NoticeItem), DueWork.open(storage, NOTICE, 0, limit=DUE_AT_ONCE)
        return Notifications(storage, clock, people, rate_limits, sms, mail, metrics, items, work)

    def tell(self, person_id: str, kind: Kind, write: AtomicWrite, *, former: Person | None = None) -> None:
        """Adds a notice to the write that does what it tells of.

        `former` is the person as they were: their contacts of then are told as well. Without it only those of now are.
        """
        now = self.clock.now()
        notice = Notice(
            id=new_id("ntc", now),
            person_id=person_id,
            kind=kind,
            created_at=now,
            former_phone_sealed=former.phone_sealed if former else None,
            former_email_sealed=former.email_sealed if former else None,
        )
        write.put(notice_item(self.items, notice), StorageFault("a fresh id is taken"))

    def tell_now(self, person_id: str, kind: Kind) -> None:
        """Writes a notice that belongs to no write of its own."""
        with self.storage.atomic_write() as write:
            self.tell(person_id, kind, write)

    def send_due(self, screens: Screens | None = None) -> int:
        """Sends every notice that is due, on every channel and, where somebody pushes, to every phone of its person's; how many
        reached all their contacts. Runs may overlap: each notice is in one's hands.
        """
        ended, given_up = 0, 0
        due = list(self.work.by(self.clock.now()))
        for notice_id in due:
            try:
                ended += self._send(notice_id, screens)
            except _ClaimedElsewhere:
                continue
            except Exception:
                # One notice that cannot be sent must not keep the others waiting.
                logger.exception("a notice stays unsent", extra={"notice_id": notice_id})
                failing = self.work.put_off(notice_id, self.clock.now(), leased=CLAIMED_FOR)
                given_up += failing >= GIVEN_UP_AFTER
        self.metrics.tell(Measure("notices_due", len(due)))
        if given_up:
            self.metrics.tell(Measure("notices_given_up", given_up))
        return ended

    def _send(self, notice_id: str, screens: Screens | None) -> bool:
        notice = self._claimed(notice_id)
        person = self.people.require(notice.person_id)
        told, recipients = list(notice.told), list(self._recipients(notice, person))
        for recipient in recipients:
            if recipient.name not in told and self._reached(recipient, notice, person.locale):
                told.append(recipient.name)
        left = [each.name for each in recipients if each.name not in told]
        shown = screens is None or self._shown(notice, person, screens, told)
        again_at = next_try(notice, self.clock.now()) if left or not shown else None
        items, bare = self.items, self.items(notice.id, NOTICE)
        if left and again_at is None:
            logger.error("a notice was given up", extra={"notice_id": notice.id, "kind": notice.kind})
            self.metrics.tell(Measure("notices_given_up", 1))
        with self.storage.atomic_write() as write:
            if again_at is None:
                write.delete(bare)
            else:
                actions = [
                    items.told.set(told),
                    items.tries.set(notice.tries + 1),
                    *self.work.moved(items, notice.id, again_at),
                ]
                write.update(bare, actions, (items.pk.exists(), _ClaimedElsewhere()))
        return not left

    def _claimed(self, notice_id: str) -> Notice:
        """The notice, which is no longer due for a while. Raises _ClaimedElsewhere."""
        now, items = self.clock.now(), self.items
        found = self.storage.get(items, notice_id, NOTICE)
        if found is None or found.due_at > rfc3339(now):
            raise _ClaimedElsewhere
        with self.storage.atomic_write() as write:
            write.update(
                items(notice_id, NOTICE),
                self.work.leased(items, now + CLAIMED_FOR),
                (items.due_at == found.due_at, _ClaimedElsewhere()),
            )
        return found.notice()

    def _recipients(self, notice: Notice, person: Person) -> Iterator[Recipient]:
        """Everywhere the person is reached now, and was reached before."""
        former = replace(person, phone_sealed=notice.former_phone_sealed, email_sealed=notice.former_email_sealed)
        seen = set()
        for when, contact in (("now", self.people.contact_of(person)), ("former", self.people.contact_of(former))):
            for channel in contact.channels:
                address = contact.address(channel)
                if address not in seen:
                    seen.add(address)
                    yield Recipient(f"{when}/{channel}", channel, address)

    def _reached(self, to: Recipient, notice: Notice, locale: Locale) -> bool:
        words = _texts()[notice.kind][locale]
        try:
            if to.channel == "email":
                self.mail.send(to.address, words["subject"], words["text"])
            elif self._may_send_sms(to.address):
                self.sms.send(to.address, words["text"])
            else:
                return False
        except MessageNotSent:
            return False
        except Exception:
            # One address that cannot be written to must not have the others told once more.
            logger.exception("a notice is not sent", extra={"notice_id": notice.id, "channel": to.channel})
            return False
        return True

    def _shown(self, notice: Notice, person: Person, screens: Screens, told: list[str]) -> bool:
        """Whether every phone shows it by now; the words are those of the SMS, which name nobody, without their sender."""
        words = _texts()[notice.kind][person.locale]
        text = words["text"].removeprefix("【数字钱包】").removeprefix("Wallet: ")
        facts = {"notice_id": notice.id, "type": f"security.{notice.kind}"}
        seconds = int(GIVEN_UP_AFTER.total_seconds())
        try:
            return screens.show(
                person, Pushed(words["subject"], text[:1].upper() + text[1:], notice.id, seconds, facts), told
            )
        except Exception:
            # A phone that cannot be reached must not have the contacts told once more.
            logger.exception("a notice is not pushed", extra={"notice_id": notice.id})
            return False

    def _may_send_sms(self, phone: str) -> bool:
        """A notice counts towards what all SMS of a day may cost, and waits when that is used up."""
        with self.storage.trip() as trip:
            full = self.rate_limits.take(wide_sms_shares(calling_code(phone)), trip)
        return not full()


@cache
def _texts() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """The shipped words by kind and language."""
    import tomllib

    return tomllib.loads((Path(__file__).parent / "texts.toml").read_text(encoding="utf-8"))
