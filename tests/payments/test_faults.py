"""A confirmation whose storage fails in every way, at every call: asked again under its key, it has happened once or not at all."""

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import PIN, a_merchant, a_person, balance_of, key, refused
from tests.faults.injector import FAULTS, Faults, ProcessDied
from tests.shopping import a_payment, confirm, merchant_balance
from wallet_api.errors import Unavailable
from wallet_api.ledger.operations import Operation
from wallet_api.payments.use_cases import Confirmation
from wallet_api.storage.errors import StorageFault


@pytest.mark.parametrize("nth", [1, 2, 3])
@pytest.mark.parametrize("fault", [fault for fault in FAULTS if "left over" not in fault])
def test_whatever_storage_does_a_retried_confirmation_moves_the_money_once(
    api: Api, cloud: LocalCloud, faults: Faults, fault: str, nth: int
) -> None:
    """M12, M15, M19, M41: the reservation, the read and the write, each answered wrongly, late or never."""
    ada, shop = a_person(api, cloud, balance=100_00), a_merchant(cloud)
    payment = a_payment(api, shop, 10_00)
    payments, caller = cloud.wallet.payments, cloud.wallet.sessions.presented(ada.token)
    now = cloud.clock.now()
    operation = Operation(ada.id, "test", key(), "f", "POST /v1/payments/{payment_id}/confirm", now, "req_1", "en")
    faults.clear()
    faults.hit(nth, fault)
    tries = 0
    while True:
        tries += 1
        assert tries <= 3
        try:
            confirmed = payments.confirm(caller, Confirmation(payment["id"], PIN, None), operation).value
            break
        except (ProcessDied, Unavailable, StorageFault):
            continue
    assert confirmed.status == "succeeded"
    faults.clear()
    assert balance_of(api, ada) == 90_00
    assert merchant_balance(cloud, shop) == 10_00 - 6


def test_a_conflict_of_writes_is_never_told_as_too_little_money(api: Api, cloud: LocalCloud, faults: Faults) -> None:
    """M12, M13: it is tried again in silence, and when it never ends nothing has moved and the same key may be used."""
    ada, shop = a_person(api, cloud, balance=100_00), a_merchant(cloud)
    payment, idem = a_payment(api, shop), key()
    faults.always("TransactWriteItems", "conflict")
    problem = refused(confirm(api, ada, payment["id"], idem=idem), 503, "storage_busy")
    assert problem["retry"] == "same_key"
    faults.clear()
    confirm(api, ada, payment["id"], idem=idem).ok(200)


def test_a_write_that_was_never_answered_says_that_it_does_not_know(
    api: Api, cloud: LocalCloud, faults: Faults
) -> None:
    """M15: money_moved is unknown, and the same key tells."""
    ada, shop = a_person(api, cloud, balance=100_00), a_merchant(cloud)
    payment, idem = a_payment(api, shop), key()
    faults.always("TransactWriteItems", "applied, no answer")
    answer = confirm(api, ada, payment["id"], idem=idem)
    assert (answer.status, answer.json["code"]) == (503, "outcome_unknown"), answer.text
    assert (answer.json["money_moved"], answer.json["retry"]) == ("unknown", "same_key")
    faults.clear()
    confirm(api, ada, payment["id"], idem=idem).ok(200)
    assert balance_of(api, ada) == 100_00 - 1250
