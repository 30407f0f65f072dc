"""Who tells what happened shares one set of events and one queue."""

from dev.cloud.local import LocalCloud


def test_everybody_tells_the_same_events(cloud: LocalCloud) -> None:
    wallet = cloud.wallet
    assert wallet.webhooks.events is wallet.deliveries.events is wallet.replays.events is wallet.events
    assert wallet.deliveries.queue is wallet.replays.queue
    assert wallet.replays.store is wallet.deliveries.store
