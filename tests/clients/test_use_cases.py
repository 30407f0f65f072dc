"""Policies as they are published and as they count."""

import pytest

from dev.cloud.local import LocalCloud
from tests.faults.injector import Faults
from wallet_api.clients.errors import PolicyRefused, UpdateRequired
from wallet_api.clients.model import ClientPolicy, client_of
from wallet_api.clients.use_cases import KNOWN_FOR, Clients
from wallet_api.storage import Storage

STORE = "https://apps.example.com/wallet"
OLD, NEW = client_of("app/ios/3.1"), client_of("app/ios/3.3")


@pytest.fixture
def clients(cloud: LocalCloud) -> Clients:
    """Another container's view, which has read nothing yet."""
    return Clients.open(cloud.wallet.storage, cloud.clock)


def test_without_a_policy_every_client_is_supported(clients: Clients) -> None:
    assert clients.policies() == ()
    assert clients.standing(OLD) == ("supported", None)
    clients.require_supported(OLD)


def test_a_policy_counts_in_every_container_within_a_minute(cloud: LocalCloud, clients: Clients) -> None:
    assert clients.policies() == ()
    policy = cloud.wallet.clients.publish(ClientPolicy("ios", "3.2", "3.2", STORE))
    assert cloud.wallet.clients.standing(OLD) == ("update_required", policy), "where it was published, at once"
    assert clients.standing(OLD) == ("supported", None)
    cloud.clock.advance(KNOWN_FOR)
    assert clients.standing(OLD) == ("update_required", policy)
    with pytest.raises(UpdateRequired) as refused:
        clients.require_supported(OLD)
    assert refused.value.facts == {"minimum": "3.2", "store_url": STORE}
    clients.require_supported(NEW)
    clients.require_supported(client_of("app/android/1"))


def test_a_policy_that_is_withdrawn_shuts_nobody_out(cloud: LocalCloud) -> None:
    ours = cloud.wallet.clients
    ours.publish(ClientPolicy("ios", "3.2", "3.2", STORE))
    ours.publish(ClientPolicy("android", "9", "9", STORE))
    ours.withdraw("ios")
    assert [policy.platform for policy in ours.policies()] == ["android"]
    ours.require_supported(OLD)


def test_a_policy_that_is_refused_changes_nothing(cloud: LocalCloud) -> None:
    ours = cloud.wallet.clients
    policy = ours.publish(ClientPolicy("ios", "3.2", "3.2", STORE))
    with pytest.raises(PolicyRefused):
        ours.publish(ClientPolicy("ios", "4", "3", STORE))
    assert ours.policies() == (policy,)


def test_a_minute_of_clients_costs_one_read(clients: Clients, faults: Faults) -> None:
    for _ in range(5):
        clients.require_supported(OLD)
    assert len(faults.calls) == 1


def test_an_outage_keeps_nobody_from_their_money(
    cloud: LocalCloud, clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    """O13: what was known goes on to count; where nothing was, everybody is served."""
    from wallet_api.storage.errors import StorageBusy

    policy = cloud.wallet.clients.publish(ClientPolicy("ios", "3.2", "3.2", STORE))
    cloud.clock.advance(KNOWN_FOR)
    assert cloud.wallet.clients.policies() == (policy,)
    cloud.clock.advance(KNOWN_FOR)

    def busy(*_: object, **__: object) -> None:
        raise StorageBusy

    monkeypatch.setattr(Storage, "query", busy)
    assert cloud.wallet.clients.standing(OLD)[0] == "update_required"
    clients.require_supported(OLD)
    with pytest.raises(StorageBusy):
        clients.policies()


def test_a_clock_that_is_put_back_makes_nothing_count_for_longer(
    cloud: LocalCloud, clients: Clients, faults: Faults
) -> None:
    """O11."""
    clients.policies()
    cloud.clock.freeze()
    cloud.clock.advance("1m")
    clients.policies()
    before = len(faults.calls)
    cloud.clock.freeze(cloud.clock.now() - 3 * KNOWN_FOR)
    clients.policies()
    assert len(faults.calls) == before + 1
