"""Which deployment a code belongs to."""

import pytest

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
