"""The wallet itself over HTTP: what its owner sees of balance, limits and PIN."""

from datetime import UTC, datetime

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import a_merchant, a_person, cny, refused, send
from tests.handset import a_handset, scan
from tests.identity import sign_in
from tests.ledger_world import World
from tests.selling import an_outlet
from tests.shopping import pay_at
from wallet_api.ledger import chart
from wallet_api.money import Money

PERIODS = ("daily", "monthly", "yearly")


def test_a_stranger_and_a_merchant_see_no_wallet(api: Api, cloud: LocalCloud) -> None:
    refused(api.get("/v1/wallet"), 401, "not_authenticated")
    refused(api.get("/v1/wallet", token=a_merchant(cloud).key), 403, "wrong_caller")


def test_a_new_wallet_is_empty_and_has_no_pin(api: Api, cloud: LocalCloud) -> None:
    someone = a_person(api, cloud, pin=None)

    wallet = api.get("/v1/wallet", token=someone.token).ok(200)

    assert (wallet["object"], wallet["id"], wallet["status"], wallet["tier"]) == (
        "wallet",
        someone.id,
        "active",
        "basic",
    )
    assert wallet["balances"] == [{**cny(0), "held": 0}]
    assert wallet["payment_pin"] == "not_set"


def test_what_was_spent_is_taken_off_the_limits_of_the_day_the_month_and_the_year(api: Api, cloud: LocalCloud) -> None:
    payer, payee = a_person(api, cloud, balance=10_000), a_person(api, cloud)
    send(api, payer, payee, 700).ok(201)

    wallet = api.get("/v1/wallet", token=payer.token).ok(200)

    assert wallet["balances"] == [{**cny(9_300), "held": 0}]
    limits, others = wallet["limits"], api.get("/v1/wallet", token=payee.token).ok(200)["limits"]
    for period in PERIODS:
        limit = limits[period]["limit"]["amount"]
        assert (limits[period]["used"], limits[period]["remaining"]) == (cny(700), cny(limit - 700))
        assert (others[period]["used"], others[period]["remaining"]) == (cny(0), cny(limit))


def test_the_smaller_limits_of_codes_are_shown_with_what_is_left_of_them(api: Api, cloud: LocalCloud) -> None:
    """M30: what counts against them counts against the tier's own as well."""
    payer, shop = a_person(api, cloud, balance=100_00), a_merchant(cloud)
    place = an_outlet(api, shop).ok(201)["id"]
    pay_at(api, payer, place, 20_00).ok(201)
    scan(api, shop, a_handset(api, cloud, payer).code(), 30_00).ok(201)

    limits = api.get("/v1/wallet", token=payer.token).ok(200)["limits"]

    told = {name: limits[name]["daily"]["used"]["amount"] for name in ("static_codes", "payment_codes", "new_cards")}
    assert told == {"static_codes": 20_00, "payment_codes": 30_00, "new_cards": 0}
    assert limits["daily"]["used"] == cny(50_00)
    for name, used in told.items():
        daily = limits[name]["daily"]
        assert daily["remaining"] == cny(daily["limit"]["amount"] - used)
        assert limits[name]["per_transaction"]["amount"] < limits["per_transaction"]["amount"]
        assert limits[name]["until"] is None
    assert limits["new_device"] is None, "the device that a wallet was opened on is not new"


def test_a_new_device_is_told_what_it_may_move_and_until_when(api: Api, cloud: LocalCloud) -> None:
    someone = a_person(api, cloud)
    token = sign_in(api, cloud, someone)["session"]["access_token"]
    limit = api.get("/v1/wallet", token=token).ok(200)["limits"]["new_device"]
    assert limit["daily"]["remaining"] == limit["daily"]["limit"] == cny(5_000_00)
    device = next(each for each in api.get("/v1/devices", token=token).ok(200)["data"] if each["current"])
    assert limit["until"] == device["limited_until"]
    assert api.get("/v1/wallet", token=someone.token).ok(200)["limits"]["new_device"] is None


def test_each_limit_says_when_its_sum_begins_anew_in_beijing(api: Api, cloud: LocalCloud) -> None:
    """M32: one declared zone."""
    cloud.clock.freeze(datetime(2027, 12, 31, 15, 59, 59, tzinfo=UTC))
    someone = a_person(api, cloud)

    limits = api.get("/v1/wallet", token=someone.token).ok(200)["limits"]
    assert {limits[period]["resets_at"] for period in PERIODS} == {"2027-12-31T16:00:00Z"}

    cloud.clock.advance("1s")
    limits = api.get("/v1/wallet", token=someone.token).ok(200)["limits"]
    assert [limits[period]["resets_at"] for period in PERIODS] == [
        "2028-01-01T16:00:00Z",
        "2028-01-31T16:00:00Z",
        "2028-12-31T16:00:00Z",
    ]


def test_every_currency_has_its_own_balance_the_home_one_first(api: Api, cloud: LocalCloud, world: World) -> None:
    someone = a_person(api, cloud)
    world.fund(chart.customer(someone.id), 300, "USD")
    world.fund(chart.customer(someone.id), 5, "JPY")

    balances = api.get("/v1/wallet", token=someone.token).ok(200)["balances"]

    assert [Money(each["amount"], each["currency"]) for each in balances] == [
        Money(0, "CNY"),
        Money(5, "JPY"),
        Money(300, "USD"),
    ]


def test_a_wallet_is_kept_by_no_cache_d15(api: Api, cloud: LocalCloud) -> None:
    """D15: personal and money data."""
    answer = api.get("/v1/wallet", token=a_person(api, cloud).token)

    assert answer.headers["cache-control"] == "no-store"


def test_after_signing_out_the_wallet_is_closed_at_once_a42(api: Api, cloud: LocalCloud) -> None:
    """A42: the very next call is refused."""
    someone = a_person(api, cloud)
    api.delete("/v1/sessions/current", token=someone.token).ok()

    for answer in (
        api.get("/v1/wallet", token=someone.token),
        api.put("/v1/payment_pin", {"pin": "907351"}, token=someone.token),
        api.post("/v1/payment_pin_resets", {}, token=someone.token),
    ):
        assert answer.status == 401
