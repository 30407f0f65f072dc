"""`./wallet ops clients`, as an operator types it."""

import pytest

from dev import clients
from dev.cloud.local import LocalCloud

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
