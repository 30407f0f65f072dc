"""What the wallet does with people: register one, find one, write to one, show one to themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from wallet_api.clock import Clock
from wallet_api.ids import new_id
from wallet_api.ledger import chart
from wallet_api.ledger.ledger import Ledger
from wallet_api.people.errors import AccessFrozen, ContactChangedMeanwhile, ContactTaken, PersonMissing
from wallet_api.people.model import (
    Channel,
    Contact,
    ContactKind,
    Locale,
    Mark,
    Person,
    Profile,
    agreed_to,
    canonical_email,
    canonical_phone,
    personal_words,
)
from wallet_api.people.store import CLAIM, PERSON, ClaimItem, PersonItem, marking, permitting
from wallet_api.storage import AtomicWrite, Read, Storage, Trip
from wallet_api.storage.atomic import Requirement
from wallet_api.storage.crypto import FieldCipher
from wallet_api.storage.errors import StorageFault
from wallet_api.storage.keys import Keys


class People(Struct, frozen=True):
    """Everybody who has a wallet."""

    storage: Storage
    clock: Clock
    keys: Keys
    cipher: FieldCipher
    ledger: Ledger
    items: type[PersonItem]
    claim_items: type[ClaimItem]

    @staticmethod
    def open(storage: Storage, clock: Clock, keys: Keys, cipher: FieldCipher, ledger: Ledger) -> People:
        """Binds the people's items to their table."""
        return People(storage, clock, keys, cipher, ledger, storage.bind(PersonItem), storage.bind(ClaimItem))

    def resolve(
        self,
        trip: Trip,
        *,
        phone: str | None = None,
        email: str | None = None,
        person_id: str | None = None,
        pointer: str = "",
    ) -> Read[str | None]:
        """Whom a phone, an e-mail or an id names, as part of a trip; None when nobody.

        `pointer` is where the contact stands in the request. Raises Invalid for a phone or e-mail that cannot be one.
        """
        if person_id is not None:
            found = trip.get(self.items, person_id, PERSON)
            return found.map(lambda item: None if item is None else item.pk)
        if phone is not None:
            places = self._places("phone", canonical_phone(phone, f"{pointer}/phone"))
        else:
            places = self._places("email", canonical_email(email or "", f"{pointer}/email"))
        claims = [trip.get(self.claim_items, place, CLAIM) for place in places]

        def bring() -> str | None:
            return next((item.person_id for item in (claim() for claim in claims) if item is not None), None)

        return Read(bring)

    def find(self, person_id: str, trip: Trip) -> Read[Person | None]:
        """A person as part of a trip; None when there is none."""
        return trip.get(self.items, person_id, PERSON).map(lambda item: None if item is None else item.person())

    def require(self, person_id: str) -> Person:
        """A person, read in a trip of its own. Raises PersonMissing."""
        with self.storage.trip() as trip:
            found = self.find(person_id, trip)
        return _present(found())

    def contact(self, person_id: str) -> Contact:
        """How a person is reached, in clear. Raises PersonMissing, KeyServiceDown."""
        return self.contact_of(self.require(person_id))

    def contact_of(self, person: Person) -> Contact:
        """The same for a person who was read already."""
        phone = self.unseal(person, "phone", person.phone_sealed)
        email = self.unseal(person, "email", person.email_sealed)
        return Contact(phone, email, person.locale)

    def personal_words(self, person_id: str) -> list[str]:
        """What a person's password may not hold. Raises PersonMissing, KeyServiceDown."""
        person = self.require(person_id)
        name = self.unseal(person, "display_name", person.display_name_sealed)
        return personal_words(self.contact_of(person), name)

    def profile(self, person_id: str) -> Profile:
        """A person as they see themselves. Raises PersonMissing, KeyServiceDown."""
        with self.storage.trip() as trip:
            found = self.find(person_id, trip)
            pin_set = self.has_payment_pin(person_id, trip)
        return self.profile_of(_present(found()), payment_pin_set=pin_set())

    def has_payment_pin(self, person_id: str, trip: Trip) -> Read[bool]:
        """Whether a person has set a payment PIN, as part of a trip."""
        found = self.ledger.accounts.find(chart.customer(person_id), trip)
        return found.map(lambda account: account is not None and account.pin_hash is not None)

    def profile_of(self, person: Person, *, payment_pin_set: bool) -> Profile:
        """The same for a person who was read already."""
        contact = self.contact_of(person)
        return Profile(
            id=person.id,
            phone=contact.masked("sms") if contact.phone else None,
            email=contact.masked("email") if contact.email else None,
            display_name=self.unseal(person, "display_name", person.display_name_sealed),
            locale=person.locale,
            consents=person.consents,
            totp_enabled=person.totp_enabled,
            payment_pin_set=payment_pin_set,
            created_at=person.created_at,
        )

    def change(self, person_id: str, *, display_name: str | None, locale: Locale | None) -> None:
        """Changes what a person may change of themselves without a proof; None leaves a field as it is. Raises
        PersonMissing.
        """
        person = self.require(person_id)
        actions = []
        if display_name is not None:
            actions.append(self.items.display_name_sealed.set(self.seal(person, "display_name", display_name)))
        if locale is not None:
            actions.append(self.items.locale.set(locale))
        if actions:
            with self.storage.atomic_write() as write:
                write.update(self.items(person_id, PERSON), actions, (self.items.pk.exists(), PersonMissing()))

    def draft(self, *, phone: str | None, email: str | None, locale: Locale, consents: tuple[str, ...]) -> Person:
        """A person to be, with sealed contacts under a data key of their own; nothing is written. Raises KeyServiceDown."""
        now = self.clock.now()
        person_id = new_id("usr", now)
        data_key = self.cipher.new_key(person_id)
        bare = Person(person_id, now, locale, consents, data_key, agreed_to=agreed_to(consents))
        return replace(
            bare,
            phone_sealed=None if phone is None else self.seal(bare, "phone", phone),
            email_sealed=None if email is None else self.seal(bare, "email", email),
        )

    def add(self, person: Person, contacts: Sequence[tuple[str, str]], write: AtomicWrite) -> None:
        """Adds a new person, their wallet and their contacts, pairs such as `("phone", "+8613…")`, to a write.

        Leaving the write's block raises ContactTaken when one of the contacts has a wallet, also under an older key.
        """
        for kind, canonical in contacts:
            self._claim(kind, canonical, person.id, write)
        item = self.items.of(person, pk=person.id, sk=PERSON, consents=list(person.consents))
        write.put(item, StorageFault("a fresh id is taken"))
        self.ledger.accounts.open(chart.customer(person.id), write)

    def swap_contact(
        self, person: Person, channel: Channel, canonical: str | None, former: str | None, write: AtomicWrite
    ) -> None:
        """Adds to a write that a person has another phone or e-mail, a first one of its kind (`former` is None), or none any
        more (`canonical` is None): the claim on the old one ends and one on the new begins, all or nothing.

        Leaving the write's block raises ContactTaken when somebody has the new one, ContactChangedMeanwhile when the
        person's contacts are others by now, and AccessFrozen. Raises KeyServiceDown.
        """
        kind: ContactKind = "phone" if channel == "sms" else "email"
        items = self.items
        places = (items.phone_sealed, person.phone_sealed), (items.email_sealed, person.email_sealed)
        (sealed, present), (other, staying) = places if kind == "phone" else places[::-1]
        unchanged = sealed.does_not_exist() if present is None else sealed == present
        if canonical is None:
            # What stays must stay: of two removals at once the second would leave nothing that reaches the person.
            unchanged &= other == staying
        else:
            self._claim(kind, canonical, person.id, write)
        for place in self._places(kind, former) if former is not None else []:
            write.delete(self.claim_items(place, CLAIM))
        actions = [
            sealed.remove() if canonical is None else sealed.set(self.seal(person, kind, canonical)),
            items.contact_changed_at.set(self.clock.now()),
        ]
        write.update(
            items(person.id, PERSON),
            actions,
            (items.pk.exists(), PersonMissing()),
            (items.frozen_since.does_not_exist(), AccessFrozen()),
            (unchanged, ContactChangedMeanwhile()),
        )

    def mark(self, person_id: str, mark: Mark, write: AtomicWrite, *, begun_at: datetime | None = None) -> None:
        """Adds to a write what happened to a person's access. Leaving the write's block raises AccessFrozen for what has to
        wait, and for a thaw that was `begun_at` a time before the wallet was frozen.
        """
        may, actions = permitting(self.items, mark, begun_at), marking(self.items, mark, self.clock.now())
        item, exists = self.items(person_id, PERSON), (self.items.pk.exists(), PersonMissing())
        write.update(item, actions, exists, (may, AccessFrozen()))

    def everybody(self) -> Iterator[Person]:
        """Every person there is, page by page. For an operator's jobs, never on a request's path."""
        for raw in self.storage.scan(self.items):
            if raw["sk"]["S"] == PERSON:
                yield self.items.from_raw_data(raw).person()

    def rewrap(self, person: Person, *, again: bool = False) -> bool:
        """Has a person's data key wrapped under the present KMS key; whether there was anything to do.

        What is written meanwhile is sealed with the same data key, so nobody has to wait. Raises KeyServiceDown, SealBroken.
        """
        wrapped = self.cipher.rewrapped(person.id, person.data_key, again=again)
        if wrapped is None:
            return False
        unchanged = (self.items.data_key == person.data_key, ContactChangedMeanwhile())
        with suppress(ContactChangedMeanwhile), self.storage.atomic_write() as write:
            write.update(self.items(person.id, PERSON), [self.items.data_key.set(wrapped)], unchanged)
        return True

    def renew_claims(self, person: Person) -> int:
        """Claims a person's contacts under the newest master secret, beside the older claims; how many were missing.

        Both stay until `retire_claims`: whoever is looked for is found at every moment. Raises KeyServiceDown, SealBroken.
        """
        return sum(self._claimed_anew(person, *contact) for contact in self._contacts_with_seals(person))

    def retire_claims(self, person: Person) -> int:
        """Removes the claims under older master secrets of what is claimed under the newest; how many there were."""
        return sum(self._retired(person, kind, canonical) for kind, canonical, _ in self._contacts_with_seals(person))

    def seal(self, person: Person, field: str, text: str) -> bytes:
        """The ciphertext of one of a person's fields. Raises KeyServiceDown."""
        return self.cipher.seal(person.id, person.data_key, field, text)

    def unseal(self, person: Person, field: str, sealed: bytes | None) -> str | None:
        """The text of one of a person's fields; None for none. Raises KeyServiceDown, SealBroken."""
        return None if sealed is None else self.cipher.open(person.id, person.data_key, field, sealed)

    def _contacts_with_seals(self, person: Person) -> list[tuple[ContactKind, str, Requirement]]:
        """Each contact of a person, with the requirement that it is still theirs."""
        contact, items = self.contact_of(person), self.items
        given: list[tuple[ContactKind, str | None, Requirement]] = [
            ("phone", contact.phone, (items.phone_sealed == person.phone_sealed, ContactChangedMeanwhile())),
            ("email", contact.email, (items.email_sealed == person.email_sealed, ContactChangedMeanwhile())),
        ]
        return [(kind, canonical, unchanged) for kind, canonical, unchanged in given if canonical is not None]

    def _claimed_anew(self, person: Person, kind: ContactKind, canonical: str, unchanged: Requirement) -> bool:
        place = self._places(kind, canonical)[0]
        if self.storage.get(self.claim_items, place, CLAIM) is not None:
            return False
        with suppress(ContactTaken, ContactChangedMeanwhile), self.storage.atomic_write() as write:
            write.put(self.claim_items(place, CLAIM, person_id=person.id), ContactTaken())
            write.check(self.items(person.id, PERSON), unchanged)
        return True

    def _retired(self, person: Person, kind: ContactKind, canonical: str) -> int:
        newest, *older = self._places(kind, canonical)
        with self.storage.trip() as trip:
            found = [trip.get(self.claim_items, place, CLAIM) for place in older]
        left = [item for item in (read() for read in found) if item is not None and item.person_id == person.id]
        ours = self.claim_items.person_id == person.id
        try:
            with self.storage.atomic_write() as write:
                for item in left:
                    write.check(self.claim_items(newest, CLAIM), (ours, ContactChangedMeanwhile()))
                    write.delete(self.claim_items(item.pk, CLAIM), (ours, ContactChangedMeanwhile()))
        except ContactChangedMeanwhile:
            return 0
        return len(left)

    def _claim(self, kind: str, canonical: str, person_id: str, write: AtomicWrite) -> None:
        newest, *older = self._places(kind, canonical)
        write.put(self.claim_items(newest, CLAIM, person_id=person_id), ContactTaken())
        for place in older:
            write.check(self.claim_items(place, CLAIM), (self.claim_items.pk.does_not_exist(), ContactTaken()))

    def _places(self, kind: str, canonical: str) -> list[str]:
        """Where the claim on a contact may stand: under the newest key first, then under those being rotated out."""
        return [
            f"{kind}/{version}/{self.keys.hex_digest(kind, canonical, version=version)}"
            for version in self.keys.versions
        ]


def _present(person: Person | None) -> Person:
    if person is None:
        raise PersonMissing
    return person
