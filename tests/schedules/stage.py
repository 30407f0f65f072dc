"""What the operations of a schedule share: two people, a merchant, payments in every state, set back before every run."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import PIN, Shop, Someone, a_card, a_merchant, a_person
from tests.schedules.conductor import Conductor
from tests.schedules.footprints import Call
from tests.shopping import a_paid_payment, a_payment, an_authorized_payment
from tests.signing import Phone, a_phone_of
from wallet_api.authorizations.errors import WrongPin
from wallet_api.authorizations.model import PinShown, Shown
from wallet_api.fees.use_cases import QuoteRequest
from wallet_api.ledger import chart
from wallet_api.ledger.errors import IdempotencyKeyInUse
from wallet_api.ledger.operations import Decided, Operation
from wallet_api.ledger.verify import verify
from wallet_api.money import Money
from wallet_api.one_time_codes.store import CODE
from wallet_api.payments.use_cases import Confirmation
from wallet_api.refunds.use_cases import GivingBack
from wallet_api.top_ups.store import TOP_UP as TOP_UP_PLACE
from wallet_api.top_ups.use_cases import Asking
from wallet_api.transfers.model import Payee
from wallet_api.transfers.use_cases import Sending

WRONG = "135791"
CONFIRM, CANCEL = "POST /v1/payments/{payment_id}/confirm", "POST /v1/payments/{payment_id}/cancel"
CAPTURE = "POST /v1/payments/{payment_id}/capture"
REFUND, SEND, TOP_UP, QUOTE = "POST /v1/refunds", "POST /v1/transfers", "POST /v1/top_ups", "POST /v1/fee_quotes"
TELLING = (
    "status",
    "amount",
    "currency",
    "refundable",
    "refunded",
    "fee",
    "attempts",
    "balances",
    "held",
    "spent",
    "spent_in_month",
    "free_used",
    "customer_id",
    "charged",
    "max_per_month",
    "interval",
    "minimum",
)
"""What is compared between two runs: what a person has or is told, and nothing that is made up anew in each run."""

Act = Callable[[Conductor], Any]
"""An operation of a schedule. It is handed the conductor, since some wait for what is no storage call."""


@dataclass(frozen=True)
class Told:
    """What somebody is told of their key."""

    id: str
    status: str


def yuan(amount: int) -> Money:
    return Money(amount * 100, "CNY")


@dataclass
class Stage:
    """Ada has 100 yuan, paid 100, and 30 are set aside; Bo has 50. Payments of 20 to 130 yuan wait for whoever confirms them first."""

    cloud: LocalCloud
    ada: Someone
    bo: Someone
    shop: Shop
    card_id: str
    paid: str
    waiting: dict[int, str]
    held: str
    to_hold: dict[int, str]
    quote_id: str = ""
    phone: Phone = field(default_factory=Phone)
    """Ada's, whose key signs."""
    made: dict[str, Any] = field(default_factory=dict)
    """What a scenario makes before it begins."""
    endpoints: set[str] = field(default_factory=set)
    """What was asked for under a key."""
    _back: Callable[[], None] = lambda: None

    @property
    def wallet(self) -> Any:
        return self.cloud.wallet

    @property
    def client(self) -> Any:
        return self.wallet.storage._connection.client

    def pay(self, who: Someone, amount: int, key: str = "", *, pin: str = PIN, shown: Shown | None = None) -> Act:
        confirmation = Confirmation(self.waiting[amount], shown or PinShown(pin), None)
        asked = self.asked(who.id, key or f"pay {amount}", CONFIRM, f"{amount}")
        return lambda _: self.wallet.payments.confirm(self.customer(who), confirmation, asked)

    def cancel(self, amount: int, key: str = "cancel") -> Act:
        asked = self.asked(self.shop.id, key, CANCEL, f"{amount}")
        return lambda _: self.wallet.payments.cancel(self.merchant, self.waiting[amount], asked)

    def capture(self, amount: int | None, key: str = "capture") -> Act:
        asked = self.asked(self.shop.id, key, CAPTURE, f"{amount}")
        wanted = None if amount is None else yuan(amount)
        return lambda _: self.wallet.payments.capture(self.merchant, self.held, wanted, asked)

    def void(self, key: str = "void") -> Act:
        asked = self.asked(self.shop.id, key, CANCEL, "held")
        return lambda _: self.wallet.payments.cancel(self.merchant, self.held, asked)

    def hold(self, who: Someone, amount: int, key: str = "hold") -> Act:
        confirmation = Confirmation(self.to_hold[amount], PinShown(PIN), None)
        asked = self.asked(who.id, key, CONFIRM, f"hold {amount}")
        return lambda _: self.wallet.payments.confirm(self.customer(who), confirmation, asked)

    def lapse(self) -> Act:
        """The hold's time is over, and somebody looks."""

        def act(_: Conductor) -> None:
            self.cloud.clock.freeze(self.wallet.payments.found_again(self.held).capture_before)
            self.wallet.payments.void_if_lapsed(self.wallet.payments.found_again(self.held))

        return act

    def refund(self, amount: int, key: str) -> Act:
        wish = GivingBack(self.paid, yuan(amount), "returned")
        asked = self.asked(self.shop.id, key, REFUND, f"{amount}")
        return lambda _: self.wallet.refunds.create(self.merchant, wish, asked)

    def send(
        self, payer: Someone, payee: Someone, amount: int, key: str = "send", *, quoted: bool = False,
        shown: Shown | None = None,
    ) -> Act:  # fmt: skip
        quote_id = self.quote_id if quoted else None
        sending = Sending(Payee(phone=payee.phone), yuan(amount), None, quote_id, shown or PinShown(PIN))
        asked = self.asked(payer.id, key, SEND, f"{amount}")
        return lambda _: self.wallet.transfers.send(self.customer(payer), sending, asked)

    def top_up(self, amount: int, key: str) -> Act:
        asked = self.asked(self.ada.id, key, TOP_UP, f"{amount}")
        asking = Asking(yuan(amount), self.card_id)
        return lambda _: self.wallet.top_ups.create(self.customer(self.ada), asking, asked)

    def abandon(self, caller: Any, key: str) -> Act:
        """The caller gives a key up. Who is told that it is under way asks again."""

        def act(_: Conductor) -> Decided[Told]:
            standing = self.wallet.operations.abandon(caller, key)
            if standing.status == "processing":
                raise IdempotencyKeyInUse
            return Decided(Told(standing.subject or key, standing.status))

        return act

    def unbind(self) -> Act:
        return lambda _: self.wallet.cards.unbind(self.customer(self.ada), self.card_id)

    def guess(self, key: str = "guess") -> Act:
        """Somebody who has Ada's phone tries a PIN."""
        return self.pay(self.ada, 20, key, pin=WRONG)

    def sign_out(self) -> Act:
        def act(_: Conductor) -> None:
            customer = self.customer(self.ada)
            self.wallet.sessions.end(customer, customer.session_id)

        return act

    def freeze(self, who: Someone) -> Act:
        def act(_: Conductor) -> None:
            with self.wallet.storage.atomic_write() as write:
                self.wallet.ledger.accounts.freeze(chart.customer(who.id), write)

        return act

    def fold(self) -> Act:
        """The stream as it is at one moment, from its beginning, folded as one batch."""

        def act(conductor: Conductor) -> None:
            conductor.pause(Call("read the stream", frozenset({(self.wallet.settings.tables["ledger"],)}), frozenset()))
            assert self.wallet.folding.fold(self._stream()) == []

        return act

    def guessed(self, times: int) -> None:
        """Wrong guesses before the schedule begins."""
        for number in range(times):
            try:
                self.guess(f"guess before {number}")(Conductor(min))
            except WrongPin:
                continue

    def keep(self) -> None:
        """From now on every run begins with the tables and the time as they are now."""
        self._back = self.cloud.keep()

    def set_back(self) -> None:
        """The tables as they were kept, and streams that hold the journal so far."""
        self._back()

    def found(self) -> list[str]:
        """What there is once all is folded. The ledger must be true, and every payment's parts must add up."""
        assert self.wallet.folding.fold(self._stream()) == []
        assert verify(self.wallet.ledger).findings == []
        shown = [self._shown(raw) for name in self.wallet.settings.tables.values() for raw in self._items(name)]
        return sorted(text for text in shown if text)

    def _shown(self, raw: dict[str, Any]) -> str:
        if raw["sk"]["S"] == "payment":
            captured = int(raw["refunded"]["N"]) + int(raw["refundable"]["N"])
            paid, asked = raw["status"]["S"] == "succeeded", int(raw["amount"]["N"])
            assert 0 < captured <= asked if "authorized_at" in raw and paid else captured == (asked if paid else 0)
        if raw["sk"]["S"].startswith("line/") or raw["sk"]["S"] in ("operation", CODE):
            return ""  # a code's tries may be counted more often than they are evaluated
        # So may those at an issuer's code: what was reserved while another request ended the top-up.
        telling = [name for name in TELLING if name in raw and (raw["sk"]["S"], name) != (TOP_UP_PLACE, "attempts")]
        told = [f"{name}={next(iter(raw[name].values()))}" for name in telling]
        return " ".join([raw["sk"]["S"].partition("/")[0], *told]) if told else ""

    def _items(self, table: str) -> list[dict[str, Any]]:
        return self.cloud.engine.items(table, self.cloud.region)

    def _stream(self) -> list[dict[str, Any]]:
        reader = self.cloud.reader(self.wallet.settings.tables["ledger"])
        reader.rewind()
        return list(reader.read(1000))

    def customer(self, who: Someone) -> Any:
        return self.wallet.sessions.presented(who.token)

    @property
    def merchant(self) -> Any:
        return self.wallet.merchants.presented(self.shop.key)

    def asked(self, caller: str, key: str, endpoint: str, what: str) -> Operation:
        """A request as the edge would name it; `what` stands for its body."""
        self.endpoints.add(endpoint)
        return Operation(caller, "test", key, what, endpoint, self.cloud.clock.now())


def build(api: Api, cloud: LocalCloud) -> Stage:
    """The stage, made over HTTP and folded."""
    ada, bo = a_person(api, cloud, balance=230_00), a_person(api, cloud, balance=50_00)
    shop = a_merchant(cloud)
    paid = a_paid_payment(api, shop, ada, 100_00)["id"]
    waiting = {amount: a_payment(api, shop, amount * 100)["id"] for amount in (20, 40, 60, 70, 130)}
    held = an_authorized_payment(api, shop, ada, 30_00)["id"]
    to_hold = {amount: a_payment(api, shop, amount * 100, capture="manual")["id"] for amount in (60,)}
    card_id = a_card(api, cloud, ada, "4000056655665556")
    stage = Stage(cloud, ada, bo, shop, card_id, paid, waiting, held, to_hold)
    stage.phone = a_phone_of(api, ada)
    cloud.pump.drain()
    quoted = QuoteRequest("transfer", yuan(10), phone=bo.phone)
    quote = stage.wallet.fees.quote(stage.customer(ada), quoted, stage.asked(ada.id, "quote", QUOTE, "10"))
    stage.quote_id = quote.value.id
    return stage
