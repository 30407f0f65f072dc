"""The part of the diagram that is about money that goes back: one of each, shared by all who need it."""

from dev.cloud.local import LocalCloud


def test_requests_and_histories_see_the_same_refunds(cloud: LocalCloud) -> None:
    wallet = cloud.wallet
    assert wallet.refund_requests.refunds is wallet.refunds
    assert wallet.transactions.refunds is wallet.refunds
    assert wallet.transactions.refund_requests is wallet.refund_requests
    assert wallet.refunds.payments is wallet.payments
    assert wallet.refunds.acquirer is wallet.acquirer
