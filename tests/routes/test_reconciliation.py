"""A day's file over HTTP: whose it is not, what is not ready, and rows that add up to the cent."""

import csv
import io
from decimal import Decimal
from typing import Any

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import Shop, a_merchant, a_person, cny, key, refused
from tests.ledger_world import CARDS, World
from tests.settling import earn, next_day, past_midnight, pay_out, true, with_account
from tests.shopping import an_authorized_payment, capture, confirm, refund
from wallet_api.clock import wallet_day
from wallet_api.ledger import chart
from wallet_api.ledger.entry import move
from wallet_api.money import Money

Rows = list[dict[str, str]]


@pytest.fixture
def shop(api: Api, cloud: LocalCloud) -> Shop:
    return with_account(cloud, a_merchant(cloud))


def file_of(api: Api, shop: Shop, day: str, **query: Any) -> tuple[str, int]:
    """The whole file, its parts one after the other, and how many there were."""
    parts, cursor = [], None
    while True:
        asked = {**query, **({"cursor": cursor} if cursor else {})}
        text = "&".join(f"{name}={value}" for name, value in asked.items())
        answer = api.get(f"/v1/reconciliation/{day}?{text}", token=shop.key)
        assert answer.status == 200, answer.text
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert answer.headers["cache-control"] == "no-store"
        parts.append(answer.body.decode("utf-8"))
        cursor = answer.headers.get("wallet-next-cursor")
        if cursor is None:
            return "".join(parts), len(parts)


def rows_of(text: str) -> Rows:
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def adds_up(rows: Rows) -> Decimal:
    """Opening + every row = closing; each row begins where the one before ended. The closing balance."""
    opening, *lines, closing = rows
    assert (opening["kind"], closing["kind"]) == ("opening", "closing")
    balance = Decimal(opening["balance_after"])
    for row in lines:
        assert Decimal(row["balance_before"]) == balance
        assert Decimal(row["gross"]) - Decimal(row["fee"]) == Decimal(row["net"])
        balance += Decimal(row["net"])
        assert Decimal(row["balance_after"]) == balance
    assert Decimal(closing["balance_after"]) == balance
    return balance


def test_a_day_of_everything_adds_up_to_the_cent(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    """D4: sales, a capture of a part, refunds of parts, and the payout, each with the ids that a merchant looks for."""
    payer = earn(api, cloud, shop, 100_00)
    first = wallet_day(cloud.clock.now())
    next_day(cloud)
    payer = earn(api, cloud, shop, 333_33)
    second = wallet_day(cloud.clock.now())
    sold = api.get("/v1/payments", token=shop.key).ok(200)["data"][0]
    given = refund(api, shop, sold["id"], 111_11).ok(201)
    held = an_authorized_payment(api, shop, payer, 20_00)
    capture(api, shop, held["id"], 7_77).ok(200)
    cloud.pump.drain()
    next_day(cloud)

    rows = rows_of(file_of(api, shop, first)[0])
    assert adds_up(rows) == Decimal("99.40")
    (sale,) = rows[1:-1]
    assert (sale["kind"], sale["gross"], sale["fee"], sale["net"]) == ("payment", "100.00", "0.60", "99.40")
    assert sale["payment_id"].startswith("pay_")
    assert sale["order_id"]

    rows = rows_of(file_of(api, shop, second)[0])
    adds_up(rows)
    by_kind = {row["kind"]: row for row in rows}
    assert list(by_kind) == ["opening", "payout", "payment", "refund", "capture", "closing"]
    assert (by_kind["payout"]["net"], by_kind["payout"]["payout_id"][:3]) == ("-99.40", "po_")
    back = by_kind["refund"]
    assert (back["refund_id"], back["payment_id"], back["order_id"]) == (given["id"], sold["id"], sold["order_id"])
    assert (back["gross"], back["fee"]) == ("-111.11", "-0.66")
    assert by_kind["capture"]["payment_id"] == held["id"]
    true(cloud)


def test_a_payouts_fee_is_shown_as_one(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    earn(api, cloud, shop)
    cloud.clock.advance("24h")
    pay_out(api, shop, 50_00).ok(201)
    day = wallet_day(cloud.clock.now())
    next_day(cloud)
    cloud.wallet.payouts.settle_days()
    row = rows_of(file_of(api, shop, day)[0])[1]
    assert (row["kind"], row["gross"], row["fee"], row["net"]) == ("payout", "-50.00", "1.00", "-51.00")


@pytest.mark.parametrize("limit", [1, 2, 7, 30, 1000])
def test_parts_of_any_size_are_the_same_file(api: Api, cloud: LocalCloud, shop: Shop, limit: int) -> None:
    """Bounded memory: a part has so many rows, whatever the day has."""
    earn(api, cloud, shop, 1_00)
    day = wallet_day(cloud.clock.now())
    _many(cloud, shop, 29)
    next_day(cloud)
    text, parts = file_of(api, shop, day, limit=limit)
    assert parts >= 30 // limit
    assert text == file_of(api, shop, day)[0]
    rows = rows_of(text)
    assert len(rows) == 32
    adds_up(rows)


def _many(cloud: LocalCloud, shop: Shop, count: int) -> None:
    """So many sales, straight into the journal."""
    world = World(cloud)
    for amount in range(1, count + 1):
        world.book(move(Money(amount, "CNY"), CARDS, chart.merchant(shop.id)))
    cloud.pump.drain()


def test_each_merchant_reads_its_own_days_only(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    """P1: the key says whose file it is; another's cursor leads nowhere."""
    other = a_merchant(cloud)
    earn(api, cloud, shop)
    _many(cloud, shop, 3)
    day = wallet_day(cloud.clock.now())
    next_day(cloud)
    assert [row["kind"] for row in rows_of(file_of(api, other, day)[0])] == []
    cursor = api.get(f"/v1/reconciliation/{day}?limit=1", token=shop.key).headers["wallet-next-cursor"]
    refused(api.get(f"/v1/reconciliation/{day}?limit=1&cursor={cursor}", token=other.key), 422, "invalid_request")
    refused(api.get(f"/v1/reconciliation/{day}?cursor=bGluZS98fA", token=shop.key), 422, "invalid_request")


def test_a_day_that_is_not_closed_is_not_given_out(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    earn(api, cloud, shop)
    day = wallet_day(cloud.clock.now())
    problem = refused(api.get(f"/v1/reconciliation/{day}", token=shop.key), 409, "reconciliation_not_ready")
    assert problem["ready_at"].endswith("T16:30:00Z")
    cloud.clock.advance("24h")
    (report,) = api.get("/v1/reconciliation", token=shop.key).ok(200)["data"]
    assert (report["status"], report["balances"][0]["closing"]) == ("open", None)


@pytest.mark.parametrize("day", ["2020-01-01", "2999-01-01", "2026-02-30", "today", "2026-1-1", "0000-00-00"])
def test_what_is_no_day_of_the_merchants_is_missing(api: Api, cloud: LocalCloud, shop: Shop, day: str) -> None:
    refused(api.get(f"/v1/reconciliation/{day}", token=shop.key), 404, "not_found")


def test_what_is_folded_late_amends_its_day_and_is_carried_on(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    earn(api, cloud, shop)
    day = wallet_day(cloud.clock.now())
    World(cloud).book(move(Money(5, "CNY"), CARDS, chart.merchant(shop.id)))
    past_midnight(cloud)
    cloud.wallet.payouts.settle_days()
    cloud.pump.drain()
    answer = api.get(f"/v1/reconciliation/{day}", token=shop.key)
    assert answer.headers["wallet-report-status"] == "amended"
    assert adds_up(rows_of(answer.body.decode())) == Decimal("99.45")
    following = wallet_day(cloud.clock.now())
    next_day(cloud)
    statuses = {each["date"]: each["status"] for each in api.get("/v1/reconciliation", token=shop.key).ok(200)["data"]}
    assert statuses[day] == statuses[following] == "final"
    assert Decimal(rows_of(file_of(api, shop, following)[0])[0]["balance_after"]) == Decimal("99.45")


def test_an_order_id_that_is_a_formula_is_text(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    """P13."""
    payer = earn(api, cloud, shop, 1_00, a_person(api, cloud, balance=6_00))
    body = {"amount": cny(500), "description": "tea", "order_id": '=HYPERLINK("http://x","y")'}
    payment = api.post("/v1/payments", body, token=shop.key, key=key()).ok(201)
    confirm(api, payer, payment["id"]).ok(200)
    cloud.pump.drain()
    day = wallet_day(cloud.clock.now())
    next_day(cloud)
    assert [row["order_id"][:2] for row in rows_of(file_of(api, shop, day)[0]) if row["gross"] == "5.00"] == ["'="]


def test_the_list_goes_back_to_the_first_day_in_pages(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    earn(api, cloud, shop)
    cloud.clock.advance("5d")
    while cloud.wallet.payouts.settle_days():
        pass
    dates, cursor = [], ""
    while True:
        page = api.get(f"/v1/reconciliation?limit=2{cursor}", token=shop.key).ok(200)
        dates += [each["date"] for each in page["data"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert len(dates) == 5
    assert dates == sorted(dates, reverse=True)
