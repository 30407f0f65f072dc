"""Which facts become events, for whom, and under which id."""

import ast
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from wallet_api.events.model import (
    BORN,
    OF_ENTRIES,
    OF_FIELDS,
    OF_STATES,
    TYPES,
    Change,
    events_of_change,
    events_of_entry,
    known_pattern,
    shard_of,
    shards_of,
    wanted,
)
from wallet_api.ids import is_id
from wallet_api.ledger import chart
from wallet_api.ledger.entry import Entry, Posting, move, postings
from wallet_api.money import Money
from wallet_api.payments import model as payments
from wallet_api.refund_requests import model as refund_requests
from wallet_api.refunds.model import Refund
from wallet_api.top_ups import model as top_ups

NOW = datetime(2026, 11, 22, 1, 5, tzinfo=UTC)
CUSTOMER, PAYEE, SHOP = chart.customer("usr_a"), chart.customer("usr_b"), chart.merchant("mer_s")


def cny(amount: int) -> Money:
    return Money(amount, "CNY")


def entry(kind: str, *moves: tuple[Posting, ...], subject: str = "pay_1") -> Entry:
    return Entry("ent_01", kind, NOW, subject, postings(*moves))


def change(**other: Any) -> Change:
    given: dict[str, Any] = {
        "kind": "payment",
        "subject": "pay_1",
        "state": "canceled",
        "owners": ("mer_s",),
        "amount": cny(900),
        "at": NOW,
        "digest": "d",
    }
    return Change(**{**given, **other})


def test_a_payment_is_told_to_its_payer_and_its_merchant_each_with_their_own_side() -> None:
    paid = entry("payment", move(cny(1000), CUSTOMER, SHOP), move(cny(6), SHOP, chart.FEES))

    told = {event.owner: event for event in events_of_entry(paid)}

    assert set(told) == {"usr_a", "mer_s"}
    assert {event.type for event in told.values()} == {"payment.succeeded"}
    assert told["usr_a"].data["balance_change"] == cny(-1000)
    assert told["mer_s"].data["balance_change"] == cny(994)
    assert {event.data["amount"] for event in told.values()} == {cny(1000)}


def test_a_transfer_is_sent_for_one_and_received_for_the_other_and_the_fee_is_the_payers_secret() -> None:
    sent = entry("transfer", move(cny(500), CUSTOMER, PAYEE), move(cny(5), CUSTOMER, chart.FEES), subject="trf_1")

    told = {event.owner: event for event in events_of_entry(sent)}

    assert {owner: event.type for owner, event in told.items()} == {
        "usr_a": "transfer.sent",
        "usr_b": "transfer.received",
    }
    assert told["usr_b"].data == {
        "id": "trf_1",
        "object": "transfer",
        "entry_id": "ent_01",
        "amount": cny(500),
        "balance_change": cny(500),
    }


def test_the_wallets_own_accounts_are_told_nothing() -> None:
    toll = entry("fee", move(cny(5), chart.bank("cards"), chart.FEES))

    assert list(events_of_entry(toll)) == []


def test_an_event_is_thin_and_its_id_sorts_by_time_p32() -> None:
    """P32: ids and amounts, far below 20 kB."""
    (event,) = events_of_entry(entry("top_up", move(cny(10**12), chart.bank("cards"), CUSTOMER), subject="top_1"))

    assert is_id(event.id, "evt")
    assert event.type == "top_up.succeeded"
    assert set(event.data) == {"id", "object", "entry_id", "amount", "balance_change"}
    assert len(json.dumps(event.data, default=str)) < 500
    assert event.sequence == 1795309500000


def test_one_fact_gives_one_id_for_each_owner_and_another_version_another() -> None:
    first = [event.id for event in events_of_change(change(owners=("mer_s", "usr_a")))]
    again = [event.id for event in events_of_change(change(owners=("mer_s", "usr_a")))]
    later = [event.id for event in events_of_change(change(owners=("mer_s", "usr_a"), digest="e"))]

    assert first == again
    assert len({*first, *later}) == 4


def test_a_state_reached_by_moving_money_is_no_change_to_tell() -> None:
    assert list(events_of_change(change(state="succeeded"))) == []
    assert list(events_of_change(change(kind="event", state="canceled"))) == []


def test_no_type_of_event_can_come_from_both_streams() -> None:
    """The journal tells `….succeeded`, `transfer.sent` and `transfer.received`; the records' stream never does, but for a refund
    that was made in another state: it came to its end without a movement that its owners have a part in.
    """
    of_records = {kind for states in OF_STATES.values() for kind in states.values()} - {None}
    of_entries = {*OF_ENTRIES.values(), "transfer.sent", "transfer.received"} - {None}

    later = {OF_STATES[kind][state] for kind, states in BORN.items() for state in states}
    assert of_records & of_entries == later == {"refund.succeeded"}


def test_a_capture_is_told_as_the_payment_that_it_is() -> None:
    captured = entry(
        "capture", move(cny(400), chart.hold("pay_1"), SHOP), move(cny(600), chart.hold("pay_1"), CUSTOMER)
    )

    told = {event.owner: event for event in events_of_entry(captured)}

    assert list(told) == ["mer_s"]  # its customer is told by the payment's record, whatever came back
    assert (told["mer_s"].type, told["mer_s"].data["object"]) == ("payment.succeeded", "payment")
    assert (told["mer_s"].data["amount"], told["mer_s"].data["balance_change"]) == (cny(400), cny(400))


def test_the_list_of_types_is_closed() -> None:
    """Whatever is told of a state or an entry has its line in the list."""
    told = {kind for states in OF_STATES.values() for kind in states.values()} | set(OF_ENTRIES.values())
    told |= {kind for _, kind in OF_FIELDS.values()}

    assert told - {None} <= set(TYPES)
    assert list(events_of_entry(entry("unheard_of", move(cny(1), CUSTOMER, SHOP)))) == []


MACHINES = {
    "payment": payments.Status,
    "top_up": top_ups.Status,
    "refund": get_type_hints(Refund)["status"],
    "refund_request": refund_requests.Status,
}


@pytest.mark.parametrize("kind", MACHINES)
def test_every_state_of_every_machine_is_told_or_said_to_be_told_by_the_journal(kind: str) -> None:
    assert set(get_args(MACHINES[kind])) <= set(OF_STATES[kind])


def test_every_kind_of_entry_has_its_type() -> None:
    """Found where entries are made: a kind that nobody listed would be told to nobody."""
    made = {
        node.value
        for path in (Path(__file__).parents[2] / "wallet_api").glob("*/postings.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        for node in _kinds(node)
    }

    assert {"payment", "refund", "top_up", "transfer"} <= made
    assert made <= {*OF_ENTRIES, "transfer"}


def _kinds(node: ast.AST) -> Iterator[ast.Constant]:
    """The constants that stand where an entry's kind does."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Entry":
        given = [*node.args[1:2], *(word.value for word in node.keywords if word.arg == "kind")]
        yield from (each for each in given if isinstance(each, ast.Constant))


def test_a_pattern_is_a_type_the_beginning_of_some_or_all() -> None:
    assert wanted("payment.created", ("payment.created",))
    assert wanted("payment.created", ("refund.*", "payment.*"))
    assert wanted("payment.created", ("*",))
    assert not wanted("payment.created", ("payment.canceled", "refund.*", "pay.*", "payment"))
    assert not wanted("refund_request.created", ("refund.*",))
    assert known_pattern("refund_request.*")
    assert not known_pattern("refnud.*")


def test_a_merchants_events_are_spread_and_each_keeps_its_place() -> None:
    entries = [Entry(f"ent_{n}", "payment", NOW, f"pay_{n}", move(cny(1), CUSTOMER, SHOP)) for n in range(200)]
    events = [event for each in entries for event in events_of_entry(each)]

    assert {shard_of(event) for event in events if event.owner == "mer_s"} == set(shards_of("mer_s"))
    assert {shard_of(event) for event in events if event.owner == "usr_a"} == {0}
