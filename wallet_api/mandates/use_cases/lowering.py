"""A customer makes a mandate's limits smaller; larger ones need a new mandate, and a new yes."""

from __future__ import annotations

from msgspec import Struct

from wallet_api.ledger.accounts import StaleAccount
from wallet_api.mandates.model import Mandate, why_not_lowerable
from wallet_api.mandates.use_cases.ground import CHANGES_MEANWHILE, MandatesGround
from wallet_api.money import Money
from wallet_api.sessions.model import Customer


class Limits(Struct, frozen=True):
    """What the limits are to be; None leaves one as it is."""

    max_per_payment: Money | None
    max_per_month: Money | None


class Lowering(MandatesGround, frozen=True):
    """Making limits smaller. It can only take away, so it asks for no proof beyond the session."""

    def lower(self, caller: Customer, mandate_id: str, limits: Limits) -> Mandate:
        """Lowers a mandate's limits from the next charge on; its merchant is told. To the same once more, nothing changes.

        Raises NotFound, Invalid for larger limits, MandateRevoked, MandateCanceled.
        """
        for _ in range(CHANGES_MEANWHILE):
            mandate, now = self.own(caller, mandate_id), self.clock.now()
            error = why_not_lowerable(mandate, now)
            if error is not None:
                raise error
            lowered = mandate.lowered(limits.max_per_payment, limits.max_per_month, now)
            if lowered is mandate:
                return mandate
            try:
                with self.storage.atomic_write() as write:
                    self.store.lower(lowered, now, write)
                return lowered
            except StaleAccount:
                continue
        raise StaleAccount
