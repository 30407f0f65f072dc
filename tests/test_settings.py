"""Settings: everything a deployment decides, complete or not at all."""

import pytest

from wallet_api.settings import TABLES, Settings, SettingsIncomplete

GIVEN = {
    "WALLET_STAGE": "dev",
    "WALLET_MODE": "live",
    "AWS_REGION": "eu-west-1",
    "WALLET_FIELD_KEY": "alias/wallet",
    "WALLET_KEYS_SECRET": "wallet/keys",
    "WALLET_PUBLIC_URL": "https://wallet.example/",
    "WALLET_MAIL_SENDER": "wallet@wallet.example",
    "WALLET_QUEUE_WEBHOOKS": "https://sqs.eu-west-1.amazonaws.com/1/webhooks",
    "WALLET_QUEUE_CONFIRMATIONS": "https://sqs.eu-west-1.amazonaws.com/1/confirmations",
    **{f"WALLET_TABLE_{name.upper()}": f"wallet-{name}" for name in TABLES},
}


def test_everything_is_read() -> None:
    settings = Settings.from_environment(GIVEN)
    assert settings.tables == {name: f"wallet-{name}" for name in TABLES}
    assert (settings.stage, settings.mode, settings.region) == ("dev", "live", "eu-west-1")
    assert settings.public_url == "https://wallet.example"


@pytest.mark.parametrize("name", [name for name in GIVEN if name != "WALLET_MODE"])
@pytest.mark.parametrize("how", ["missing", "empty"])
def test_what_is_missing_is_named(name: str, how: str) -> None:
    given = {**GIVEN, name: ""}
    if how == "missing":
        del given[name]
    with pytest.raises(SettingsIncomplete, match=name):
        Settings.from_environment(given)


def test_a_wallet_is_a_test_wallet_until_it_is_said_to_be_live() -> None:
    assert (
        Settings.from_environment({name: value for name, value in GIVEN.items() if name != "WALLET_MODE"}).mode
        == "test"
    )
    with pytest.raises(SettingsIncomplete, match="WALLET_MODE"):
        Settings.from_environment({**GIVEN, "WALLET_MODE": "prod"})


def test_the_environment_is_what_is_read_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in GIVEN.items():
        monkeypatch.setenv(name, value)
    assert Settings.from_environment().region == "eu-west-1"
