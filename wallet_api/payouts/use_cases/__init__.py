"""What can be done with payouts: by a merchant, and by the schedules that order them and drive them to their ends."""

from __future__ import annotations

from wallet_api.clock import Clock, wallet_day
from wallet_api.events.use_cases import Events
from wallet_api.fees.use_cases import Fees
from wallet_api.gateways.bank import Bank
from wallet_api.ledger import chart
from wallet_api.ledger.ledger import Ledger
from wallet_api.merchants.model import MerchantCaller
from wallet_api.merchants.use_cases import Merchants
from wallet_api.metrics import Metrics
from wallet_api.payouts.errors import PayoutMissing
from wallet_api.payouts.model import Funds, Payout, funds_of
from wallet_api.payouts.store import DESTINATION, PayoutStore, ScheduleStore
from wallet_api.payouts.use_cases.ordering import Wish
from wallet_api.payouts.use_cases.scheduling import Scheduling
from wallet_api.sessions.model import Customer
from wallet_api.settlement_accounts.use_cases import SettlementAccounts
from wallet_api.settlement_days.use_cases import SettlementDays
from wallet_api.storage import Read, Storage, Trip
from wallet_api.storage.data_keys import Renewal
from wallet_api.storage.pages import Page, PageRequest

__all__ = ["Payouts", "Wish"]


class Payouts(Scheduling, frozen=True):
    """Money from merchants' balances to their banks."""

    @staticmethod
    def open(
        storage: Storage,
        clock: Clock,
        ledger: Ledger,
        merchants: Merchants,
        settlement_accounts: SettlementAccounts,
        days: SettlementDays,
        fees: Fees,
        bank: Bank,
        metrics: Metrics,
        events: Events,
    ) -> Payouts:
        """Binds the payouts' items to their table."""
        store, schedules = PayoutStore.open(storage), ScheduleStore.open(storage)
        return Payouts(
            storage, clock, ledger, merchants, settlement_accounts, days, fees, bank, metrics, events, store, schedules
        )

    def get(self, caller: MerchantCaller, payout_id: str) -> Payout:
        """One of the merchant's payouts. Raises PayoutMissing."""
        with self.storage.trip() as trip:
            authorized = self.merchants.authorized(caller, trip)
            found = self.store.find(payout_id, trip)
        authorized()
        payout = found()
        if payout is None or payout.merchant_id != caller.id:
            raise PayoutMissing
        return payout

    def newest(self, caller: MerchantCaller, page: PageRequest) -> Page[Payout]:
        """The merchant's payouts, newest first, a moment after the facts."""
        with self.storage.trip() as trip:
            authorized = self.merchants.authorized(caller, trip)
            found = self.store.newest(caller.id, page, trip)
        authorized()
        return found()

    def reading(self, payout_id: str, trip: Trip) -> Read[Payout | None]:
        """A payout as part of another capability's trip: whoever asks has to know that the caller may see it."""
        return self.store.find(payout_id, trip)

    def renewal(self) -> Renewal:
        """How the data keys of payouts' destinations are brought under another KMS key. For an operator's job."""
        cipher, items = self.settlement_accounts.cipher, self.store.destinations
        return Renewal(self.storage, cipher, items, DESTINATION, lambda item: str(item.merchant_id))

    def funds(self, party: Customer | MerchantCaller, merchant_id: str) -> list[Funds]:
        """What a merchant has in each currency, as far as the journal has been folded. Raises what acting for it raises."""
        account, today = chart.merchant(merchant_id), wallet_day(self.clock.now())
        with self.storage.trip() as trip:
            acting = self.merchants.acting(party, merchant_id, trip)
            found = self.ledger.accounts.reading(account, trip)
            day = self.ledger.days.find(account, today, trip)
        acting()
        return funds_of(found(), day())
