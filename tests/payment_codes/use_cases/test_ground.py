"""What both sides of a payment code stand on."""

from dev.cloud.local import LocalCloud
from wallet_api.payment_codes.use_cases.issuing import Issuing
from wallet_api.payment_codes.use_cases.proving import Proving


def test_who_gives_a_secret_out_and_who_takes_its_codes_are_one(cloud: LocalCloud) -> None:
    """So a secret's key and the moment are the same ones on both sides."""
    codes = cloud.wallet.payment_codes
    assert isinstance(codes, Issuing)
    assert isinstance(codes, Proving)
    assert codes.clock is cloud.wallet.clock
