"""The ledger's one way to move money: `decide` adds an operation with its entry to an atomic write, `once` answers a key once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from msgspec import Struct

from wallet_api.clock import Clock
from wallet_api.errors import OutcomeUnknown, Unavailable, WalletError
from wallet_api.ledger import chart
from wallet_api.ledger.accounts import Accounts, Payer, StaleAccount, why_inactive
from wallet_api.ledger.days import Cover, Days, open_days
from wallet_api.ledger.entry import Entry
from wallet_api.ledger.errors import (
    AccountMissing,
    IdempotencyKeyReused,
    InsufficientFunds,
    OperationAbandoned,
    PayeeUnavailable,
)
from wallet_api.ledger.holds import Holder, count_held
from wallet_api.ledger.lines import Line, lines_of
from wallet_api.ledger.operations import AlreadyDecided, Decided, Decision, Operation, refusal_answer
from wallet_api.ledger.spending import spend
from wallet_api.ledger.store import (
    BALANCE,
    OPERATION,
    AccountItem,
    LineItem,
    OperationItem,
    decision_from_raw,
    operation_item,
)
from wallet_api.storage import AtomicWrite, Read, Storage, Trip
from wallet_api.storage.atomic import Requirement
from wallet_api.storage.items import Raw

T = TypeVar("T")


def _nothing() -> None:
    return None


class Ledger(Struct, frozen=True):
    """The journal and the balances. `accounts` opens accounts and guards PIN attempts on them."""

    storage: Storage
    clock: Clock
    accounts: Accounts
    operation_items: type[OperationItem]
    account_items: type[AccountItem]
    line_items: type[LineItem]
    days: Days

    @staticmethod
    def open(storage: Storage, clock: Clock) -> Ledger:
        """Binds the ledger's items to their tables."""
        account_items = storage.bind(AccountItem)
        accounts = Accounts(storage, clock, account_items)
        operation_items, line_items = storage.bind(OperationItem), storage.bind(LineItem)
        days = open_days(storage, account_items, line_items)
        return Ledger(storage, clock, accounts, operation_items, account_items, line_items, days)

    def decision_on(self, operation: Operation, trip: Trip) -> Read[Decision | None]:
        """How this key was decided, or None. Calling the read raises IdempotencyKeyReused when it was for another request,
        OperationAbandoned when it was abandoned.

        A trip that cannot be made raises OutcomeUnknown: an earlier request under this key may have moved money.
        """
        return self.found(operation, trip).map(lambda found: None if found is None else _matching(operation, found))

    def found(self, operation: Operation, trip: Trip) -> Read[Decision | None]:
        """How this key was decided, whatever was asked under it, or None. The trip raises as `decision_on` says."""
        trip.tells_outcome()
        found = trip.get(self.operation_items, operation.place, OPERATION)
        return found.map(lambda item: None if item is None else item.decision())

    def decide(
        self,
        operation: Operation,
        entry: Entry,
        write: AtomicWrite,
        *,
        answer: Mapping[str, Any] | None = None,
        payer: Payer | None = None,
        payee_must_be_active: bool = False,
        holder: Holder | None = None,
        covers: Mapping[str, Cover] | None = None,
    ) -> None:
        """Adds the operation, its entry and the guarded accounts' balances and lines to the write.

        With a payer, the debit of the payer's account counts against the tier's limits; the PIN attempt is given back. With a
        holder, what the entry sets aside or sets free is counted as held of their money; that may raise PeriodOver as well.
        Leaving the write's block may raise AlreadyDecided, WalletFrozen, WalletClosed, InsufficientFunds, the limits' errors,
        PayeeUnavailable, AccountMissing, StaleAccount. Raises TransactionLimitExceeded at once.
        """
        item = operation_item(self.operation_items, operation, "succeeded", dict(answer or {}), entry, None)
        if holder is not None:
            item.holder = holder.account
        write.put(item, self._raced(operation))
        for line in lines_of(entry, operation.place):
            if chart.is_guarded(line.account):
                self._move_guarded(line, write, payer, payee_must_be_active)
        for account, cover in (covers or {}).items():
            self.days.move_out(entry, operation.place, account, cover, write)
        if holder is not None:
            count_held(self.account_items, entry, holder, write)
        self.accounts.restore(payer, write)

    def record(
        self, operation: Operation, write: AtomicWrite, *, subject: str, answer: Mapping[str, Any] | None = None
    ) -> None:
        """Adds a decision that moves no money of its own, such as a created payment or a bound card."""
        item = operation_item(self.operation_items, operation, "succeeded", dict(answer or {}), None, subject)
        write.put(item, self._raced(operation))

    def abandon(self, operation: Operation, write: AtomicWrite) -> None:
        """Takes the key's place for good, so that nothing is ever decided under it.

        Leaving the write's block raises AlreadyDecided when something was.
        """

        def raced(found: Raw | None) -> Exception:
            return StaleAccount() if found is None else AlreadyDecided(decision_from_raw(self.operation_items, found))

        write.put(operation_item(self.operation_items, operation, "abandoned", {}, None, None), raced)

    def entry_at(self, place: str, trip: Trip) -> Read[Entry | None]:
        """The entry that the journal keeps at a place, as a line names it; None when there is none."""
        found = trip.get(self.operation_items, place, OPERATION)
        return found.map(lambda item: None if item is None else item.entry())

    def undecided(self, operation: Operation, write: AtomicWrite) -> None:
        """Requires in a write that nothing was decided under this key. Leaving the write's block may raise AlreadyDecided."""
        item = self.operation_items(operation.place, OPERATION)
        write.check(item, (self.operation_items.pk.does_not_exist(), self._raced(operation)))

    def once(
        self,
        operation: Operation,
        decided: Read[Decision | None],
        *,
        attempt: Callable[[], T],
        replay: Callable[[Decision], T],
        allow: Callable[[], object] = _nothing,
        payer: Payer | None = None,
        refusing: Callable[[AtomicWrite], None] | None = None,
    ) -> Decided[T]:
        """Answers an operation once: what was decided before is answered again, a refusal that decides is recorded.

        `allow` checks the session and comes first; `attempt` does the work; `replay` rebuilds the answer of a success;
        `refusing` adds what must hold, or change, together with a recorded refusal.
        A reserved PIN attempt is given back on every path that did not evaluate a wrong PIN.
        """
        try:
            allow()
            known = decided()
        except WalletError:
            self.accounts.give_back(payer)
            raise
        if known is not None:
            self.accounts.give_back(payer)
            return _again(known, replay)
        for _ in range(3):
            try:
                return Decided(attempt())
            except AlreadyDecided as raced:
                self.accounts.give_back(payer)
                return _again(raced.decision, replay)
            except StaleAccount:
                self.accounts.refresh(payer)
            except WalletError as refusal:
                return self._refuse(operation, refusal, replay, payer, refusing)
        self.accounts.give_back(payer)
        raise StaleAccount

    def _refuse(
        self,
        operation: Operation,
        refusal: WalletError,
        replay: Callable[[Decision], T],
        payer: Payer | None,
        refusing: Callable[[AtomicWrite], None] | None,
    ) -> Decided[T]:
        if not refusal.decides:
            # After a wrong PIN nothing is reserved any more, so this gives nothing back.
            self.accounts.give_back(payer)
            decided = None if isinstance(refusal, Unavailable) else self._decided_meanwhile(operation)
            if decided is None:
                raise refusal
            return _again(decided, replay)
        try:
            with self.storage.atomic_write() as write:
                answer = refusal_answer(refusal)
                item = operation_item(self.operation_items, operation, "refused", answer, None, None)
                write.put(item, self._raced(operation))
                self.accounts.restore(payer, write)
                if refusing is not None:
                    refusing(write)
        except AlreadyDecided as raced:
            self.accounts.give_back(payer)
            return _again(raced.decision, replay)
        except WalletError:
            self.accounts.give_back(payer)
            raise
        if payer is not None and not payer.proven:
            self.accounts.give_back(payer)
        raise refusal

    def _decided_meanwhile(self, operation: Operation) -> Decision | None:
        """How a copy of the request decided the key while this one was judged, or None.

        A proof that can be used once was perhaps used by the copy: "used already, no money moved" would then be told of a key
        under which money moved.
        """
        with self.storage.trip() as trip:
            decided = self.decision_on(operation, trip)
        return decided()

    def _raced(self, operation: Operation) -> Callable[[Raw | None], Exception]:
        def refusal(found: Raw | None) -> Exception:
            if found is None:
                return StaleAccount()
            try:
                return AlreadyDecided(_matching(operation, decision_from_raw(self.operation_items, found)))
            except (IdempotencyKeyReused, OperationAbandoned) as refused:
                return refused

        return refusal

    def _move_guarded(self, line: Line, write: AtomicWrite, payer: Payer | None, payee_must_be_active: bool) -> None:
        items = self.account_items
        balance = items.balances[line.money.currency]
        requirements: list[Requirement] = [(items.pk.exists(), AccountMissing())]
        actions = [balance.set((balance | 0) + line.money.amount)]
        if line.money.amount < 0:
            needed = -line.money
            actions = [balance.set(balance - needed.amount)]
            requirements.append((items.status == "active", why_not_active))
            if payer is not None and payer.account.name == line.account:
                more_actions, more_requirements = spend(items, payer, needed, self.clock.now())
                actions += more_actions
                requirements += more_requirements
            requirements.append((balance >= needed.amount, InsufficientFunds(needed=needed)))
        elif payee_must_be_active:
            requirements.append((items.status == "active", PayeeUnavailable()))
        write.update(items(line.account, BALANCE), actions, *requirements)
        write.put(self.line_item(line), StaleAccount())

    def line_item(self, line: Line) -> LineItem:
        """The item that keeps a line."""
        money = line.money
        return self.line_items.of(line, pk=line.pk, sk=line.sk, amount=money.amount, currency=money.currency)


def _matching(operation: Operation, decision: Decision) -> Decision:
    if decision.outcome == "abandoned":
        raise OperationAbandoned
    if decision.fingerprint != operation.fingerprint or decision.kind != operation.kind:
        raise IdempotencyKeyReused
    return decision


def _again(decision: Decision, replay: Callable[[Decision], T]) -> Decided[T]:
    if decision.outcome == "refused":
        raise decision.refusal()
    try:
        return Decided(replay(decision), replayed=True)
    except Unavailable as failure:
        # The operation succeeded: "no money moved" would be a lie, and only its record can say what did.
        raise OutcomeUnknown from failure


def why_not_active(found: Raw | None) -> WalletError:
    """The error of a wallet, as a failed condition shows it, that takes no debit."""
    return why_inactive((found or {}).get("status", {}).get("S"))
