"""What every verb of mandates stands on: its collaborators, and the small steps that more than one of them takes."""

from __future__ import annotations

from msgspec import Struct

from wallet_api.authorizations.use_cases import Authorizations, Challenges
from wallet_api.clock import Clock
from wallet_api.errors import NotFound
from wallet_api.ledger.ledger import Ledger
from wallet_api.ledger.operations import Decision
from wallet_api.mandates.model import Mandate, Status
from wallet_api.mandates.store import MandateStore
from wallet_api.merchants.model import MerchantCaller
from wallet_api.merchants.use_cases import Merchants
from wallet_api.notifications.use_cases import Notifications
from wallet_api.sessions.model import Customer
from wallet_api.sessions.use_cases import Sessions
from wallet_api.storage import Read, Storage, Trip

CHANGES_MEANWHILE = 3
"""How often a change begins anew when the mandate was changed while it was written."""
Party = Customer | MerchantCaller


class MandatesGround(Struct, frozen=True):
    """The collaborators."""

    storage: Storage
    clock: Clock
    ledger: Ledger
    sessions: Sessions
    authorizations: Authorizations
    challenges: Challenges
    merchants: Merchants
    notifications: Notifications
    store: MandateStore

    def admitted(self, caller: Party, trip: Trip) -> Read[object]:
        """Whether the caller's key or session still lives. Calling the read raises what its owner's capability raises."""
        if isinstance(caller, MerchantCaller):
            return self.merchants.authorized(caller, trip).map(lambda merchant: merchant)
        return self.sessions.live(caller, trip).map(lambda session: session)

    def own(self, caller: Party, mandate_id: str) -> Mandate:
        """The caller's mandate as it stands now, read in a trip of its own. Raises NotFound, and what `admitted` raises."""
        with self.storage.trip() as trip:
            admitted = self.admitted(caller, trip)
            found = self.store.find(mandate_id, trip)
        admitted()
        return of(found(), caller).at(self.clock.now())

    def found_again(self, mandate_id: str) -> Mandate:
        """A mandate that the journal names. Raises LookupError when it is not there."""
        with self.storage.trip() as trip:
            found = self.store.find(mandate_id, trip)
        mandate = found()
        if mandate is None:
            raise LookupError(f"{mandate_id} is named, and is not there")
        return mandate

    def answered(self, decision: Decision, status: Status) -> Mandate:
        """The mandate as a decision answered it."""
        return self.found_again(decision.subject).as_answered(status, **decision.answer)


def first_answer(mandate: Mandate) -> dict[str, int]:
    """What is kept of an answer that may be given again: the limits, which are lowered later."""
    terms = mandate.terms
    return {"max_per_payment": terms.max_per_payment.amount, "max_per_month": terms.max_per_month.amount}


def of(mandate: Mandate | None, caller: Party) -> Mandate:
    """The mandate when it is the caller's: a merchant's own, a customer's confirmed one. Raises NotFound."""
    side = (
        None if mandate is None else mandate.merchant_id if isinstance(caller, MerchantCaller) else mandate.customer_id
    )
    if mandate is None or side != caller.id:
        raise NotFound
    return mandate
