"""The ledger without HTTP: accounts with money, moves between them under keys, folding at will. For tests of the floor itself."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from dev.cloud.local import LocalCloud
from wallet_api.errors import WalletError
from wallet_api.ids import new_id
from wallet_api.ledger import chart
from wallet_api.ledger.entry import Entry, Posting, move, postings
from wallet_api.ledger.ledger import Ledger
from wallet_api.ledger.operations import Decided, Decision, Operation
from wallet_api.ledger.scanning import Report
from wallet_api.ledger.store import BALANCE
from wallet_api.ledger.verify import verify
from wallet_api.money import Money

PIN = "724913"
ADA, BO = chart.customer("usr_ada"), chart.customer("usr_bo")
SHOP = chart.merchant("mer_shop")
CARDS = chart.bank("cards")


def cny(amount: int) -> Money:
    return Money(amount, "CNY")


def person_of(account: str) -> str:
    return account.partition("/")[2]


def raising(error: Exception) -> Callable[[], None]:
    """Something that fails when it is called."""

    def run() -> None:
        raise error

    return run


@dataclass
class World:
    """One wallet's ledger in the local cloud."""

    cloud: LocalCloud
    _keys: Counter[str] = field(default_factory=Counter)

    @property
    def wallet(self) -> Any:
        return self.cloud.wallet

    @property
    def ledger(self) -> Ledger:
        ledger: Ledger = self.cloud.wallet.ledger
        return ledger

    def open(self, *accounts: str, pin: str | None = None) -> None:
        for account in accounts:
            with self.wallet.storage.atomic_write() as write:
                self.ledger.accounts.open(account, write)
            if pin is not None:
                with self.wallet.storage.atomic_write() as write:
                    self.wallet.payment_pins.replace(
                        self.ledger.accounts.require(account), person_of(account), pin, write
                    )

    def operation(
        self, caller: str, key: str | None = None, fingerprint: str = "f", kind: str = "transfer"
    ) -> Operation:
        if key is None:
            self._keys[caller] += 1
            key = f"own-{self._keys[caller]}"
        return Operation(
            caller=caller,
            mode="test",
            key=key,
            fingerprint=fingerprint,
            kind=kind,
            requested_at=self.cloud.clock.now(),
            request_id=new_id("req", self.cloud.clock.now()),
            locale="en",
        )

    def entry(self, *parts: tuple[Posting, ...], kind: str = "transfer", subject: str = "trf_1") -> Entry:
        now = self.cloud.clock.now()
        return Entry(new_id("ent", now), kind, now, subject, postings(*parts))

    def book(self, *parts: tuple[Posting, ...], caller: str = "system", key: str | None = None, **how: Any) -> Entry:
        """One entry under a key of its own, with no questions asked."""
        entry = self.entry(*parts, kind=how.pop("kind", "top_up"))
        with self.wallet.storage.atomic_write() as write:
            self.ledger.decide(self.operation(caller, key), entry, write, **how)
        return entry

    def fund(self, account: str, amount: int, currency: str = "CNY") -> Entry:
        return self.book(move(Money(amount, currency), CARDS, account))

    def send(
        self,
        source: str,
        target: str,
        amount: int,
        key: str | None = None,
        *,
        pin: str | None = None,
        fee: int = 0,
        currency: str = "CNY",
        session: Any = lambda: None,
        fingerprint: str = "f",
        instead: Any = None,
    ) -> Decided[str]:
        """The shape of every use case that moves a person's money: one trip, one write, through `once`. Gives the entry's id.

        `pin` reserves and proves an attempt; `instead` runs in place of the write, to see what another end does.
        """
        operation = self.operation(source, key, fingerprint)
        with self.wallet.storage.trip() as trip:
            decided = self.ledger.decision_on(operation, trip)
            reservation = None if pin is None else self.wallet.payment_pins.reserve(person_of(source), trip)
        payer = None if reservation is None else reservation()

        def attempt() -> str:
            proven = None
            if pin is not None:
                proven = self.wallet.payment_pins.prove(payer, person_of(source), pin)
            if instead is not None:
                instead()
            parts = (move(Money(amount, currency), source, target), move(Money(fee, currency), source, chart.FEES))
            entry = self.entry(*parts)
            with self.wallet.storage.atomic_write() as write:
                self.ledger.decide(operation, entry, write, payer=proven, payee_must_be_active=True)
            return entry.id

        def replay(decision: Decision) -> str:
            assert decision.entry is not None
            return decision.entry.id

        return self.ledger.once(operation, decided, attempt=attempt, replay=replay, allow=session, payer=payer)

    def balance(self, account: str, currency: str = "CNY") -> int:
        return self.ledger.accounts.require(account).balance(currency).amount

    def attempts(self, account: str) -> int:
        return self.ledger.accounts.require(account).attempts

    def records(self) -> list[dict[str, Any]]:
        """Everything the journal's stream holds, from its beginning."""
        reader = self.cloud.reader(self.wallet.settings.tables["ledger"])
        reader.rewind()
        found: list[dict[str, Any]] = []
        while batch := reader.read(1000):
            found += batch
        return found

    def fold(self, records: Sequence[Mapping[str, Any]] | None = None) -> list[str]:
        failed: list[str] = self.wallet.folding.fold(self.records() if records is None else records)
        return failed

    def verified(self) -> Report:
        """The ledger's own check, after folding what the stream holds."""
        assert self.fold() == []
        return verify(self.ledger)

    def raw(self, table: str, pk: str, sk: str) -> dict[str, Any] | None:
        """An item as it lies in the table."""
        client = self.wallet.storage._connection.client
        key = {"pk": {"S": pk}, "sk": {"S": sk}}
        item: dict[str, Any] | None = client.get_item(
            TableName=self.wallet.settings.tables[table], Key=key, ConsistentRead=True
        ).get("Item")
        return item

    def tamper(self, table: str, pk: str, sk: str, /, **changes: Any) -> None:
        """Changes an item behind the wallet's back; `None` for a name removes that attribute, no changes the whole item."""
        client = self.wallet.storage._connection.client
        name = self.wallet.settings.tables[table]
        key = {"pk": {"S": pk}, "sk": {"S": sk}}
        if not changes:
            client.delete_item(TableName=name, Key=key)
            return
        item = {**(self.raw(table, pk, sk) or {}), **changes, **key}
        client.put_item(TableName=name, Item={key: value for key, value in item.items() if value is not None})

    def set_status(self, account: str, status: str) -> None:
        self.tamper("accounts", account, BALANCE, status={"S": status})


def refused(world: World, kind: type[WalletError], *arguments: Any, **options: Any) -> WalletError:
    """What `World.send` is refused with."""
    with pytest.raises(kind) as found:
        world.send(*arguments, **options)
    return found.value
