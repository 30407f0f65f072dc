"""What is not handed in is the cloud's own, and a live wallet never falls back to a sandbox."""

import pytest
from msgspec.structs import replace

from dev.cloud.local import LocalCloud
from wallet_api.gateways.mail import SesMail
from wallet_api.gateways.sandbox_acquirer import SandboxAcquirer
from wallet_api.settings import SettingsIncomplete
from wallet_api.wiring.ground import open_ground


def test_a_live_wallet_does_not_open_on_the_sandbox_acquirer(cloud: LocalCloud) -> None:
    """Or somebody's real card would be approved by a program of ours."""
    live = replace(cloud.wallet.settings, mode="live")
    with pytest.raises(SettingsIncomplete, match="acquirer"):
        open_ground(live, clock=cloud.clock)


def test_a_test_wallet_has_the_sandbox_acquirer_and_the_cloud_s_mail(cloud: LocalCloud) -> None:
    ground = open_ground(cloud.wallet.settings, clock=cloud.clock)
    try:
        assert isinstance(ground.acquirer, SandboxAcquirer)
        assert isinstance(ground.mail, SesMail)
        assert ground.ledger.storage is ground.storage
    finally:
        ground.storage.close()
