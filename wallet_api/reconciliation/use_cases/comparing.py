"""What an operator does with a bank's or an acquirer's file: holds it against the ledger and hears of every difference.

Nothing is put right here: a break is for a person to look at, and what it comes to is an entry of its own kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from wallet_api.ids import is_id
from wallet_api.ledger.days import days_back
from wallet_api.ledger.ledger import Ledger
from wallet_api.payouts.model import Payout
from wallet_api.payouts.use_cases import Payouts
from wallet_api.reconciliation.model import RAILS, BankRecord, Break, Key, Rail, breaks_between, record_of
from wallet_api.refunds.model import Refund
from wallet_api.refunds.use_cases import Refunds
from wallet_api.settlement_days.model import next_day
from wallet_api.storage import Read, Storage, Trip
from wallet_api.top_ups.model import TopUp
from wallet_api.top_ups.use_cases import TopUps
from wallet_api.withdrawals.model import Withdrawal
from wallet_api.withdrawals.use_cases import Withdrawals

LINES_AT_ONCE = 500
LOOKED_UP_AT_ONCE = 50


class Comparing(Struct, frozen=True):
    """Comparisons, by rail and day. Operator only."""

    storage: Storage
    ledger: Ledger
    payouts: Payouts
    top_ups: TopUps
    withdrawals: Withdrawals
    refunds: Refunds

    def ours(self, rail: Rail, day: str) -> Iterator[BankRecord]:
        """What the bank's file of a day should say, in the order in which it was posted. Read in pages."""
        after = None
        while True:
            with self.storage.trip() as trip:
                reading = self.ledger.days.lines(RAILS[rail], day, trip, after=after, limit=LINES_AT_ONCE)
            lines = reading()
            yield from (record for record in map(record_of, lines) if record is not None)
            if len(lines) < LINES_AT_ONCE:
                return
            after = lines[-1].sk

    def breaks(
        self, rail: Rail, day: str, theirs: Iterable[BankRecord], beside: Iterable[BankRecord] = ()
    ) -> list[Break]:
        """Every difference between their file of a day and our ledger.

        A record that our day does not have is looked for in the days beside it, for a bank's midnight need not be ours, and in
        what has no entry yet. What we have and their file does not is looked for in their files of other days, as far as they
        are given: of money that a bank sends back we hear a day later.
        """
        told = list(theirs)
        own = list(self.ours(rail, day))
        known = {(each.reference, each.state) for each in own}
        unknown = [each for each in told if (each.reference, each.state) not in known]
        elsewhere = self._elsewhere(rail, day, unknown) if unknown else {}
        return breaks_between(own, told, elsewhere, beside)

    def _elsewhere(self, rail: Rail, day: str, unknown: list[BankRecord]) -> dict[Key, BankRecord]:
        """How we have what our day does not have: as they say it, if we do in any way, else as it stands."""
        states = self._as_they_stand(rail, sorted({each.reference for each in unknown}))
        found = {}
        for each in unknown:
            ours = states.get(each.reference, ())
            same = (own for own in ours if own.state == each.state)
            if own := next(same, ours[0] if ours else None):
                found[each.reference, each.state] = own
        wanted = {(each.reference, each.state) for each in unknown}
        beside = days_back(day, 2)[1], next_day(day)
        for each in (record for other in beside for record in self.ours(rail, other)):
            if (each.reference, each.state) in wanted:
                found[each.reference, each.state] = each
        return found

    def _as_they_stand(self, rail: Rail, references: list[str]) -> dict[str, tuple[BankRecord, ...]]:
        """By reference, what became of each by now, and what of it no clearing account has a line of."""
        found: dict[str, tuple[BankRecord, ...]] = {}
        for start in range(0, len(references), LOOKED_UP_AT_ONCE):
            part = references[start : start + LOOKED_UP_AT_ONCE]
            with self.storage.trip() as trip:
                if rail == "payouts":
                    readings = [self._payout(each, trip) for each in part if is_id(each, "po")]
                else:
                    readings = [self._top_up(each, trip) for each in part if is_id(each, "top")]
                    readings += [self._withdrawal(each, trip) for each in part if is_id(each, "wdr")]
                    readings += [self._refund(each, trip) for each in part if is_id(each, "ref")]
            for records in (read() for read in readings):
                if records:
                    found[records[0].reference] = records
        return found

    def _payout(self, payout_id: str, trip: Trip) -> Read[tuple[BankRecord, ...]]:
        def told(payout: Payout | None) -> tuple[BankRecord, ...]:
            if payout is None:
                return ()
            states = (payout.status, *(("rejected",) if payout.was_rejected else ()))
            return tuple(BankRecord(payout.id, state, payout.amount) for state in states)

        return self.payouts.reading(payout_id, trip).map(told)

    def _top_up(self, top_up_id: str, trip: Trip) -> Read[tuple[BankRecord, ...]]:
        def told(top_up: TopUp | None) -> tuple[BankRecord, ...]:
            if top_up is None:
                return ()
            state = "charged" if top_up.status == "succeeded" else top_up.status
            return (BankRecord(top_up.id, state, top_up.total),)

        return self.top_ups.reading(top_up_id, trip).map(told)

    def _withdrawal(self, withdrawal_id: str, trip: Trip) -> Read[tuple[BankRecord, ...]]:
        def told(withdrawal: Withdrawal | None) -> tuple[BankRecord, ...]:
            if withdrawal is None:
                return ()
            return tuple(BankRecord(withdrawal.id, state, withdrawal.amount) for state in withdrawal.states)

        return self.withdrawals.reading(withdrawal_id, trip).map(told)

    def _refund(self, refund_id: str, trip: Trip) -> Read[tuple[BankRecord, ...]]:
        def told(refund: Refund | None) -> tuple[BankRecord, ...]:
            if refund is None or refund.destination != "card":
                return ()
            return tuple(BankRecord(refund.id, state, refund.total) for state in _been(refund))

        return self.refunds.reading(refund_id, trip).map(told)


def _been(refund: Refund) -> tuple[str, ...]:
    """Everything that a refund to a card has been, as an acquirer's file calls it, the latest first."""
    if refund.is_open:
        return (refund.status,)
    if refund.returned_at is not None:
        return ("returned", "refunded")
    return ("refunded" if refund.status == "succeeded" else "rejected",)
