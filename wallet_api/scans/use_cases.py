"""What a customer can do with a scanned code: learn what it asks for, from our records and not from the code."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from wallet_api.payments.model import Payment
from wallet_api.payments.use_cases import Payments
from wallet_api.scans.model import payment_code, payment_id_in
from wallet_api.storage.keys import Keys, plain_digest

MAX_DOMAIN = 32
"""In characters: what EMVCo gives the identifier of a payment network."""


@dataclass(frozen=True)
class Scans:
    """The codes of this deployment; `domain` tells them from any other's."""

    keys: Keys
    payments: Payments
    domain: str

    def code_of(self, payment: Payment) -> str:
        """The text of a payment's QR code: the same one whenever it is asked for."""
        return payment_code(self.keys, self.domain, payment)

    def scan(self, text: str) -> Payment:
        """The payment that a scanned text names, as it stands now, for a customer who was shown it.

        Raises CodeNotOurs, CodeDamaged, CodeNotGenuine; NotFound when the code is ours and the payment is gone.
        """
        return self.payments.shown(payment_id_in(self.keys, self.domain, text))


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
