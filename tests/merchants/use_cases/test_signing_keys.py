"""Who may manage a merchant's signing keys; what they are good for is in tests/routes/test_signing_keys.py."""

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import a_merchant, a_person, refused
from tests.selling import a_key, a_signer, an_owned_shop


@pytest.mark.parametrize("algorithm", ["ed25519", "hmac-sha256"])
def test_the_owner_and_a_key_that_may_and_nobody_else(api: Api, cloud: LocalCloud, algorithm: str) -> None:
    """P1, P24."""
    owner, shop = an_owned_shop(api, cloud)
    signer, path = a_signer(api, cloud, shop, algorithm), f"/v1/merchants/{shop.id}/signing_keys"
    weak = a_key(api, owner.token, shop.id, "payments:write")["secret"]
    for token, status, code in (
        (a_person(api, cloud).token, 404, "not_found"),
        (a_merchant(cloud).key, 404, "not_found"),
        (weak, 403, "scope_missing"),
    ):
        refused(api.get(path, token=token), status, code)
        refused(api.post(path, {"name": "x", "algorithm": "hmac-sha256"}, token=token), status, code)
        refused(api.delete(f"{path}/{signer.key_id}", token=token), status, code)
    for token in (owner.token, shop.key):
        assert [each["status"] for each in api.get(path, token=token).ok(200)["data"]] == ["active"]
