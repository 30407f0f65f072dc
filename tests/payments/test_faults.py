"""What a customer is told when storage does not answer a confirmation."""

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import a_merchant, a_person, balance_of, key, refused
from tests.faults.injector import Faults
from tests.shopping import a_payment, confirm


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
