"""`./wallet ops rotate-personal-data` on what is sealed by itself: every kind is known, and opens as before."""

import importlib
from base64 import b64decode
from pathlib import Path

import pytest
from msgspec.structs import replace
from pynamodb.attributes import BinaryAttribute

from dev import rotation
from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.dev.test_rotation import Kms
from tests.selling import an_owned_shop, apply
from wallet_api.storage.crypto import FieldCipher
from wallet_api.storage.items import Item


@pytest.fixture
def kms(cloud: LocalCloud) -> Kms:
    return Kms(cloud.session.create_client("kms", region_name=cloud.region))


SEALED_BY_THEMSELVES = {
    "ApplicationItem": "merchant applications",
    "DestinationItem": "payouts' destinations",
    "EndpointItem": "webhook endpoints, by rotate_endpoints",
    "PersonItem": "people, by rotate",
    "RegistrationItem": "nobody: it ends by itself within a day, or becomes a person",
    "SettlementAccountItem": "settlement accounts",
    "SigningKeyItem": "signing keys",
}
"""Who renews the data key of each kind of item that has one of its own."""


def every_item() -> list[type[Item]]:
    """All the items of the wallet: each store defines its own."""
    for store in (Path(__file__).parents[2] / "wallet_api").glob("*/store.py"):
        importlib.import_module(f"wallet_api.{store.parent.name}.store")
    kinds = [kind for kind in Item.__subclasses__() if kind.__module__.startswith("wallet_api.")]
    return [kind for kind in kinds if kind.__module__.endswith(".store")]


def test_no_kind_of_item_with_a_data_key_is_forgotten(cloud: LocalCloud) -> None:
    """D6: whoever seals a new kind of item says here who renews its key, or a KMS key that retires locks it for ever."""
    binary = {
        (kind.__name__, name)
        for kind in every_item()
        for name, attribute in kind.get_attributes().items()
        if isinstance(attribute, BinaryAttribute)
    }
    keyed = {kind for kind, name in binary if name in ("data_key", "wrapped_key")}
    assert keyed == set(SEALED_BY_THEMSELVES)
    others = {name for _, name in binary} - {"data_key", "wrapped_key", "public_key"}
    assert {name for name in others if not name.endswith("_sealed")} == set(), "bytes that nobody says what they are"
    known = {renewal.items.__name__: kind for kind, renewal in rotation.renewals(cloud.wallet).items()}
    assert known == {name: SEALED_BY_THEMSELVES[name] for name in known}
    assert set(known) == {name for name, who in SEALED_BY_THEMSELVES.items() if "by " not in who}


def test_every_slice_that_makes_data_keys_is_known() -> None:
    root = Path(__file__).parents[2] / "wallet_api"
    making = {path.relative_to(root).parts[0] for path in root.rglob("*.py") if "cipher.new_key(" in path.read_text()}
    homes = {kind.__module__.split(".")[1] for kind in every_item() if kind.__name__ in SEALED_BY_THEMSELVES}
    assert making - homes == set()


def test_what_merchants_sealed_goes_under_the_new_key_and_opens_as_before(
    api: Api, cloud: LocalCloud, kms: Kms
) -> None:
    """D6: signing secrets, settlement accounts and contacts; the second run finds nothing to do."""
    ada, shop = an_owned_shop(api, cloud)
    apply(api, ada).ok(201)
    wallet = cloud.wallet
    secret = api.post(
        f"/v1/merchants/{shop.id}/signing_keys", {"name": "s", "algorithm": "hmac-sha256"}, token=ada.token
    ).ok(201)["secret"]
    new = FieldCipher(kms, kms.real.create_key()["KeyMetadata"]["KeyId"], cloud.clock)
    renewals = {kind: replace(each, cipher=new) for kind, each in rotation.renewals(wallet).items()}
    first = {kind: rotation.renew(kind, each) for kind, each in renewals.items()}
    assert all(done[kind] == done[f"{kind} anew"] for kind, done in first.items()), first
    assert {kind for kind, done in first.items() if not done[kind]} <= {"payouts' destinations"}
    second = {kind: rotation.renew(kind, each) for kind, each in renewals.items()}
    assert all(done[f"{kind} anew"] == 0 for kind, done in second.items())
    (key,) = wallet.merchants.signatures.all(shop.id)
    assert wallet.merchants.signatures._material(key) == b64decode(secret)
    for renewal in renewals.values():
        for raw in wallet.storage.scan(renewal.items):
            if raw["sk"]["S"].startswith(renewal.place) and "B" in raw.get("data_key", {}):
                item = renewal.items.from_raw_data(raw)
                assert new.rewrapped(renewal.owner(item), item.data_key) is None, "under the new key"


def test_a_seal_that_is_broken_is_told_and_the_others_go_on(api: Api, cloud: LocalCloud, kms: Kms) -> None:
    ada, shop = an_owned_shop(api, cloud)
    body = {"name": "s", "algorithm": "hmac-sha256"}
    for _ in range(2):
        api.post(f"/v1/merchants/{shop.id}/signing_keys", body, token=ada.token).ok(201)
    renewal = rotation.renewals(cloud.wallet)["signing keys"]
    items, broken = renewal.items, cloud.wallet.merchants.signatures.all(shop.id)[0]
    with cloud.wallet.storage.atomic_write() as write:
        write.update(items(shop.id, f"signing_key/{broken.id}"), [items.data_key.set(b"not a key")])
    new = FieldCipher(kms, kms.real.create_key()["KeyMetadata"]["KeyId"], cloud.clock)
    done = rotation.renew("signing keys", replace(renewal, cipher=new))
    assert (done["signing keys"], done["signing keys anew"], done["broken"]) == (2, 1, 1)
