"""Signing keys and nonces without HTTP; what a signature is refused for is tested in tests/routes/test_signing_keys.py."""

from datetime import timedelta

import pytest

from dev.cloud.local import LocalCloud
from tests.build import a_merchant
from wallet_api.errors import NotFound
from wallet_api.ids import new_id
from wallet_api.signatures.errors import TooManySigningKeys
from wallet_api.signatures.model import MAX_KEYS, NONCE_LIFE, TOLERANCE, Claimed


def test_a_merchant_has_so_many_keys_and_no_more(cloud: LocalCloud) -> None:
    signatures, shop = cloud.wallet.merchants.signatures, a_merchant(cloud)
    keys = [signatures.register(shop.id, "k", "hmac-sha256", None)[0] for _ in range(MAX_KEYS)]
    with pytest.raises(TooManySigningKeys):
        signatures.register(shop.id, "k", "hmac-sha256", None)
    signatures.revoke(shop.id, keys[0].id)
    signatures.register(shop.id, "k", "hmac-sha256", None)
    with pytest.raises(NotFound):
        signatures.revoke(shop.id, new_id("sgk", cloud.clock.now()))


def test_a_nonce_is_one_requests_for_longer_than_its_signature_is_good(cloud: LocalCloud) -> None:
    """P19: a re-sent call of the same request finds its own nonce, any other request does not."""
    assert NONCE_LIFE > 2 * TOLERANCE
    store, now = cloud.wallet.merchants.signatures.store, cloud.clock.now()
    claim = Claimed("sgk_1", "0123456789abcdef", 0, None)
    for request, fresh in (("one", True), ("one", True), ("two", False)):
        with cloud.wallet.storage.trip() as trip:
            used = store.use("mer_1", claim, request, now, trip)
        assert used() is fresh
    with cloud.wallet.storage.trip() as trip:
        elsewhere = store.use("mer_2", claim, "two", now, trip)
    assert elsewhere() is True
    (row,) = [each for each in cloud.wallet.storage.scan(store.nonces) if each["pk"]["S"].startswith("nonce/mer_1/")]
    assert int(row["expires_at"]["N"]) >= (now + NONCE_LIFE - timedelta(seconds=1)).timestamp()
