"""`./wallet ops check` names what does not answer."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from dev import checking
from dev.cloud.local import LocalCloud

WHERE = ["--function", "wallet-prod-APIHandler"]


def check(cloud: LocalCloud) -> int:
    return checking.main(WHERE, opener=lambda _function, _region: cloud.wallet, session=cloud.session)


def test_all_that_the_wallet_stands_on_answers(cloud: LocalCloud, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(cloud) == 0
    told = capsys.readouterr().out
    for name in ("settings", "table ledger", "table accounts", "table people", "key service", "queue of webhooks",
                 "queue of confirmations"):  # fmt: skip
        assert f"ok    {name}" in told
    assert told.endswith("All is well.\n")


def test_o13_a_key_service_that_refuses_is_named_and_the_rest_is_asked(
    cloud: LocalCloud, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """O13."""

    class Denied:
        def __getattr__(self, name: str) -> Any:
            def ask(**_: Any) -> Any:
                raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": ""}}, name)

            return ask

    monkeypatch.setattr(cloud.wallet.people.cipher, "_kms", Denied())
    assert check(cloud) == 1
    told = capsys.readouterr()
    assert "FAIL  key service" in told.err
    assert "ok    queue of webhooks" in told.out


def test_a_table_that_is_away_is_named(
    cloud: LocalCloud, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(cloud.wallet.settings.tables, "records", "wallet-nowhere")
    assert check(cloud) == 1
    assert "FAIL  table records" in capsys.readouterr().err


def test_a_function_that_cannot_be_read_is_said_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    def unreadable(_function: str, _region: str | None) -> Any:
        raise ClientError({"Error": {"Code": "ResourceNotFoundException", "Message": ""}}, "GetFunctionConfiguration")

    assert checking.main(WHERE, opener=unreadable) == 1
    assert "could not be read" in capsys.readouterr().err
