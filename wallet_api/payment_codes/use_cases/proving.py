"""A payment's side: a code that a till scanned is proven without telling the till whose it is, and used up in the money's write.

In the first trip `shown = codes.reading(code, merchant_id, trip)()`; while deciding `codes.prove(shown)`; in the money's write
`codes.use(good, write)`; at the end `codes.settle(shown)` or, for a code that pays nothing, `codes.count_wrong(merchant_id)`.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import datetime

from msgspec import Struct

from wallet_api.errors import Unavailable
from wallet_api.ledger import chart
from wallet_api.payment_codes.errors import NothingToGiveBack, PaymentCodeRefused
from wallet_api.payment_codes.model import Owner, Secret, is_alive, matched_step, parts_of, shared_secret
from wallet_api.payment_codes.use_cases.ground import PaymentCodesGround
from wallet_api.rate_limits.model import merchant_shares
from wallet_api.storage import AtomicWrite, Read, Trip
from wallet_api.storage.trips import known

_NOBODY = "usr_00000000000000000000000000"
"""Stands for an unknown person, so that a code of nobody makes the same calls as a wrong one of somebody."""

logger = logging.getLogger(__name__)


class Shown(Struct):
    """A code as the first trip found it: `secret` is None for an alias of nobody, or one without tries left.

    `admitted` says whether its merchant may still show codes. `counted`: a try is reserved for it that is to be given back
    unless the code turns out wrong, or is used.
    """

    otp: str
    secret: Secret | None
    admitted: Read[None]
    counted: bool


class Good(Struct, frozen=True):
    """A code that is genuine, with its owner as they stand now."""

    secret: Secret
    step: int
    owner: Owner


class Proving(PaymentCodesGround, frozen=True):
    """Taking codes."""

    def reading(self, code: str, merchant_id: str, trip: Trip) -> Read[Shown]:
        """Reserves a try under the code's alias, and asks for the merchant's share, as part of a use case's first trip."""
        admitted = self.rate_limits.unless_full(merchant_shares("payment_code", merchant_id), trip)
        parts = parts_of(code)
        secret = known(None) if parts is None else self.store.reserve(parts[0], trip)

        def bring() -> Shown:
            found = secret()
            return Shown("" if parts is None else parts[1], found, admitted, counted=found is not None)

        return Read(bring)

    def prove(self, shown: Shown) -> Good:
        """The code's owner, when it is genuine and nothing happened that it dies with. One trip, whoever is asked for.

        Raises RateLimited for a merchant that has shown too many that pay nothing; PaymentCodeRefused, and the try stays counted.
        """
        shown.admitted()
        secret, now = shown.secret, self.clock.now()
        owner = self._owner(secret)
        step = None if secret is None else self._step(secret, shown.otp, now)
        if secret is None or step is None or not is_alive(secret, owner, now):
            shown.counted = False
            raise PaymentCodeRefused
        return Good(secret, step, owner)

    def use(self, good: Good, write: AtomicWrite) -> None:
        """Adds to a write that the code is used, while its session lives and the password is the one that it was given out under.

        Leaving the write's block raises PaymentCodeRefused otherwise.
        """
        secret = good.secret
        self.store.use(secret, good.step, write)
        self.sessions.require(secret.person_id, secret.session_id, write, PaymentCodeRefused())
        self.passwords.require(secret.person_id, secret.password_set_at, write, PaymentCodeRefused())

    def require_small(self, good: Good, write: AtomicWrite, changed: Exception) -> None:
        """Requires in a write that the owner's small amount is still what was read. It may raise `changed`."""
        self.store.require_small(good.secret.person_id, good.owner.small, write, changed)

    def settle(self, shown: Shown) -> None:
        """Gives back a try that was neither wrong nor used. When the tables do not answer, it stays counted."""
        if not shown.counted or shown.secret is None:
            return
        shown.counted = False
        try:
            with suppress(NothingToGiveBack), self.storage.atomic_write() as write:
                self.store.give_back(shown.secret, write)
        except Unavailable:
            logger.warning("a try could not be given back", extra={"secret_id": shown.secret.id})

    def count_wrong(self, merchant_id: str) -> None:
        """Takes a merchant's share of wrong codes. Raises RateLimited when that was the last one long ago."""
        self.rate_limits.admit(self.rate_limits.of_merchant("payment_code", merchant_id))

    def _step(self, secret: Secret, otp: str, now: datetime) -> int | None:
        if secret.key_version not in self.keys.masters:
            return None  # The master secret that it followed from is retired.
        return matched_step(shared_secret(self.keys, secret), otp, secret.used_step, now)

    def _owner(self, secret: Secret | None) -> Owner:
        person_id = _NOBODY if secret is None else secret.person_id
        session_id = "" if secret is None else secret.session_id
        with self.storage.trip() as trip:
            session = self.sessions.find(person_id, session_id, trip)
            person = self.people.find(person_id, trip)
            account = self.accounts.find(chart.customer(person_id), trip)
            set_at = self.passwords.set_at(person_id, trip)
            small = self.store.small(person_id, trip)
        return Owner(session(), person(), account(), set_at(), small())
