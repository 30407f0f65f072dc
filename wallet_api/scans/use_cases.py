"""What a customer can do with a scanned code: learn what it asks for, from our records and not from the code."""

from __future__ import annotations

from urllib.parse import urlsplit

from msgspec import Struct

from wallet_api.errors import NotFound
from wallet_api.ids import is_id
from wallet_api.mandates.model import Mandate
from wallet_api.mandates.use_cases import Mandates
from wallet_api.outlets.model import Place, why_not_payable
from wallet_api.outlets.use_cases import Outlets
from wallet_api.payments.model import Payment
from wallet_api.payments.use_cases import Payments
from wallet_api.people.use_cases import People
from wallet_api.scans.errors import CodeNotOurs
from wallet_api.scans.model import id_in, mandate_code, outlet_code, payment_code, person_code
from wallet_api.storage.keys import Keys, plain_digest

PAGES = {"": "pay", "outlets": "out", "mandates": "man"}
"""Where the pages behind `checkout_url` are, and what they are of."""
MAX_DOMAIN = 32
"""In characters: what EMVCo gives the identifier of a payment network."""


class Payee(Struct, frozen=True):
    """A person who can be sent money: the name they chose, or a contact of theirs, masked."""

    person_id: str
    name: str


class Scans(Struct, frozen=True):
    """The codes of this deployment; the domain of its address tells them from any other's."""

    keys: Keys
    people: People
    payments: Payments
    outlets: Outlets
    mandates: Mandates
    public_url: str

    @property
    def domain(self) -> str:
        """What makes a code ours."""
        return reverse_domain(self.public_url)

    def code_of(self, payment: Payment) -> str:
        """The text of a payment's QR code: the same one whenever it is asked for."""
        return payment_code(self.keys, self.domain, payment)

    def code_of_outlet(self, place: Place) -> str:
        """The text of the QR code that hangs in an outlet."""
        return outlet_code(self.keys, self.domain, place)

    def code_of_mandate(self, mandate: Mandate) -> str:
        """The text of the QR code by which a customer looks at a mandate, and confirms it."""
        return mandate_code(self.keys, self.domain, mandate)

    def code_of_person(self, person_id: str) -> str:
        """The text of the QR code that a person shows to be sent money."""
        return person_code(self.keys, self.domain, person_id)

    def scan(self, text: str) -> Payment | Place | Mandate | Payee:
        """What a scanned text names, as it stands now. A payment, an outlet and a mandate may come as their `checkout_url` too, as
        apps hand it over.

        Raises CodeNotOurs, CodeDamaged, CodeNotGenuine; NotFound when the code is ours and what it names is gone; OutletClosed,
        MerchantUnavailable.
        """
        identifier = self._named(text)
        if identifier.startswith("out_"):
            return self._outlet(identifier)
        if identifier.startswith("man_"):
            return self.mandates.shown(identifier)
        return self._payee(identifier) if identifier.startswith("usr_") else self.payments.shown(identifier)

    def _named(self, text: str) -> str:
        ours = f"{self.public_url}/checkout/"
        if not text.startswith(ours):
            return id_in(self.keys, self.domain, text)
        kind, _, identifier = text.removeprefix(ours).rpartition("/")
        if kind not in PAGES or not is_id(identifier, PAGES[kind]):
            raise CodeNotOurs
        return identifier

    def _outlet(self, outlet_id: str) -> Place:
        place = self.outlets.shown(outlet_id)
        error = why_not_payable(place)
        if error is not None:
            raise error
        return place

    def _payee(self, person_id: str) -> Payee:
        with self.payments.storage.trip() as trip:
            found = self.people.find(person_id, trip)
        person = found()
        if person is None:
            raise NotFound
        chosen = self.people.unseal(person, "display_name", person.display_name_sealed)
        return Payee(person.id, chosen or self.people.contact_of(person).masked(person.channels[0]))


def reverse_domain(public_url: str) -> str:
    """The deployment's host read backwards (`com.example.pay`), as EMVCo identifies a payment network.

    An address of digits identifies nobody, so a laptop's codes say `local.wallet`; a name that is too long becomes its
    hash, which has the form of a UUID without hyphens.
    """
    host = (urlsplit(public_url).hostname or "").rstrip(".")
    if not any(sign.isalpha() for sign in host) or ":" in host:
        return "local.wallet"
    name = ".".join(reversed(host.split(".")))
    return name if len(name) <= MAX_DOMAIN and name.isascii() else plain_digest(name)[:MAX_DOMAIN]
