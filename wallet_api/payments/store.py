"""The payments' items, in the records table.

What a confirmation changes is kept apart from what the order says, so that the item it writes stays below one kilobyte
whatever a merchant describes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, cast

from msgspec import Struct
from msgspec.structs import asdict

from wallet_api.clock import month_of
from wallet_api.ledger.accounts import StaleAccount
from wallet_api.ledger.lines import SHARDS
from wallet_api.merchants.model import Profile
from wallet_api.money import Money
from wallet_api.payments.errors import OrderIdTaken
from wallet_api.payments.model import (
    AUTHORIZED,
    PROCESSING,
    SUCCEEDED,
    WAITING,
    Capture,
    Order,
    Payment,
    Status,
    Why,
    bucket_of,
    list_bucket,
    next_look,
)
from wallet_api.storage import AtomicWrite, Item, Read, Storage, Trip
from wallet_api.storage.due import DueWork
from wallet_api.storage.items import Counters, Document, Moment, Raw, UnicodeAttribute, WholeNumber
from wallet_api.storage.keys import plain_digest

PAYMENT = "payment"
ORDER = "order"
ORDER_ID = "order_id"
DUE_BUCKETS = 8
"""Over how many index partitions the payments are spread that something still has to happen to."""


class PaymentItem(Item):
    """pk = payment id, sk = `payment`: the state and the money. Amounts in minor units of `currency`."""

    table = "records"

    merchant_id = UnicodeAttribute()
    status = UnicodeAttribute()
    amount = WholeNumber()
    currency = UnicodeAttribute()
    refundable = WholeNumber()
    refunded = WholeNumber()
    refunds = Counters()
    customer_id = UnicodeAttribute(null=True)
    fee = WholeNumber(null=True)
    fee_bearer = UnicodeAttribute(null=True)
    created_at = Moment()
    expires_at = Moment()
    authorized_at = Moment(null=True)
    capture_before = Moment(null=True)
    ended_at = Moment(null=True)
    decline_code = UnicodeAttribute(null=True)
    last_decline = UnicodeAttribute(null=True)
    owner_bucket = UnicodeAttribute()
    owner_order = UnicodeAttribute()
    due_bucket = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)

    def payment(self, order: Order) -> Payment:
        """The item with its order, as the wallet speaks of it."""
        return self.as_record(
            Payment,
            id=self.pk,
            order=order,
            status=cast(Status, self.status),
            amount=Money(self.amount, self.currency),
            refunds=dict(sorted(self.refunds.items())),
            fee=_money(self.fee, self.currency),
        )


class OrderItem(Item):
    """pk = payment id, sk = `order`: written once."""

    table = "records"

    order_id = UnicodeAttribute(null=True)
    description = UnicodeAttribute()
    metadata = Document()
    merchant = Document()
    capture = UnicodeAttribute(null=True)
    outlet_id = UnicodeAttribute(null=True)
    note = UnicodeAttribute(null=True)
    mandate_id = UnicodeAttribute(null=True)
    presented_by = UnicodeAttribute(null=True)

    def order(self) -> Order:
        """The item as the wallet speaks of it."""
        capture: Capture = "manual" if self.capture == "manual" else "automatic"
        presented_by = self.presented_by or "merchant"
        return self.as_record(Order, merchant=Profile(**self.merchant), capture=capture, presented_by=presented_by)


class OrderIdItem(Item):
    """pk = `order/{merchant}/{mode}/{hash of the merchant's order id}`: that there is one payment for it, and which."""

    table = "records"

    payment_id = UnicodeAttribute()


class PaymentStore(Struct, frozen=True):
    """Adds, finds and changes payments."""

    storage: Storage
    items: type[PaymentItem]
    order_items: type[OrderItem]
    order_id_items: type[OrderIdItem]
    work: DueWork

    @staticmethod
    def open(storage: Storage) -> PaymentStore:
        """Binds the payments' items to their table."""
        bound = storage.bind(PaymentItem), storage.bind(OrderItem), storage.bind(OrderIdItem)
        return PaymentStore(storage, *bound, DueWork.open(storage, PAYMENT, DUE_BUCKETS))

    def add(self, payment: Payment, mode: str, write: AtomicWrite) -> None:
        """Adds a new payment to the write, which fails with OrderIdTaken when the merchant has one for this order."""
        order, money = payment.order, payment.amount
        if order.order_id is not None:
            place = _order_place(payment.merchant_id, mode, order.order_id)
            write.put(self.order_id_items(place, ORDER_ID, payment_id=payment.id), self._taken)
        due_at = next_look(payment, payment.created_at) if payment.status == PROCESSING else payment.capture_before
        item = self.items.of(
            payment,
            pk=payment.id,
            sk=PAYMENT,
            amount=money.amount,
            currency=money.currency,
            fee=None if payment.fee is None else payment.fee.amount,
            owner_bucket=bucket_of(payment, mode),
            owner_order=payment.id,
            **({} if due_at is None else self.work.place(payment.id, due_at)),
        )
        write.put(item, StaleAccount())
        order_item = self.order_items.of(order, pk=payment.id, sk=ORDER, merchant=asdict(order.merchant))
        write.put(order_item, StaleAccount())

    def find(self, payment_id: str, trip: Trip) -> Read[Payment | None]:
        """A payment with its order, or None."""
        found = trip.get(self.items, payment_id, PAYMENT)
        order = trip.get(self.order_items, payment_id, ORDER)

        def bring() -> Payment | None:
            item, order_item = found(), order()
            return None if item is None or order_item is None else item.payment(order_item.order())

        return Read(bring)

    def find_order_id(self, merchant_id: str, mode: str, order_id: str, trip: Trip) -> Read[str | None]:
        """The id of the merchant's payment for an order, or None."""
        found = trip.get(self.order_id_items, _order_place(merchant_id, mode, order_id), ORDER_ID)
        return found.map(lambda item: None if item is None else item.payment_id)

    def confirm(self, payment: Payment, now: datetime, write: AtomicWrite, why: Why) -> None:
        """Keeps a customer's yes to a payment that waited until now; `why` names the error of one that waits no more."""
        items = self.items
        said = ("status", "customer_id", "fee_bearer")
        fee = items.fee.set(0 if payment.fee is None else payment.fee.amount)
        if payment.status == SUCCEEDED:
            actions = [fee, *self._kept(payment, *said, "refundable", "ended_at")]
        else:
            actions = [fee, *self._kept(payment, *said, "authorized_at"), *self._due(payment, now)]
        waiting = items.status.is_in(*WAITING) & (items.expires_at > now)
        write.update(items(payment.id, PAYMENT), actions, (waiting, self._refusal(payment, why)))

    def cancel(self, payment: Payment, now: datetime, write: AtomicWrite, why: Why) -> None:
        """Keeps that a waiting payment was taken back."""
        items = self.items
        actions = self._kept(payment, "status", "ended_at")
        waiting = items.status.is_in(*WAITING) & (items.expires_at > now)
        write.update(items(payment.id, PAYMENT), actions, (waiting, self._refusal(payment, why)))

    def capture(self, payment: Payment, now: datetime, write: AtomicWrite, why: Why) -> None:
        """Keeps that an authorized payment was captured in time."""
        items = self.items
        in_time = (items.status == AUTHORIZED) & (items.capture_before > now)
        write.update(items(payment.id, PAYMENT), self._ended(payment), (in_time, self._refusal(payment, why)))

    def void(self, payment: Payment, write: AtomicWrite, why: Why) -> None:
        """Keeps that an authorized payment was taken back, or that its time was over."""
        items = self.items
        held = (items.status == AUTHORIZED, self._refusal(payment, why))
        write.update(items(payment.id, PAYMENT), self._ended(payment), held)

    def review(self, payment: Payment, now: datetime, write: AtomicWrite, moved: Exception) -> None:
        """Keeps how a processing payment's review ended, or when it is to be asked for again; `moved` when it ended before."""
        items = self.items
        if payment.status in (PROCESSING, AUTHORIZED):
            actions = [items.status.set(payment.status), *self._due(payment, now)]
        else:
            actions = self._ended(payment)
        write.update(items(payment.id, PAYMENT), actions, (items.status == PROCESSING, moved))

    def decline(self, payment_id: str, code: str, write: AtomicWrite) -> None:
        """Keeps why a customer's yes was refused; the payment goes on as it stood."""
        items = self.items
        write.update(items(payment_id, PAYMENT), [items.last_decline.set(code)], (items.pk.exists(), StaleAccount()))

    def _due(self, payment: Payment, now: datetime) -> list[Any]:
        """When to look at a payment that is not at its end."""
        items = self.items
        authorized = payment.status == AUTHORIZED and payment.capture_before is not None
        due_at = payment.capture_before if authorized else next_look(payment, now)
        actions = self.work.moved(items, payment.id, due_at or now)
        return [*actions, *self._kept(payment, "capture_before")] if authorized else actions

    def _ended(self, payment: Payment) -> list[Any]:
        """What is kept of a payment at its end; nothing is due any more."""
        why = () if payment.decline_code is None else ("decline_code",)
        kept = self._kept(payment, "status", "ended_at", "refundable", *why)
        return [*kept, *self.work.moved(self.items, payment.id, None)]

    def _kept(self, payment: Payment, *names: str) -> list[Any]:
        """These fields as the payment says."""
        return [getattr(self.items, name).set(getattr(payment, name)) for name in names]

    def take_back(
        self, payment: Payment, refund_id: str, amount: Money, write: AtomicWrite, why: Why, moved: Exception
    ) -> None:
        """Counts a refund; `why` names the error when less is left, `moved` says that another was counted meanwhile."""
        items = self.items
        actions = [
            items.refundable.set(items.refundable - amount.amount),
            items.refunded.set(items.refunded + amount.amount),
            items.refunds[refund_id].set(amount.amount),
        ]
        self.require_refundable(payment, amount, write, why)
        write.update(items(payment.id, PAYMENT), actions, (items.refunded == payment.refunded, moved))

    def require_refundable(self, payment: Payment, amount: Money, write: AtomicWrite, why: Why) -> None:
        """Requires in a write that this much is left to refund; `why` names the error when it is not."""
        items = self.items
        left = (items.status == SUCCEEDED) & (items.refundable >= amount.amount)
        write.check(items(payment.id, PAYMENT), (left, self._refusal(payment, why)))

    def newest(self, merchant_id: str, mode: str, month: datetime, before: str | None, limit: int) -> list[PaymentItem]:
        """Some payments of one month, newest first, from all of its partitions at once.

        An index is behind by moments: a payment's state here is for showing, never for deciding.
        """
        buckets = [list_bucket(merchant_id, mode, month_of(month), shard) for shard in range(SHARDS)]
        query = partial(self.storage.query_index, self.items, "by_owner", before=before, limit=limit, newest_first=True)
        with self.storage.trip() as trip:
            reads = [trip.call(partial(query, bucket)) for bucket in buckets]
        rows = [self.items.from_raw_data(raw) for read in reads for raw in read()]
        return sorted(rows, key=lambda row: row.pk, reverse=True)[:limit]

    def with_orders(self, rows: list[PaymentItem]) -> list[Payment]:
        """The payments of these items, with their orders."""
        with self.storage.trip() as trip:
            orders = [trip.get(self.order_items, row.pk, ORDER) for row in rows]
        pairs = [(row, order()) for row, order in zip(rows, orders, strict=True)]
        return [row.payment(order.order()) for row, order in pairs if order is not None]

    def _refusal(self, payment: Payment, why: Why) -> Callable[[Raw | None], Exception]:
        def refusal(found: Raw | None) -> Exception:
            current = None if found is None else self.items.from_raw_data(found).payment(payment.order)
            return why(current) or StaleAccount()

        return refusal

    def _taken(self, found: Raw | None) -> Exception:
        if found is None:
            return StaleAccount()
        return OrderIdTaken(payment_id=self.order_id_items.from_raw_data(found).payment_id)


def _money(amount: int | None, currency: str) -> Money | None:
    return None if amount is None else Money(amount, currency)


def _order_place(merchant_id: str, mode: str, order_id: str) -> str:
    """The order id is hashed because it is the merchant's own text; it may hold anything."""
    return f"order/{merchant_id}/{mode}/{plain_digest(order_id)[:40]}"
