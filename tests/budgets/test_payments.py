"""What one customer's payment may cost, authorization included; `./wallet bench cost` shows the same figures."""

from typing import Any

import pytest

from bench.meter import Meter, Written, metered
from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import Shop, a_merchant, a_person, key, known_payee
from tests.handset import a_handset, scan
from tests.shopping import a_paid_payment, a_payment, cancel, confirm, refund
from tests.signing import a_phone_of, ask, pay


@pytest.fixture
def shop(cloud: LocalCloud) -> Shop:
    return a_merchant(cloud, name="A merchant with a rather long registered name, Kunming")


def places(transaction: tuple[Written, ...]) -> set[tuple[str, str]]:
    return {(each.pk, each.sk) for each in transaction}


def test_a_payment_is_two_round_trips_four_items_and_nine_write_units(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    """Whatever the merchant describes: what a confirmation writes stays below one kilobyte an item."""
    ada = a_person(api, cloud, balance=100_00)
    wordy: dict[str, Any] = {
        "description": "很长的说明" * 28,
        "metadata": {str(n): "x" * 500 for n in range(20)},
        "order_id": "单" * 64,
    }
    confirm(api, ada, a_payment(api, shop)["id"]).ok(200)
    payment = a_payment(api, shop, **wordy)
    with metered() as meter:
        confirm(api, ada, payment["id"], idem=key()).ok(200)
    assert meter.names == ["BatchGetItem", "TransactWriteItems", "UpdateItem"]
    assert meter.round_trips == 2
    (transaction,) = meter.transactions
    assert len(transaction) == 4
    assert {each.sk: each.size for each in transaction if each.size > 1024} == {}
    assert meter.write_units <= 9
    assert meter.index_units <= 1


def test_a_signed_payment_is_two_round_trips_and_two_items_more(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    """A46: the end of the challenge, and the condition on the device's key, are part of the money's own write."""
    ada = a_person(api, cloud, balance=100_00)
    phone, payment = a_phone_of(api, ada), a_payment(api, shop)["id"]
    asked = ask(api, ada, "payment", payment_id=payment).ok(201)
    with metered() as meter:
        pay(api, ada, payment, phone.yes(asked)).ok(200)
    assert meter.names == ["BatchGetItem", "TransactWriteItems"]
    assert meter.round_trips == 2
    assert meter.items_in_transactions == 6
    assert meter.write_units + meter.index_units <= 14


def test_a_high_amount_by_pin_is_one_read_more_and_nothing_else(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    """Only between 5,000 and 10,000 CNY it matters whether the payee is known, and only a payment says who that is."""
    ada = a_person(api, cloud, balance=14_000_00)
    known_payee(cloud, ada, shop.id)

    def paid(amount: int) -> Meter:
        payment = a_payment(api, shop, amount)["id"]
        with metered() as meter:
            confirm(api, ada, payment).ok(200)
        return meter

    ordinary, high = paid(5_000_00), paid(5_000_01)
    assert (ordinary.round_trips, high.round_trips) == (2, 3)
    assert high.names == sorted([*ordinary.names, "BatchGetItem"])
    assert (high.items_in_transactions, high.write_units) == (4, ordinary.write_units)


def test_the_first_payment_of_a_container_costs_no_further_round_trip(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    """The fee schedule, which is kept for a while, is read beside the rest when it has to be."""
    ada = a_person(api, cloud, balance=100_00)
    payment = a_payment(api, shop)
    cloud.clock.advance("2m")
    with metered() as meter:
        confirm(api, ada, payment["id"]).ok(200)
    assert meter.round_trips == 2


def test_nothing_that_two_payers_of_one_merchant_share_is_written(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    """M23: neither the merchant's account nor the fees' is touched on the way."""
    written = []
    for _ in range(2):
        someone, payment = a_person(api, cloud, balance=100_00), a_payment(api, shop)
        with metered() as meter:
            confirm(api, someone, payment["id"]).ok(200)
        (transaction,) = meter.transactions
        written.append(places(transaction))
    assert not written[0] & written[1]


def test_the_key_costs_no_call_and_no_item_of_its_own(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    """The record of the key is the journal's entry, read in the trip and written in the write that there are anyway."""
    ada, payment = a_person(api, cloud, balance=100_00), a_payment(api, shop)
    with metered() as meter:
        confirm(api, ada, payment["id"]).ok(200)
    (transaction,) = meter.transactions
    (record,) = [each for each in transaction if each.table.endswith("-ledger")]
    assert record.sk == "operation"
    assert record.after is not None
    assert record.after["entry_kind"] == {"S": "payment"}
    assert len(record.after["postings"]["L"]) >= 2


def test_a_decided_key_is_answered_from_the_first_trip(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    """All that follows is that the reserved PIN attempt is given back; the journal is not written."""
    ada, payment, idem = a_person(api, cloud, balance=100_00), a_payment(api, shop), key()
    first = confirm(api, ada, payment["id"], idem=idem).ok(200)
    with metered() as meter:
        again = confirm(api, ada, payment["id"], idem=idem)
    assert (again.ok(200), again.headers["idempotent-replayed"]) == (first, "true")
    assert meter.names == ["BatchGetItem", "TransactWriteItems", "UpdateItem"]
    assert [[(each.kind, each.sk) for each in transaction] for transaction in meter.transactions] == [
        [("Update", "balance")]
    ]
    assert meter.round_trips == 2


def test_a_decided_key_that_needs_no_pin_is_one_round_trip(api: Api, shop: Shop) -> None:
    payment, idem = a_payment(api, shop), key()
    cancel(api, shop, payment["id"], idem=idem).ok(200)
    with metered() as meter:
        assert cancel(api, shop, payment["id"], idem=idem).ok(200)["status"] == "canceled"
    assert meter.names == ["BatchGetItem"]


def test_asking_for_a_payment_is_two_round_trips(api: Api, shop: Shop) -> None:
    a_payment(api, shop)
    with metered() as meter:
        a_payment(api, shop)
    assert meter.names == ["BatchGetItem", "TransactWriteItems"]
    assert meter.items_in_transactions == 4
    assert meter.write_units <= 8


def test_a_refund_is_two_round_trips(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    payment = a_paid_payment(api, shop, a_person(api, cloud, balance=100_00))
    with metered() as meter:
        refund(api, shop, payment["id"], 500).ok(201)
    assert meter.names == ["BatchGetItem", "TransactWriteItems"]
    assert meter.round_trips == 2
    assert meter.items_in_transactions == 5
    assert meter.write_units <= 10


def test_a_payment_by_a_code_is_three_round_trips_and_ten_items(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    """The payment is made, the code used up, its session and password required, and the money moved in one write; nothing in it is
    shared by two payers of one merchant.
    """
    a_payment(api, shop)  # the use of the key is noted once an hour
    written = []
    for _ in range(2):
        phone = a_handset(api, cloud, a_person(api, cloud, balance=100_00))
        with metered() as meter:
            scan(api, shop, phone.code()).ok(201)
        assert meter.round_trips == 3
        assert meter.names == ["BatchGetItem", "BatchGetItem", "TransactWriteItems", "UpdateItem"]
        (transaction,) = meter.transactions
        assert len(transaction) == 10
        assert meter.write_units + meter.index_units <= 24
        written.append(places(transaction))
    assert not written[0] & written[1]


def test_a_repetition_of_a_payment_by_a_code_gives_its_try_back(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    phone, idem, order = a_handset(api, cloud, a_person(api, cloud, balance=100_00)), key(), key()
    first = scan(api, shop, phone.code(), idem=idem, order_id=order).ok(201)
    with metered() as meter:
        assert scan(api, shop, phone.code(), idem=idem, order_id=order).ok(201) == first
    assert [[each.sk for each in transaction] for transaction in meter.transactions] == [["secret"]]
    assert meter.round_trips == 3
