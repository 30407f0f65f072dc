"""Renewing the data keys of items that are sealed by themselves, while others change them."""

from typing import Any

from msgspec.structs import replace

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.selling import an_owned_shop
from wallet_api.storage.crypto import FieldCipher


class Meanwhile:
    """A cipher under whose hands somebody changes the item: their key is the present one."""

    def __init__(self, storage: Any, items: Any, place: tuple[str, str]) -> None:
        self.storage, self.items, self.place = storage, items, place

    def rewrapped(self, owner: str, wrapped: bytes, *, again: bool = False) -> bytes:
        with self.storage.atomic_write() as write:
            write.update(self.items(*self.place), [self.items.data_key.set(b"theirs")])
        return b"ours"


def test_a_key_that_was_replaced_meanwhile_stays(api: Api, cloud: LocalCloud) -> None:
    _, shop = an_owned_shop(api, cloud)
    renewal = cloud.wallet.settlement_accounts.renewal()
    cipher: Any = Meanwhile(renewal.storage, renewal.items, (shop.id, "settlement_account"))
    assert list(replace(renewal, cipher=cipher).run()) == [False]
    found = cloud.wallet.storage.get(renewal.items, shop.id, "settlement_account")
    assert found is not None
    assert found.data_key == b"theirs"


def test_who_read_the_item_before_has_to_read_it_anew(api: Api, cloud: LocalCloud) -> None:
    """Or they would write the old key back."""
    _, shop = an_owned_shop(api, cloud)
    renewal, storage = cloud.wallet.settlement_accounts.renewal(), cloud.wallet.storage

    def revision() -> int:
        found = storage.get(renewal.items, shop.id, "settlement_account")
        assert found is not None
        return int(found.revision)

    before = revision()
    kms: Any = cloud.session.create_client("kms", region_name=cloud.region)
    new = FieldCipher(kms, kms.create_key()["KeyMetadata"]["KeyId"], cloud.clock)
    assert list(replace(renewal, cipher=new).run()) == [True]
    assert revision() == before + 1
