"""Which deployment a code belongs to."""

import msgspec
import pytest

from dev.cloud.local import LocalCloud
from tests.build import a_merchant
from tests.client import Api
from tests.shopping import a_payment
from wallet_api.payments.model import Payment
from wallet_api.scans.errors import CodeNotOurs
from wallet_api.scans.use_cases import MAX_DOMAIN, reverse_domain


@pytest.mark.parametrize(
    ("public_url", "domain"),
    [
        ("https://pay.example.com", "com.example.pay"),
        ("https://pay.example.com:8443/base", "com.example.pay"),
        ("http://localhost:8000", "localhost"),
        ("http://127.0.0.1:8000", "local.wallet"),
        ("http://[::1]:8000", "local.wallet"),
        ("", "local.wallet"),
    ],
)
def test_a_deployment_is_named_by_its_domain_read_backwards(public_url: str, domain: str) -> None:
    assert reverse_domain(public_url) == domain


def test_a_domain_that_does_not_fit_becomes_its_hash() -> None:
    names = {reverse_domain(f"https://{letter * 40}.example.com") for letter in "ab"}
    assert len(names) == 2
    assert {len(name) for name in names} == {MAX_DOMAIN}


def test_a_deployment_without_a_domain_reads_what_it_gave_out_at_api_gateways_own_address(
    api: Api, cloud: LocalCloud
) -> None:
    """Which has the stage in its path: an address beside it is somebody else's."""
    payment = a_payment(api, a_merchant(cloud))
    host = "https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com"
    scans = msgspec.structs.replace(cloud.wallet.scans, public_url=f"{host}/api")
    found = scans.scan(f"{host}/api/checkout/{payment['id']}")
    assert isinstance(found, Payment)
    assert found.id == payment["id"]
    with pytest.raises(CodeNotOurs):
        scans.scan(f"{host}/checkout/{payment['id']}")
