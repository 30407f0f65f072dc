"""Each side looks at its own payments, and looking at a hold whose time is over gives it back; over HTTP."""

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import a_merchant, a_person, refused, signed_in_again
from tests.shopping import an_authorized_payment


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
