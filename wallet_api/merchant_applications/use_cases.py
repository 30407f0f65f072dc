"""What a person can do to become a merchant's owner, and how an operator decides."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict, replace

from wallet_api.clock import Clock
from wallet_api.errors import NotFound
from wallet_api.ids import new_id
from wallet_api.ledger.accounts import StaleAccount
from wallet_api.ledger.ledger import Ledger
from wallet_api.ledger.operations import Decided, Decision, Operation
from wallet_api.merchant_applications.errors import ApplicationApproved, ApplicationDecided, ApplicationIncomplete
from wallet_api.merchant_applications.model import Application, Contact, SealedContact
from wallet_api.merchant_applications.store import APPLICATION, ApplicationStore
from wallet_api.merchants.model import ACTIVE, Merchant, Profile
from wallet_api.merchants.use_cases import Merchants
from wallet_api.notifications.use_cases import Notifications
from wallet_api.people.model import mask_email, mask_phone
from wallet_api.sessions.model import Customer
from wallet_api.sessions.use_cases import Sessions
from wallet_api.settings import Mode
from wallet_api.settlement_accounts.model import Details, SettlementAccount
from wallet_api.settlement_accounts.use_cases import SettlementAccounts
from wallet_api.storage import AtomicWrite, Storage
from wallet_api.storage.crypto import FieldCipher
from wallet_api.storage.data_keys import Renewal
from wallet_api.storage.pages import Page, PageRequest, cursor_at

CHANGES_MEANWHILE = 3
WAITING_SHOWN = 100
_CONTACT = "merchant_contact"


class Applying(Struct, frozen=True):
    """What a person applies with. What may be given later is None."""

    legal_name: str
    registration_number: str
    profile: Profile
    website: str | None
    contact: Contact | None
    settlement_account: Details | None


class MerchantApplications(Struct, frozen=True):
    """Everybody's applications."""

    storage: Storage
    clock: Clock
    ledger: Ledger
    cipher: FieldCipher
    mode: Mode
    sessions: Sessions
    merchants: Merchants
    settlement_accounts: SettlementAccounts
    notifications: Notifications
    store: ApplicationStore

    def apply(self, caller: Customer, applying: Applying, operation: Operation) -> Decided[Application]:
        """Hands an application in. Raises Invalid, KeyServiceDown."""
        with self.storage.trip() as trip:
            session = self.sessions.live(caller, trip)
            decided = self.ledger.decision_on(operation, trip)

        def attempt() -> Application:
            application = self._new(caller.id, applying, operation)
            account = self._account(application.merchant_id, applying.settlement_account, None)
            with self.storage.atomic_write() as write:
                self.ledger.record(operation, write, subject=application.id, answer={"status": application.status})
                self.store.add(application, write)
                if account is not None:
                    self.settlement_accounts.put(account, None, write)
                if self.mode == "test":
                    self.merchants.add(_merchant_of(application), write)
            return application

        return self.ledger.once(operation, decided, attempt=attempt, replay=self._replay, allow=session)

    def get(self, caller: Customer, application_id: str) -> Application:
        """One of the caller's applications. Raises NotFound."""
        with self.storage.trip() as trip:
            session = self.sessions.live(caller, trip)
            found = self.store.find(application_id, trip)
        session()
        application = found()
        if application is None or application.person_id != caller.id:
            raise NotFound
        return application

    def list(self, caller: Customer, page: PageRequest) -> Page[Application]:
        """The caller's applications, newest first, a moment after the facts."""
        before = page.place_of("app")
        with self.storage.trip() as trip:
            session = self.sessions.live(caller, trip)
            found = self.store.newest(caller.id, before, page.limit + 1, trip)
        session()
        rows = found()
        shown = tuple(rows[: page.limit])
        return Page(shown, cursor_at(shown[-1].id) if len(rows) > page.limit else None)

    def change(
        self,
        caller: Customer,
        application_id: str,
        changes: Mapping[str, Any],
        contact: Contact | None,
        details: Details | None,
    ) -> Application:
        """Gives what is missing, or hands a declined application in again. Raises NotFound, ApplicationApproved, Invalid."""
        for _ in range(CHANGES_MEANWHILE):
            current = self.get(caller, application_id)
            if current.status == "approved":
                raise ApplicationApproved(merchant_id=current.merchant_id)
            with self.storage.trip() as trip:
                reading = self.settlement_accounts.reading(current.merchant_id, trip)
            former = reading()
            account = self._account(current.merchant_id, details, former)
            more: dict[str, Any] = {} if contact is None else {"contact": self._sealed(current.id, contact)}
            # One that the owner gave the merchant itself, which works already in test mode, counts as well.
            more |= {} if account is None and former is None else {"has_settlement_account": True}
            changed = current.changed({**changes, **more})
            try:
                with self.storage.atomic_write() as write:
                    self.store.replace(changed, write)
                    if account is not None:
                        self.settlement_accounts.put(account, former, write)
                return changed
            except StaleAccount:
                continue
        raise StaleAccount

    def waiting(self) -> Sequence[Application]:
        """Those that wait for a decision, the oldest first. Operator only."""
        return self.store.waiting(WAITING_SHOWN)

    def approve(self, application_id: str) -> Application:
        """Lets the merchant take payments. Operator only. Raises NotFound, ApplicationIncomplete, ApplicationDecided."""

        def decide(application: Application, write: AtomicWrite) -> Application:
            if application.missing:
                raise ApplicationIncomplete(missing=", ".join(application.missing))
            if self.mode == "live":
                self.merchants.add(_merchant_of(application), write)
            else:
                # The merchant worked from the start; what was changed in the application since is what is approved.
                changes = {**asdict(application.profile), "website": application.website}
                self.merchants.change(application.merchant_id, lambda merchant: merchant.updated(changes))
            self.notifications.tell(application.person_id, "merchant_approved", write)
            return replace(application, status="approved", decided_at=self.clock.now())

        return self._decided(application_id, decide)

    def decline(self, application_id: str, reason: str) -> Application:
        """Says no, and why. The owner may change it and hand it in again. Operator only. Raises NotFound, ApplicationDecided."""

        def decide(application: Application, write: AtomicWrite) -> Application:
            self.notifications.tell(application.person_id, "merchant_declined", write)
            return replace(application, status="declined", decided_at=self.clock.now(), reason=reason)

        return self._decided(application_id, decide)

    def _decided(self, application_id: str, decide: Callable[[Application, AtomicWrite], Application]) -> Application:
        for _ in range(CHANGES_MEANWHILE):
            with self.storage.trip() as trip:
                found = self.store.find(application_id, trip)
            application = found()
            if application is None:
                raise NotFound
            if application.status in ("approved", "declined"):
                raise ApplicationDecided
            try:
                with self.storage.atomic_write() as write:
                    decided = decide(application, write)
                    self.store.replace(decided, write)
                return decided
            except StaleAccount:
                continue
        raise StaleAccount

    def _new(self, person_id: str, applying: Applying, operation: Operation) -> Application:
        now = operation.requested_at
        application_id = new_id("app", now)
        contact = applying.contact
        return Application(
            id=application_id,
            person_id=person_id,
            merchant_id=new_id("mer", now),
            status="incomplete",
            legal_name=applying.legal_name,
            registration_number=applying.registration_number,
            profile=applying.profile,
            website=applying.website,
            contact=None if contact is None else self._sealed(application_id, contact),
            has_settlement_account=applying.settlement_account is not None,
            created_at=now,
        ).handed_in()

    def renewal(self) -> Renewal:
        """How the data keys of applicants' contacts are brought under another KMS key. For an operator's job."""
        return Renewal(self.storage, self.cipher, self.store.items, APPLICATION, lambda item: str(item.pk))

    def _account(
        self, merchant_id: str, details: Details | None, former: SettlementAccount | None
    ) -> SettlementAccount | None:
        return None if details is None else self.settlement_accounts.sealed(merchant_id, details, former)

    def _sealed(self, application_id: str, contact: Contact) -> SealedContact:
        data_key = self.cipher.new_key(application_id)
        sealed = self.cipher.seal(application_id, data_key, _CONTACT, json.dumps(asdict(contact)))
        return SealedContact(data_key, sealed, mask_phone(contact.phone), mask_email(contact.email))

    def _replay(self, decision: Decision) -> Application:
        """The application, standing as it did when it was handed in."""
        with self.storage.trip() as trip:
            found = self.store.find(decision.subject, trip)
        application = found()
        if application is None:
            raise LookupError(f"the journal names {decision.subject}, which is not there")
        return replace(application, status=decision.answer["status"], decided_at=None, reason=None)


def _merchant_of(application: Application) -> Merchant:
    return Merchant(
        id=application.merchant_id,
        status=ACTIVE,
        profile=application.profile,
        created_at=application.created_at,
        owner_id=application.person_id,
        website=application.website,
    )
