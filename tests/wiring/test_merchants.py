"""The merchants' part of the diagram: one of each, shared by all who need it."""

from dev.cloud.local import LocalCloud


def test_everybody_asks_the_same_merchants(cloud: LocalCloud) -> None:
    wallet = cloud.wallet
    askers = (
        wallet.api_keys,
        wallet.signing_keys,
        wallet.outlets,
        wallet.settlement_accounts,
        wallet.merchant_applications,
    )
    assert {id(each.merchants) for each in (*askers, wallet.payments, wallet.refunds, wallet.events)} == {
        id(wallet.merchants)
    }
    assert wallet.signing_keys.signatures is wallet.merchants.signatures
    assert wallet.merchants.signatures.mode == wallet.settings.mode
