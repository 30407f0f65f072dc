"""Either side ends a mandate, at once and for good."""

from __future__ import annotations

from wallet_api.ledger.accounts import StaleAccount
from wallet_api.mandates.model import Mandate
from wallet_api.mandates.use_cases.ground import CHANGES_MEANWHILE, MandatesGround, Party
from wallet_api.sessions.model import Customer


class Ending(MandatesGround, frozen=True):
    """Ending mandates. Taking a consent back must be as cheap as it can be, so a session alone does it: no password, no PIN, and
    from a frozen wallet as well. Ending an ended one changes nothing.
    """

    def end(self, caller: Party, mandate_id: str) -> Mandate:
        """Ends a mandate: its customer an active one, its merchant one that nobody confirmed yet as well.

        The very next charge fails. Raises NotFound, and what acting for a merchant raises.
        """
        for _ in range(CHANGES_MEANWHILE):
            mandate = self.own(caller, mandate_id)
            if mandate.ended:
                return mandate
            now = self.clock.now()
            ended = mandate.ended_by("customer" if isinstance(caller, Customer) else "merchant", now)
            try:
                with self.storage.atomic_write() as write:
                    self.store.end(ended, mandate.status, now, write)
                return ended
            except StaleAccount:
                continue
        raise StaleAccount
