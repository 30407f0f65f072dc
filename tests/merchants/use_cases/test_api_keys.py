"""API keys that race, without HTTP; everything else is in tests/routes/test_api_keys.py."""

from datetime import timedelta

import pytest

from dev.cloud.local import LocalCloud
from tests.build import a_merchant
from wallet_api.errors import NotFound
from wallet_api.ids import new_id
from wallet_api.merchants.errors import ApiKeyNotActive
from wallet_api.merchants.model import NewKey


def test_of_two_rolls_at_once_one_makes_a_key(cloud: LocalCloud) -> None:
    """P24: by a condition on the key itself, so no schedule leaves two successors."""
    merchants, shop = cloud.wallet.merchants, a_merchant(cloud)
    store, now = merchants.key_store, cloud.clock.now()
    (old,) = store.newest(shop.id, None, 10)
    first, second = (merchants.new_key(shop.id, NewKey("next"))[0] for _ in range(2))
    with cloud.wallet.storage.atomic_write() as write:
        store.roll(old, first.id, now + timedelta(hours=1), write)
        store.add(first, write)
    with pytest.raises(ApiKeyNotActive), cloud.wallet.storage.atomic_write() as write:
        store.roll(old, second.id, now + timedelta(days=7), write)
        store.add(second, write)
    assert {key.id for key in store.newest(shop.id, None, 10)} == {old.id, first.id}


def test_a_roll_does_not_revive_what_was_revoked_meanwhile(cloud: LocalCloud) -> None:
    merchants, shop = cloud.wallet.merchants, a_merchant(cloud)
    (old,) = merchants.key_store.newest(shop.id, None, 10)
    merchants.revoke_key(shop.id, old.id)
    with pytest.raises(ApiKeyNotActive), cloud.wallet.storage.atomic_write() as write:
        merchants.key_store.roll(old, "key_x", cloud.clock.now(), write)
    with pytest.raises(NotFound):
        merchants.revoke_key(shop.id, new_id("key", cloud.clock.now()))
