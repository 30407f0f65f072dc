"""Each side looks at its own payments, and looking at a hold whose time is over gives it back; over HTTP."""

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import Shop, a_merchant, a_person, refused, signed_in_again
from tests.selling import an_outlet
from tests.shopping import a_paid_payment, a_payment, an_authorized_payment, pay_at


def test_a_customers_look_gives_a_lapsed_hold_back_and_a_strangers_does_not(api: Api, cloud: LocalCloud) -> None:
    """P1, M11."""
    shop, ada, bo = a_merchant(cloud), a_person(api, cloud, balance=50_00), a_person(api, cloud)
    payment_id = an_authorized_payment(api, shop, ada)["id"]
    cloud.clock.advance("168h")
    ada, bo = signed_in_again(api, ada), signed_in_again(api, bo)
    refused(api.get(f"/v1/payments/{payment_id}", token=bo.token), 404, "not_found")
    assert cloud.wallet.payments.found_again(payment_id).status == "authorized"
    shown = api.get(f"/v1/payments/{payment_id}", token=ada.token).ok(200)
    assert (shown["status"], shown["cancellation_reason"], shown["total"]) == ("canceled", "expired", None)
    assert cloud.wallet.payments.found_again(payment_id).status == "canceled"


def found(api: Api, shop: Shop, query: str) -> list[str]:
    """The ids of all pages of a list, whose every page but the last leads on."""
    ids: list[str] = []
    cursor = ""
    for _ in range(20):
        page = api.get(f"/v1/payments?{query}{cursor}", token=shop.key).ok(200)
        ids += [each["id"] for each in page["data"]]
        if page["next_cursor"] is None:
            return ids
        cursor = f"&cursor={page['next_cursor']}"
    raise AssertionError("the list does not end")


def test_a_stranger_finds_none_of_them_by_any_filter(api: Api, cloud: LocalCloud) -> None:
    """P1."""
    shop, other = a_merchant(cloud), a_merchant(cloud)
    a_payment(api, shop)
    for query in ("status=requires_confirmation", "from=2020-01-01T00:00:00Z", "to=2100-01-01T00:00:00Z"):
        assert found(api, other, query) == []


def test_payments_are_found_by_their_state_as_it_is_now(api: Api, cloud: LocalCloud) -> None:
    """D2: what waits to be captured; what expired is canceled, though nobody wrote so."""
    shop, ada = a_merchant(cloud), a_person(api, cloud, balance=500_00)
    expired = [a_payment(api, shop)["id"] for _ in range(3)]
    held = [an_authorized_payment(api, shop, ada)["id"] for _ in range(3)]
    paid = a_paid_payment(api, shop, ada)["id"]
    cloud.clock.advance("16m")
    waiting = a_payment(api, shop)["id"]
    for limit in (1, 2, 100):
        assert found(api, shop, f"limit={limit}&status=authorized") == held[::-1]
        assert found(api, shop, f"limit={limit}&status=canceled") == expired[::-1]
    assert found(api, shop, "status=succeeded") == [paid]
    assert found(api, shop, "status=requires_confirmation") == [waiting]
    assert found(api, shop, "status=failed") == []


def test_payments_are_found_by_when_they_were_asked_for(api: Api, cloud: LocalCloud) -> None:
    """Across a month's end, the end excluded, in pages of any size."""
    shop = a_merchant(cloud)
    ids, times = [], []
    for _ in range(5):
        times.append(cloud.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"))
        ids += [a_payment(api, shop)["id"] for _ in range(2)]
        cloud.clock.advance("15d")
    for limit in (1, 3, 100):
        assert found(api, shop, f"limit={limit}&from={times[1]}&to={times[3]}") == ids[2:6][::-1]
        assert found(api, shop, f"limit={limit}&from={times[3]}") == ids[6:][::-1]
        assert found(api, shop, f"limit={limit}&to={times[1]}") == ids[:2][::-1]
        assert found(api, shop, f"limit={limit}&to={times[1]}&status=canceled") == ids[:2][::-1]
        assert found(api, shop, f"limit={limit}&from={times[3]}&to={times[1]}") == []
    assert found(api, shop, "limit=3") == ids[::-1]


def test_payments_are_found_by_their_outlet(api: Api, cloud: LocalCloud) -> None:
    """D2: what a branch took; another merchant's outlet has nothing of this one's."""
    shop, other, ada = a_merchant(cloud), a_merchant(cloud), a_person(api, cloud, balance=500_00)
    east, west, foreign = (an_outlet(api, each).ok(201)["id"] for each in (shop, shop, other))
    taken = [pay_at(api, ada, outlet).ok(201)["id"] for outlet in (east, west, east, foreign)]
    a_payment(api, shop)
    assert found(api, shop, f"limit=1&outlet_id={east}") == [taken[2], taken[0]]
    assert found(api, shop, f"outlet_id={west}&status=succeeded") == [taken[1]]
    for nowhere in (foreign, "out_1"):
        assert found(api, shop, f"outlet_id={nowhere}") == []


def test_an_order_is_asked_for_alone(api: Api, cloud: LocalCloud) -> None:
    """One that is asked for by a state as well would be missing when it is in another, and be asked for again."""
    shop = a_merchant(cloud)
    problem = refused(api.get("/v1/payments?order_id=1&status=succeeded", token=shop.key), 422, "invalid_request")
    assert problem["errors"][0]["pointer"] == "order_id"
    for query in ("status=paid", "from=yesterday", "to=2026-11-22T00:00:00"):
        refused(api.get(f"/v1/payments?{query}", token=shop.key), 422, "invalid_request")
