"""The stage of the fault matrix: one wallet in the local cloud, a way in without sockets, and the journal as it was written.

A request runs in the calling thread from the gateway to the tables, so that calls come in the same order each time and a
process that dies takes its request with it.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from typing import Any
from unittest.mock import patch
from weakref import WeakKeyDictionary

from botocore.session import Session, get_session

from chalicelib import wiring
from dev.client import Answer
from dev.cloud.local import LocalCloud
from dev.gateway import RAW_HEADERS
from tests.build import APPROVED_CARD, Shop, Someone, a_card, a_merchant, a_person, as_merchant, signed_in_again
from tests.faults.acquirer import BookkeepingAcquirer
from tests.faults.injector import Faults, ProcessDied, injecting
from tests.promises import PromisedApi
from wallet_api.gateways.acquirer import Acquirer, ChargeOrder, ChargeOutcome
from wallet_api.ledger import chart
from wallet_api.ledger.verify import verify
from wallet_api.payments.store import PaymentItem
from wallet_api.refunds.model import Refund
from wallet_api.settings import Settings
from wallet_api.wallet import Wallet, open_wallet
from wallet_api.withdrawals.model import Withdrawal

LATER = timedelta(hours=2)
"""After this long no lease is held, every outcome is known, and every open top-up is due."""
FRESH = timedelta(minutes=5)
Record = dict[str, Any]


class InTurn(Executor):
    """Makes a trip's calls one after the other, in the order they were asked for."""

    def submit(self, call: Any, /, *arguments: Any, **options: Any) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(call(*arguments, **options))
        except BaseException as error:  # noqa: BLE001  a death is told by the future, as in a thread
            done.set_exception(error)
        return done


class Door(PromisedApi):
    """The gateway without a socket: what the process dies of reaches the test."""

    def __init__(self, cloud: LocalCloud) -> None:
        super().__init__(0)
        self._cloud = cloud

    def _sent(self, method: str, path: str, lines: list[tuple[str, str]], body: bytes | None) -> Answer:
        content = body or b""
        told: dict[str, Any] = {}

        def start(status: str, headers: list[tuple[str, str]]) -> None:
            told.update(status=int(status[:3]), headers={name.lower(): value for name, value in headers})

        environ = {"REQUEST_METHOD": method, "REQUEST_URI": path, "REMOTE_ADDR": "127.0.0.1", RAW_HEADERS: lines,
                   "CONTENT_LENGTH": str(len(content)), "wsgi.input": BytesIO(content)}  # fmt: skip
        parts = self._cloud.gateway(environ, start)
        return Answer(told["status"], told["headers"], b"".join(parts))


@dataclass(frozen=True)
class Beginning:
    """What a stage begins with, made over HTTP once for each cloud; `put_back` brings it back with its time."""

    put_back: Callable[[], None]
    ada: Someone
    bo: Someone
    shop: Shop
    card_id: str
    charges: dict[str, ChargeOutcome]
    orders: dict[str, ChargeOrder]


_begun: WeakKeyDictionary[LocalCloud, Beginning] = WeakKeyDictionary()


@dataclass
class Stage:
    """Two people with money and cards, a shop, and everything that was ever written to the journal."""

    cloud: LocalCloud
    faults: Faults
    issuers: Acquirer
    botocore: Session
    journal: list[Record] = field(default_factory=list)
    folded: int = 0
    """How many of the journal's records have been folded."""
    cards: dict[str, str] = field(default_factory=dict)
    """Ada's cards by their numbers."""
    again: Callable[[], Answer] | None = None
    """Another request for what a scenario can have once only."""
    kept: dict[str, Any] = field(default_factory=dict)
    """What scenarios make once and use again."""
    counted: int = 0
    """How often Ada's browser has signed."""
    ada: Someone = field(init=False)
    bo: Someone = field(init=False)
    shop: Shop = field(init=False)

    @staticmethod
    @contextmanager
    def opened(cloud: LocalCloud) -> Iterator["Stage"]:
        """A stage on an emptied cloud. The cloud's own wallet comes back in the end."""
        cloud.reset()
        own = cloud.wallet
        with injecting() as faults:
            stage = Stage(cloud, faults, own.acquirer, get_session())
            try:
                stage._begin()
                yield stage
            finally:
                stage._lend(own)

    def _begin(self) -> None:
        self.acquirer = BookkeepingAcquirer(self.issuers, self.faults, self.later)
        self.api = Door(self.cloud)
        begun = _begun.get(self.cloud)
        if begun is not None:
            begun.put_back()
            self.acquirer.final.update(begun.charges)
            self.acquirer.ordered.update(begun.orders)
        self.restart()
        if begun is None:
            begun = _begun[self.cloud] = self._made()
        self.ada, self.bo, self.shop = begun.ada, begun.bo, begun.shop
        self.cards[APPROVED_CARD] = begun.card_id
        self.reader = self.cloud.reader(Settings.from_environment().tables["ledger"])
        self.reader.rewind()
        self._signed_in_at = self.cloud.clock.run()

    def _made(self) -> "Beginning":
        ada, bo = (a_person(self.api, self.cloud, balance=300_00) for _ in range(2))
        shop = a_merchant(self.cloud)
        (card,) = self.api.get("/v1/cards", token=ada.token).ok(200)["data"]
        books = dict(self.acquirer.final), dict(self.acquirer.ordered)
        return Beginning(self.cloud.keep(), ada, bo, shop, card["id"], *books)

    @property
    def wallet(self) -> Wallet:
        return self.cloud.wallet

    def restart(self) -> None:
        """Another process: a wallet that knows nothing but what the tables hold."""
        with patch("botocore.session.get_session", lambda: self.botocore):
            wallet = open_wallet(Settings.from_environment(), clock=self.cloud.clock, acquirer=self.acquirer)
        wallet.storage._pool.shutdown()
        wallet.storage._pool = InTurn()  # type: ignore[assignment]
        self._lend(wallet)
        wallet.fees.schedule()

    def _lend(self, wallet: Wallet) -> None:
        # Handed over by the lender's own means, the other wallet would be closed; it is needed again after the stage.
        wiring._container.wallet = self.cloud.wallet = wallet

    def mend(self) -> None:
        """Nothing breaks any more; after a death another process goes on."""
        died = self.faults.dead
        self.faults.clear()
        self.acquirer.clear()
        if died:
            self.restart()

    def fresh(self) -> None:
        """Sessions that live and a known fee schedule, so that a request makes the same calls whatever the time."""
        if self.cloud.clock.now() - self._signed_in_at > FRESH:
            self.ada, self.bo = (signed_in_again(self.api, each) for each in (self.ada, self.bo))
            self._signed_in_at = self.cloud.clock.now()
        self.wallet.fees.schedule()
        # Nobody depends on the note of a key's use, and whether it is due must not change what a request calls.
        merchants = self.wallet.merchants
        merchants.uses.remember(as_merchant(self.cloud, self.shop).key_id, self.cloud.clock.now())

    def later(self) -> None:
        """Time passes and the schedule runs."""
        self.cloud.clock.advance(LATER)
        self.wallet.top_ups.settle_due()
        self.wallet.refunds.settle_due()
        self.wallet.withdrawals.settle_due()
        self.wallet.payouts.settle_due()
        self.wallet.transfers.settle_due()

    def card(self, number: str) -> str:
        """Ada's card with this number."""
        if number not in self.cards:
            self.cards[number] = a_card(self.api, self.cloud, self.ada, number)
        return self.cards[number]

    def entries(self, since: int = 0) -> int:
        """How many entries were written after the journal had `since` records."""
        self.read()
        return sum("entry_id" in record["dynamodb"]["NewImage"] for record in self.journal[since:])

    def read(self) -> int:
        """Reads the journal's stream to its end; how many records it has."""
        while found := self.reader.read(1000):
            self.journal += found
        return len(self.journal)

    def attempts(self, someone: Someone) -> int:
        return self.wallet.ledger.accounts.require(chart.customer(someone.id)).attempts

    def wrongs(self) -> list[str]:
        """What is not as it must always be, once everything that is on its way has arrived. Every record is folded twice."""
        fold = self.wallet.folding.fold
        self.read()
        new = self.journal[self.folded :]
        self.folded = len(self.journal)
        failed = [*fold(new), *fold(new)]
        wrong = [f"record {sequence} cannot be folded" for sequence in failed]
        wrong += verify(self.wallet.ledger).findings
        wrong += [f"the journal saw {each['eventName']}" for each in new if each["eventName"] != "INSERT"]
        places = [each["dynamodb"]["Keys"]["pk"]["S"] for each in self.journal]
        wrong += [f"{place} was decided twice" for place in set(places) if places.count(place) > 1]
        return wrong + list(self._wrong_records())

    def _wrong_records(self) -> Iterator[str]:
        """Payments add up, and the wallet has what the acquirer charged: not more, not less."""
        payments, top_ups = self.wallet.payments.store, self.wallet.top_ups.store
        posted: dict[str, int] = {}
        for raw in self.wallet.storage.scan(payments.items):
            if raw["sk"]["S"] == "payment":
                yield from _wrong_sums(payments.items.from_raw_data(raw))
            elif raw["sk"]["S"] == "top_up" and raw["status"]["S"] == "succeeded":
                top_up = top_ups._from_raw(raw)
                posted[top_up.id] = top_up.total.amount
        if posted != self.acquirer.charged:
            yield f"charged {self.acquirer.charged}, posted {posted}"
        yield from self._wrong_refunds()
        yield from self._wrong_withdrawals()

    def _wrong_refunds(self) -> Iterator[str]:
        """Cards got what stands as delivered to them; while a refund is open nobody has to know."""
        refunds, delivered, open_ones = self.wallet.refunds.store, {}, set()
        for raw in self.wallet.storage.scan(refunds.items):
            if raw["sk"]["S"] == "refund":
                refund = refunds.items.from_raw_data(raw).as_record(Refund)
                if refund.is_open:
                    open_ones.add(refund.id)
                elif refund.destination == "card" and refund.status == "succeeded":
                    delivered[refund.id] = refund.total.amount
        got = {name: amount for name, amount in self.acquirer.refunded.items() if name not in open_ones}
        if delivered != got:
            yield f"cards got {got}, delivered {delivered}"

    def _wrong_withdrawals(self) -> Iterator[str]:
        """Cards got what stands as arrived there; while one is open nobody has to know."""
        withdrawals, arrived, open_ones = self.wallet.withdrawals.store, {}, set()
        for raw in self.wallet.storage.scan(withdrawals.items):
            if raw["sk"]["S"] == "withdrawal":
                withdrawal = withdrawals.items.from_raw_data(raw).as_record(Withdrawal)
                if withdrawal.is_open:
                    open_ones.add(withdrawal.id)
                elif withdrawal.status == "succeeded":
                    arrived[withdrawal.id] = withdrawal.amount.amount
        got = {name: amount for name, amount in self.acquirer.credited.items() if name not in open_ones}
        if arrived != got:
            yield f"cards got {got}, arrived {arrived}"


def _wrong_sums(item: PaymentItem) -> Iterator[str]:
    captured, paid = item.refunded + item.refundable, item.status == "succeeded"
    asked = range(1, item.amount + 1) if bool(item.authorized_at) else (item.amount,)
    if item.refunded < 0 or item.refundable < 0 or captured not in (asked if paid else (0,)):
        yield f"{item.pk} {item.status}: refunded {item.refunded}, refundable {item.refundable} of {item.amount}"
    if item.refunded != sum(item.refunds.values()):
        yield f"{item.pk}: refunded {item.refunded}, by its refunds {item.refunds}"


def attempt(act: Any) -> Any:
    """What the caller learns; None when the process died before it could say anything."""
    try:
        return act()
    except ProcessDied:
        return None
