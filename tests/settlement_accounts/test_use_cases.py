"""Sealed accounts, and two changes at once; over HTTP see tests/routes/test_settlement_accounts.py."""

import pytest
from msgspec.structs import replace

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.selling import an_owner
from wallet_api.ledger.accounts import StaleAccount
from wallet_api.settlement_accounts.model import Details
from wallet_api.storage.crypto import SealBroken

OTHER = Details("中国工商银行", "昆明翠湖茶馆有限公司", "1202020200112233445")


def test_an_account_that_is_copied_to_another_merchant_does_not_open(api: Api, cloud: LocalCloud) -> None:
    """What leads money elsewhere in the table leads it nowhere."""
    accounts = cloud.wallet.settlement_accounts
    (_, mine), (_, theirs) = an_owner(api, cloud), an_owner(api, cloud)
    sealed = accounts.sealed(theirs, OTHER)
    assert accounts.opened(sealed) == OTHER
    with pytest.raises(SealBroken):
        accounts.opened(replace(sealed, merchant_id=mine))


def test_of_two_changes_at_once_one_is_told_to_try_again(api: Api, cloud: LocalCloud) -> None:
    accounts, (_, merchant_id) = cloud.wallet.settlement_accounts, an_owner(api, cloud)
    with cloud.wallet.storage.trip() as trip:
        reading = accounts.reading(merchant_id, trip)
    former = reading()
    for _ in range(2):
        changed = accounts.sealed(merchant_id, OTHER, former)
        write = cloud.wallet.storage.atomic_write()
        try:
            with write:
                accounts.put(changed, former, write)
        except StaleAccount:
            break
    else:
        pytest.fail("both were written")
    with pytest.raises(StaleAccount), cloud.wallet.storage.atomic_write() as write:
        accounts.put(accounts.sealed(merchant_id, OTHER), None, write)
