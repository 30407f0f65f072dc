"""Workers that send confirmations: one is claimed, read anew, sent where its person wants it, and let go with what came of it.

Messages may come twice, late or never, and a worker may die anywhere: the claim is one conditional write, and the schedule finds
what is left. A push that may have gone out is sent again, for a phone shows one of several with the same tag. An SMS or an e-mail
that may have gone out is not: nobody is told twice of one movement, and the inbox has it.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from msgspec import Struct
from msgspec.structs import replace

from wallet_api.clock import Clock
from wallet_api.confirmations.errors import ChangedMeanwhile
from wallet_api.confirmations.model import DEFAULTS, LEASE, Channel, Confirmation, Preferences, wanted
from wallet_api.confirmations.store import ConfirmationStore
from wallet_api.confirmations.use_cases.phones import Phones
from wallet_api.confirmations.use_cases.wording import Wording, worded
from wallet_api.gateways.errors import MessageNotSent, MessageUnsure
from wallet_api.gateways.mail import Mail
from wallet_api.gateways.push import Push, Pushed
from wallet_api.gateways.queue import MessageUnreadable, QueueMessage
from wallet_api.gateways.sms import Sms
from wallet_api.ids import is_id
from wallet_api.people.model import Contact, Person, calling_code
from wallet_api.people.use_cases import People
from wallet_api.rate_limits.model import Share, confirmation_shares, wide_sms_shares
from wallet_api.rate_limits.use_cases import RateLimits
from wallet_api.sessions.model import PushAddress
from wallet_api.sides.model import Side
from wallet_api.sides.use_cases import Sides
from wallet_api.storage import Storage

NO_SECOND = ("sms", "email")
"""What is not sent again when it may have gone out already."""
logger = logging.getLogger(__name__)


class _Ready(Struct, frozen=True):
    """A confirmation in our hands with all that is needed to send it."""

    confirmation: Confirmation
    person: Person
    preferences: Preferences
    side: Side
    phones: Sequence[PushAddress]


class Sending(Struct, frozen=True):
    """The way from the queue to the message companies."""

    storage: Storage
    clock: Clock
    people: People
    phones: Phones
    sides: Sides
    rate_limits: RateLimits
    sms: Sms
    mail: Mail
    push: Push
    store: ConfirmationStore

    @staticmethod
    def open(
        storage: Storage,
        clock: Clock,
        people: People,
        phones: Phones,
        sides: Sides,
        rate_limits: RateLimits,
        sms: Sms,
        mail: Mail,
    ) -> Sending:
        """Binds the confirmations to their table."""
        store = ConfirmationStore.open(storage)
        return Sending(storage, clock, people, phones, sides, rate_limits, sms, mail, phones.push, store)

    def take(self, messages: Sequence[QueueMessage]) -> list[str]:
        """What the queue's worker does with a batch. Returns the ids of the messages that failed."""
        failed: list[str] = []
        for message in messages:
            try:
                self._take(self._named(message))
            except Exception:
                # One message that cannot be taken must not keep the others waiting.
                logger.exception("a message is given back", extra={"message_id": message.id})
                failed.append(message.id)
        return failed

    def _take(self, event_id: str) -> None:
        try:
            self._send(event_id)
        except Exception:
            # The schedule sends another message for it later, and after that ever less often.
            self.store.work.put_off(event_id, self.clock.now(), leased=LEASE)
            raise

    def _named(self, message: QueueMessage) -> str:
        event_id = message.names().get("confirmation", "")
        if not is_id(event_id, "evt"):
            raise MessageUnreadable(message.id)
        return event_id

    def _send(self, event_id: str) -> None:
        claimant = secrets.token_hex(8)
        with self.storage.trip() as trip:
            claimed = self.store.claim(event_id, claimant, self.clock.now(), trip)
        confirmation = claimed()
        if confirmation is None:
            return
        told = list(confirmation.told)
        if confirmation.former:
            logger.warning("a worker was lost with a confirmation", extra={"event_id": event_id})
            told += [each for each in NO_SECOND if each not in told]
        left = True
        try:
            ready = self._ready(confirmation)
            left = ready is not None and self._tell(ready, told)
        except Exception:
            # It is tried again by the schedule; of what it tells, nothing is lost.
            logger.exception("a confirmation stays unsent", extra={"event_id": event_id})
        self._let_go(confirmation, claimant, told, left=left)

    def _ready(self, confirmation: Confirmation) -> _Ready | None:
        """Everything about it as it is now; None when there is nobody to tell, or nothing any more."""
        now = self.clock.now()
        if now - confirmation.happened_at >= confirmation.useful_for:
            return None
        with self.storage.trip() as trip:
            found = self.people.find(confirmation.owner, trip)
            chosen = self.phones.preferences.find(confirmation.owner, trip)
            phones = self.phones.of(confirmation.owner, trip)
            side = self.sides.reading(confirmation.owner, confirmation.data, trip)
        person = found()
        if person is None:
            return None
        told_of = side()()
        if confirmation.kind.urgent and not told_of.waits:
            return None
        return _Ready(confirmation, person, chosen() or DEFAULTS, told_of, phones())

    def _tell(self, ready: _Ready, told: list[str]) -> bool:
        """Sends what is not told yet, noting in `told` where it arrived; whether something is left for another try."""
        confirmation, side = ready.confirmation, ready.side
        channels = wanted(confirmation.kind, confirmation.amount, ready.preferences, moved=side.moved)
        wording = worded(confirmation, side, ready.preferences.locale(ready.person.locale))
        ways: Mapping[Channel, Callable[[], bool]] = {
            "push": lambda: self._pushed(ready, wording, told),
            "sms": lambda: self._sms(ready, wording, told),
            "email": lambda: self._mailed(ready, wording, told),
        }
        arrived = [ways[channel]() for channel in channels]
        return not all(arrived)

    def _pushed(self, ready: _Ready, wording: Wording, told: list[str]) -> bool:
        """Pushes to every phone that has not got it; whether all have."""
        confirmation = ready.confirmation
        facts = {
            "notification_id": confirmation.id,
            "type": confirmation.type,
            "object": str(confirmation.data["object"]),
            "id": str(confirmation.data["id"]),
        }
        seconds = int(confirmation.useful_for.total_seconds())
        pushed = Pushed(wording.title, wording.text, confirmation.id, seconds, facts)
        phones = replace(self.phones, push=self.push)
        return phones.show_on(ready.person, ready.phones, pushed, told)

    def _sms(self, ready: _Ready, wording: Wording, told: list[str]) -> bool:
        """Whether nothing is left to be done about an SMS: it went out, may have, or is one too many."""
        contact = self.people.contact_of(ready.person)
        if "sms" in told or contact.phone is None:
            return True
        shares = (*confirmation_shares("sms", ready.person.id), *wide_sms_shares(calling_code(contact.phone)))
        if self._held_back(ready, shares, "sms", told):
            return True
        return self._sent(lambda: self.sms.send(str(contact.phone), wording.sender + wording.text), "sms", told)

    def _mailed(self, ready: _Ready, wording: Wording, told: list[str]) -> bool:
        contact: Contact = self.people.contact_of(ready.person)
        if "email" in told or contact.email is None:
            return True
        if self._held_back(ready, confirmation_shares("email", ready.person.id), "email", told):
            return True
        return self._sent(lambda: self.mail.send(str(contact.email), wording.title, wording.text), "email", told)

    def _sent(self, send: Callable[[], None], name: str, told: list[str]) -> bool:
        try:
            send()
        except MessageUnsure:
            pass  # It may be on its way.
        except MessageNotSent:
            return False
        told.append(name)
        return True

    def _held_back(self, ready: _Ready, shares: Sequence[Share], name: str, told: list[str]) -> bool:
        """A confirmation counts towards what its person is sent and what all SMS of a day may cost. One too many does not wait: a
        day late, it would tell of something that the inbox has told long since.
        """
        with self.storage.trip() as trip:
            full = self.rate_limits.take(shares, trip)
        if not full():
            return False
        logger.warning("a confirmation is held back", extra={"event_id": ready.confirmation.id, "channel": name})
        told.append(name)
        return True

    def _let_go(self, confirmation: Confirmation, claimant: str, told: Sequence[str], *, left: bool) -> None:
        again_at = confirmation.next_try(self.clock.now()) if left else None
        if left and again_at is None:
            logger.error("a confirmation was given up", extra={"event_id": confirmation.id, "type": confirmation.type})
        with suppress(ChangedMeanwhile), self.storage.atomic_write() as write:
            self.store.let_go(confirmation.id, claimant, told, confirmation.tries + 1, again_at, write)
