"""`./wallet ops clients`, as an operator types it."""

import pytest

from dev import clients
from dev.cloud.local import LocalCloud
from tests.client import Api

STORE = "https://apps.example.com/wallet"
SET = ["set", "ios", "--minimum", "3.2", "--advised", "3.4", "--store", STORE]


def run(cloud: LocalCloud, *arguments: str) -> int:
    return clients.main(["--function", "wallet-api-dev", *arguments], lambda *_: cloud.wallet)


def test_an_operator_sets_shows_and_withdraws_a_policy(cloud: LocalCloud, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(cloud, "show") == 0
    assert "every version of every app is supported" in capsys.readouterr().out
    assert run(cloud, *SET) == 0
    assert f"works from 3.2, advised from 3.4, at {STORE}" in capsys.readouterr().out
    assert [policy.platform for policy in cloud.wallet.clients.policies()] == ["ios"]
    assert run(cloud, "withdraw", "ios") == 0
    assert cloud.wallet.clients.policies() == ()


def test_a_policy_that_contradicts_itself_changes_nothing(
    cloud: LocalCloud, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(cloud, "set", "ios", "--minimum", "4", "--advised", "3", "--store", STORE) == 1
    assert "minimum (above_advised_version)" in capsys.readouterr().err
    assert cloud.wallet.clients.policies() == ()


def test_what_an_operator_sets_counts_over_http_for_that_platform_alone(api: Api, cloud: LocalCloud) -> None:
    """O13: at once in the container that it was set through, and it ends as soon as it is withdrawn."""

    def asked(client: str) -> tuple[int, object]:
        status = api.get("/v1/client_policy", headers={"X-Client": client}).ok(200)["status"]
        return api.get("/v1/fees", headers={"X-Client": client}).status, status

    assert run(cloud, *SET) == 0
    shown = [asked(client) for client in ("app/ios/3.1", "app/ios/3.3", "app/ios/3.4", "app/android/3.1")]
    assert shown == [(426, "update_required"), (200, "update_advised"), (200, "supported"), (200, "supported")]
    assert run(cloud, "withdraw", "ios") == 0
    assert asked("app/ios/3.1") == (200, "supported")
