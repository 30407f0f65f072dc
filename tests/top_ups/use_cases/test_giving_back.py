"""What of a charge goes back to its card: counted by condition, whatever whoever asks believes."""

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import a_person
from wallet_api.ledger.accounts import StaleAccount
from wallet_api.money import Money
from wallet_api.top_ups.errors import ChargeUsedUp


def test_no_more_goes_back_than_was_charged_in_whatever_parts(api: Api, cloud: LocalCloud) -> None:
    """M31: the first part finds no count, and must not pass for that."""
    ada, wallet = a_person(api, cloud, balance=100_00), cloud.wallet
    with wallet.storage.trip() as trip:
        found = wallet.top_ups.returnable(ada.id, trip)
    (top_up,) = found()

    def give(amount: int) -> None:
        with wallet.storage.atomic_write() as write:
            wallet.top_ups.give_back(top_up.id, top_up.total, Money(amount, "CNY"), write)

    assert top_up.returnable == top_up.total
    give(60_00)
    with pytest.raises(ChargeUsedUp):
        give(60_00)
    with wallet.storage.atomic_write() as write:
        wallet.top_ups.keep_back(top_up.id, Money(60_00, "CNY"), write)
    give(top_up.total.amount)
    with pytest.raises(ChargeUsedUp):
        give(1)


def test_what_did_not_go_back_is_not_uncounted(api: Api, cloud: LocalCloud) -> None:
    ada, wallet = a_person(api, cloud, balance=100_00), cloud.wallet
    with wallet.storage.trip() as trip:
        found = wallet.top_ups.returnable(ada.id, trip)
    (top_up,) = found()
    with pytest.raises(StaleAccount), wallet.storage.atomic_write() as write:
        wallet.top_ups.keep_back(top_up.id, Money(1, "CNY"), write)
