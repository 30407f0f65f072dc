"""What an operator does with merchants: of a deployed wallet from the terminal, of the local one through the sandbox."""

import os
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.session import get_session
from msgspec.structs import replace

from dev.client import Api
from dev.cloud.local import LocalCloud
from dev.merchants import deployed, main
from tests.build import Shop, a_person, refused
from tests.selling import a_key, apply
from tests.shopping import ask

TEA_HOUSE = ["--name", "翠湖茶馆", "--latin-name", "CUIHU TEA", "--category", "5814", "--city", "Kunming"]


def run(cloud: LocalCloud, *words: str) -> int:
    return main(["--function", "wallet-api", *words], lambda _function, _region: cloud.wallet)


def test_what_does_not_exist_or_is_not_acceptable_is_said_in_a_sentence(
    cloud: LocalCloud, capsys: pytest.CaptureFixture[str]
) -> None:
    unknown = "mer_01KAMS3Q0V5T1C9D9SZ3GZ2WQY"
    for words in (
        ["issue-key", unknown],
        ["suspend", unknown],
        ["reinstate", unknown],
        ["revoke-key", "sk_test_x"],
        ["approve", "app_01KAMS3Q0V5T1C9D9SZ3GZ2WQY"],
    ):
        assert run(cloud, *words) == 1
        assert capsys.readouterr().err == "There is no such merchant, key or application.\n"
    assert run(cloud, "create", "--name", "茶", "--category", "5814", "--city", "昆明") == 1
    assert capsys.readouterr().err == "Not acceptable: latin_name, latin_city\n"


def test_an_operator_creates_a_merchant_and_rolls_its_key(
    api: Api, cloud: LocalCloud, capsys: pytest.CaptureFixture[str]
) -> None:
    """D1."""

    def said(*words: str) -> str:
        assert run(cloud, *words) == 0
        return capsys.readouterr().out

    merchant_id = said("create", *TEA_HOUSE).split()[0]
    first, second = (Shop(merchant_id, said("issue-key", merchant_id).split()[0]) for _ in range(2))
    assert "revoked" in said("revoke-key", first.key)
    refused(ask(api, first), 401, "api_key_revoked")
    assert ask(api, second).ok(201)["merchant"] == {"id": merchant_id, "name": "翠湖茶馆"}
    said("suspend", merchant_id)
    refused(ask(api, second), 403, "merchant_suspended")
    said("reinstate", merchant_id)
    ask(api, second).ok(201)


def test_an_operator_decides_applications(api: Api, cloud: LocalCloud, capsys: pytest.CaptureFixture[str]) -> None:
    """D1."""
    owner = a_person(api, cloud)
    whole = apply(api, owner).ok(201)
    lacking = apply(api, owner, contact=None).ok(201)
    assert run(cloud, "applications") == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(f"{whole['id']}  pending  {whole['merchant_id']}  昆明翠湖茶馆有限公司  91350100M000100Y43")
    assert run(cloud, "approve", lacking["id"]) == 1
    assert capsys.readouterr().err == "It lacks: contact.\n"
    assert run(cloud, "approve", whole["id"]) == 0
    assert run(cloud, "decline", lacking["id"], "--reason", "Another company's name.") == 0
    capsys.readouterr()
    for words in (["approve", whole["id"]], ["decline", whole["id"], "--reason", "x"], ["approve", lacking["id"]]):
        assert run(cloud, *words) == 1
        assert capsys.readouterr().err == "It was decided already.\n"
    assert run(cloud, "applications") == 0
    assert capsys.readouterr().out == "Nobody waits for a decision.\n"


def test_in_a_live_deployment_the_merchant_exists_from_the_approval_on(api: Api, cloud: LocalCloud) -> None:
    """D1: the same tables here, the other mode's rule."""
    owner = a_person(api, cloud)
    here = cloud.wallet.merchant_applications
    applications = replace(here, mode="live")
    object.__setattr__(cloud.wallet, "merchant_applications", applications)
    try:
        begun = apply(api, owner).ok(201)
    finally:
        object.__setattr__(cloud.wallet, "merchant_applications", here)
    path = f"/v1/merchants/{begun['merchant_id']}"
    refused(api.get(path, token=owner.token), 404, "not_found")
    refused(api.post(f"{path}/api_keys", {"name": "early"}, token=owner.token), 404, "not_found")
    applications.approve(begun["id"])
    assert api.get(path, token=owner.token).ok(200)["name"] == "翠湖茶馆"
    assert api.get(f"{path}/settlement_account", token=owner.token).ok(200)["status"] == "active"
    shop = Shop(begun["merchant_id"], a_key(api, owner.token, begun["merchant_id"])["secret"])
    ask(api, shop).ok(201)


def test_the_wallet_is_opened_with_the_deployed_functions_own_settings(cloud: LocalCloud) -> None:
    variables = {name: value for name, value in os.environ.items() if name.startswith("WALLET_")}
    session: Any = get_session()
    asked: list[str] = []

    def answer(params: dict[str, Any], **_: Any) -> Any:
        asked.append(params["url_path"])
        return SimpleNamespace(status_code=200), {"Environment": {"Variables": variables}}

    session.register("before-call.lambda.GetFunctionConfiguration", answer)
    wallet = deployed("wallet-api-prod", cloud.region, session)
    merchant = wallet.merchants.create("Tea House", "5814", "Kunming")
    wallet.close()
    assert asked == ["/2015-03-31/functions/wallet-api-prod/configuration"]
    assert cloud.wallet.merchants.issue_key(merchant.id)


def test_the_sandbox_makes_merchants_too(api: Api) -> None:
    body = {"name": "翠湖茶馆", "latin_name": "CUIHU TEA", "category": "5814", "city": "Kunming"}
    made = api.post("/sandbox/merchants", body).ok(200)
    assert ask(api, Shop(made["id"], made["api_key"])).ok(201)["merchant"]["name"] == "翠湖茶馆"


def test_whatever_merchant_the_sandbox_makes_can_be_paid_out(api: Api, cloud: LocalCloud) -> None:
    """To the account that it names, whose number says what its bank does; the seeded one as well."""
    body = {"name": "Tea", "category": "5814", "city": "Kunming", "account_number": "8110701012800000001"}
    made = api.post("/sandbox/merchants", body).ok(200)
    api.post("/sandbox/reset").ok(200)
    remade = api.post("/sandbox/merchants", body).ok(200)
    assert remade["id"] != made["id"]
    accounts = {cloud.seeded["merchant_id"]: cloud.seeded["merchant_key"], remade["id"]: remade["api_key"]}
    found = [
        api.get(f"/v1/merchants/{merchant}/settlement_account", token=key).ok(200) for merchant, key in accounts.items()
    ]
    assert [(each["status"], each["last4"]) for each in found] == [("active", "3456"), ("active", "0001")]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"name": "Tea", "category": "5814"}, "/city"),
        ({"name": "Tea", "category": 5814, "city": "Kunming"}, "/category"),
        ({"name": "茶", "category": "5814", "city": "Kunming"}, "/latin_name"),
        ({"name": "Tea", "category": "5814", "city": "Kunming", "country": 1}, "/country"),
        ({"name": "Tea", "category": "5814", "city": "Kunming", "mode": "live"}, "/mode"),
        ({"name": "Tea", "category": "5814", "city": "Kunming", "account_number": "12"}, "/account_number"),
    ],
)
def test_the_sandbox_names_what_is_wrong_with_a_merchant(api: Api, body: dict[str, Any], pointer: str) -> None:
    answer = api.post("/sandbox/merchants", body)
    assert answer.status == 422
    assert answer.json["errors"][0]["pointer"] == pointer
