"""What a top-up costs: how many calls of storage, and how much in each."""

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.banking import APPROVES, an_operation
from tests.build import Someone, a_card, a_person, as_customer, key
from tests.faults.injector import injecting
from wallet_api.money import Money
from wallet_api.top_ups.use_cases import Asking

AMOUNT = Money(1_00, "CNY")


def create(cloud: LocalCloud, someone: Someone, card_id: str, idem: str) -> str:
    customer = as_customer(cloud, someone)
    asked = an_operation(cloud, someone, idem)
    return str(cloud.wallet.top_ups.create(customer, Asking(AMOUNT, card_id), asked).value.status)


def test_a_top_up_is_two_writes_and_one_reading_trip(api: Api, cloud: LocalCloud) -> None:
    """The reading trip's calls are made at the same time; the fee schedule is known already."""
    someone = a_person(api, cloud)
    card_id = a_card(api, cloud, someone, APPROVES)
    create(cloud, someone, card_id, key())
    with injecting() as faults:
        create(cloud, someone, card_id, key())
    names = [name for name, _ in faults.calls]
    assert sorted(names[:2]) == ["BatchGetItem", "Query"]
    assert names[2:] == ["TransactWriteItems"] * 2
    intent, posting = (len(parameters["TransactItems"]) for parameters in faults.made("TransactWriteItems"))
    assert (intent, posting) == (4, 4)
