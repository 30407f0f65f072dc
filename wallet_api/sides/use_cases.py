"""What the object of an event adds to it: who is on the other side, the fee on top, and whether it is still as it was.

Of one event, as part of a trip; or of a page of them, in a few trips whatever they are of.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from wallet_api.errors import Unavailable
from wallet_api.mandates.use_cases import Mandates
from wallet_api.merchants.use_cases import Merchants
from wallet_api.payments.model import REQUIRES_ACTION, Payment
from wallet_api.payments.use_cases import Payments
from wallet_api.people.model import Person
from wallet_api.people.use_cases import People
from wallet_api.refund_requests.use_cases import RefundRequests
from wallet_api.refunds.use_cases import Refunds
from wallet_api.sides.model import Side, name_for_others
from wallet_api.storage import Read, Storage, Trip
from wallet_api.storage.trips import known
from wallet_api.top_ups.model import TopUp
from wallet_api.top_ups.use_cases import TopUps
from wallet_api.transfers.model import Transfer
from wallet_api.transfers.use_cases import Transfers
from wallet_api.withdrawals.model import Withdrawal
from wallet_api.withdrawals.use_cases import Withdrawals

A_TRIP = 40
"""How many objects one trip reads; some are two items, and a trip takes a hundred."""

logger = logging.getLogger(__name__)


class _Found(Struct, frozen=True):
    """An object as far as it was read: its side, or the merchant or person to be asked who that is."""

    side: Side = Side()
    merchant_id: str | None = None
    person_id: str | None = None

    @property
    def other(self) -> str | None:
        """The id of who is on the other side, where an id names them."""
        return self.merchant_id or self.person_id


class Sides(Struct, frozen=True):
    """The objects that people's money moves by."""

    storage: Storage
    people: People
    merchants: Merchants
    mandates: Mandates
    payments: Payments
    refunds: Refunds
    refund_requests: RefundRequests
    transfers: Transfers
    top_ups: TopUps
    withdrawals: Withdrawals

    def reading(self, owner: str, data: Mapping[str, Any], trip: Trip) -> Read[Callable[[], Side]]:
        """As part of a trip; what it brings may need a trip more to name who is on the other side.

        `data` is the event's, which names its object; `owner` is the person it is told to.
        """
        return self._reading(owner, data, trip).map(lambda found: lambda: self._named(found))

    def of_all(self, owner: str, told: Sequence[Mapping[str, Any]]) -> list[Side]:
        """Those of many events of one person, in their order. While a name cannot be opened, its side has none."""
        found: list[_Found] = []
        for start in range(0, len(told), A_TRIP):
            with self.storage.trip() as trip:
                reads = [self._reading(owner, data, trip) for data in told[start : start + A_TRIP]]
            found += [read() for read in reads]
        names = self._names(found)
        return [replace(each.side, name=each.side.name or names.get(each.other)) for each in found]

    def _names(self, found: Sequence[_Found]) -> dict[str | None, str | None]:
        """What everybody is called who is named by an id, each looked up once."""
        shops = {each.merchant_id for each in found if each.merchant_id}
        people = {each.person_id for each in found if each.person_id}
        with self.storage.trip() as trip:
            merchants = {each: self.merchants.reading(each, trip) for each in shops}
            persons = {each: self.people.find(each, trip) for each in people}
        known_people = {each: person for each, read in persons.items() if (person := read()) is not None}
        with self.storage.trip() as trip:
            called = {each: trip.call(partial(self._called, person)) for each, person in known_people.items()}
        names: dict[str | None, str | None] = {each: read() for each, read in called.items()}
        return names | {each: shop.profile.name for each, read in merchants.items() if (shop := read()) is not None}

    def _called(self, person: Person) -> str | None:
        try:
            return name_for_others(self.people.contact_of(person))
        except Unavailable:
            # What happened to one's money is shown also while the key service is away; a name can wait.
            logger.warning("a name is left out", extra={"person_id": person.id})
            return None

    def _reading(self, owner: str, data: Mapping[str, Any], trip: Trip) -> Read[_Found]:
        subject = str(data["id"])
        kinds: dict[str, Callable[[], Read[_Found]]] = {
            "payment": lambda: self.payments.reading(subject, trip).map(self._of_payment),
            "refund": lambda: self.refunds.reading(subject, trip).map(
                lambda refund: _Found() if refund is None else _Found(merchant_id=refund.merchant_id)
            ),
            "refund_request": lambda: self.refund_requests.reading(subject, trip).map(
                lambda request: _Found() if request is None else _Found(merchant_id=request.merchant_id)
            ),
            "transfer": lambda: self.transfers.reading(subject, trip).map(partial(_of_transfer, owner)),
            "mandate": lambda: self.mandates.reading(subject, trip).map(
                lambda mandate: _Found() if mandate is None else _Found(Side(name=mandate.merchant.name))
            ),
            "top_up": lambda: self.top_ups.reading(subject, trip).map(_of_top_up),
            "withdrawal": lambda: self.withdrawals.reading(subject, trip).map(_of_withdrawal),
            "compensation": lambda: self.top_ups.reading(subject, trip).map(_of_top_up),
            "charge_reversal": lambda: self.top_ups.reading(subject, trip).map(_of_top_up),
        }
        # What names no object of its own names at least the merchant that asked.
        other = data.get("merchant_id")
        return kinds.get(str(data["object"]), lambda: known(_Found(merchant_id=other)))()

    def _of_payment(self, payment: Payment | None) -> _Found:
        if payment is None:
            return _Found()
        now = payment.at(self.payments.clock.now())
        ended_unpaid = now.status in ("canceled", "failed") and now.authorized_at is None
        side = Side(
            name=payment.order.merchant.name,
            fee=payment.on_top or None,
            moved=not ended_unpaid,
            waits=now.status == REQUIRES_ACTION,
        )
        return _Found(side)

    def _named(self, found: _Found) -> Side:
        """With the name of the other side. Raises Unavailable when storage does not answer; a name that is sealed can wait."""
        if found.merchant_id is None and found.person_id is None:
            return found.side
        with self.storage.trip() as trip:
            merchant = self.merchants.reading(found.merchant_id, trip) if found.merchant_id else known(None)
            person = self.people.find(found.person_id, trip) if found.person_id else known(None)
        shop, other = merchant(), person()
        if shop is not None:
            return Side(name=shop.profile.name, fee=found.side.fee)
        if other is None:
            return found.side
        return Side(name=name_for_others(self.people.contact_of(other)), fee=found.side.fee, moved=found.side.moved)


def _of_transfer(owner: str, transfer: Transfer | None) -> _Found:
    if transfer is None:
        return _Found()
    if transfer.payer_id == owner:
        aside = transfer.delayed is not None and transfer.delayed.aside
        return _Found(Side(fee=transfer.fee or None, moved=not aside), person_id=transfer.payee_id)
    return _Found(person_id=transfer.payer_id)


def _of_top_up(top_up: TopUp | None) -> _Found:
    if top_up is None:
        return _Found()
    card = f"{top_up.card_brand} {top_up.card_last4}"
    return _Found(Side(name=card, fee=top_up.fee or None, waits=top_up.status == "requires_action"))


def _of_withdrawal(withdrawal: Withdrawal | None) -> _Found:
    if withdrawal is None:
        return _Found()
    card = f"{withdrawal.card_brand} {withdrawal.card_last4}"
    wallets = withdrawal.borne and withdrawal.status == "returned"
    return _Found(Side(name=card, fee=withdrawal.fee or None, moved=not wallets))
