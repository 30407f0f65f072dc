"""The payments' items, in the records table.

What a confirmation changes is kept apart from what the order says, so that the item it writes stays below one kilobyte
whatever a merchant describes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from typing import cast

from wallet_api.fees.model import Charge
from wallet_api.ledger.accounts import StaleAccount
from wallet_api.ledger.lines import SHARDS
from wallet_api.merchants.model import Profile
from wallet_api.money import Money
from wallet_api.payments.errors import OrderIdTaken
from wallet_api.payments.model import (
    CANCELED,
    REQUIRES_CONFIRMATION,
    SUCCEEDED,
    Bearer,
    Order,
    Payment,
    Status,
    Why,
    bucket_of,
    list_bucket,
    month_of,
)
from wallet_api.storage import AtomicWrite, Item, Read, Storage, Trip
from wallet_api.storage.items import Counters, Document, Moment, Raw, UnicodeAttribute, WholeNumber
from wallet_api.storage.keys import plain_digest

PAYMENT = "payment"
ORDER = "order"
ORDER_ID = "order_id"


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
    ended_at = Moment(null=True)
    owner_bucket = UnicodeAttribute()
    owner_order = UnicodeAttribute()

    def payment(self, order: Order) -> Payment:
        """The item with its order, as the wallet speaks of it."""
        return Payment(
            id=self.pk,
            merchant_id=self.merchant_id,
            status=cast(Status, self.status),
            amount=Money(self.amount, self.currency),
            order=order,
            created_at=self.created_at,
            expires_at=self.expires_at,
            refundable=self.refundable,
            refunded=self.refunded,
            refunds=dict(sorted(self.refunds.items())),
            customer_id=self.customer_id,
            fee=_money(self.fee, self.currency),
            fee_bearer=_bearer(self.fee_bearer),
            ended_at=self.ended_at,
        )


class OrderItem(Item):
    """pk = payment id, sk = `order`: written once."""

    table = "records"

    order_id = UnicodeAttribute()
    description = UnicodeAttribute()
    metadata = Document()
    merchant = Document()

    def order(self) -> Order:
        """The item as the wallet speaks of it."""
        return Order(self.order_id, self.description, self.metadata, Profile(**self.merchant))


class OrderIdItem(Item):
    """pk = `order/{merchant}/{mode}/{hash of the merchant's order id}`: that there is one payment for it, and which."""

    table = "records"

    payment_id = UnicodeAttribute()


@dataclass(frozen=True)
class PaymentStore:
    """Adds, finds and changes payments."""

    storage: Storage
    items: type[PaymentItem]
    order_items: type[OrderItem]
    order_id_items: type[OrderIdItem]

    @staticmethod
    def open(storage: Storage) -> PaymentStore:
        """Binds the payments' items to their table."""
        return PaymentStore(storage, storage.bind(PaymentItem), storage.bind(OrderItem), storage.bind(OrderIdItem))

    def add(self, payment: Payment, mode: str, write: AtomicWrite) -> None:
        """Adds a new payment to the write, which fails with OrderIdTaken when the merchant has one for this order."""
        order = payment.order
        sentinel = self.order_id_items(
            _order_place(payment.merchant_id, mode, order.order_id), ORDER_ID, payment_id=payment.id
        )
        write.put(sentinel, self._taken)
        item = self.items.of(
            payment,
            pk=payment.id,
            sk=PAYMENT,
            amount=payment.amount.amount,
            currency=payment.amount.currency,
            owner_bucket=bucket_of(payment, mode),
            owner_order=payment.id,
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

    def confirm(
        self, payment: Payment, customer_id: str, charge: Charge, now: datetime, write: AtomicWrite, why: Why
    ) -> None:
        """Makes a waiting payment a confirmed one; `why` names the error of one that does not wait any more."""
        items = self.items
        actions = [
            items.status.set(SUCCEEDED),
            items.customer_id.set(customer_id),
            items.refundable.set(payment.amount.amount),
            items.fee.set(charge.fee.amount),
            items.fee_bearer.set(charge.bearer),
            items.ended_at.set(now),
        ]
        waiting = (items.status == REQUIRES_CONFIRMATION) & (items.expires_at > now)
        write.update(items(payment.id, PAYMENT), actions, (waiting, self._refusal(payment, why)))

    def cancel(self, payment: Payment, now: datetime, write: AtomicWrite, why: Why) -> None:
        """Makes a waiting payment a canceled one."""
        items = self.items
        actions = [items.status.set(CANCELED), items.ended_at.set(now)]
        waiting = (items.status == REQUIRES_CONFIRMATION) & (items.expires_at > now)
        write.update(items(payment.id, PAYMENT), actions, (waiting, self._refusal(payment, why)))

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
        paid = (items.status == SUCCEEDED) & (items.refundable >= amount.amount)
        write.update(
            items(payment.id, PAYMENT),
            actions,
            (paid, self._refusal(payment, why)),
            (items.refunded == payment.refunded, moved),
        )

    def newest(self, merchant_id: str, mode: str, month: datetime, before: str | None, limit: int) -> list[PaymentItem]:
        """Some payments of one month, newest first, from all of its partitions at once.

        An index is behind by moments: a payment's state here is for showing, never for deciding.
        """
        with self.storage.trip() as trip:
            reads = [
                trip.call(
                    partial(
                        self.storage.query_index,
                        self.items,
                        "by_owner",
                        list_bucket(merchant_id, mode, month_of(month), shard),
                        before=before,
                        limit=limit,
                        newest_first=True,
                    )
                )
                for shard in range(SHARDS)
            ]
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


def _bearer(text: str | None) -> Bearer | None:
    return None if text is None else "payer" if text == "payer" else "merchant"


def _order_place(merchant_id: str, mode: str, order_id: str) -> str:
    """The order id is hashed because it is the merchant's own text; it may hold anything."""
    return f"order/{merchant_id}/{mode}/{plain_digest(order_id)[:40]}"
