"""What Chalice and API Gateway would do badly by themselves is not used, or laid over."""

import ast
import json
import re
from collections.abc import Iterator
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from app import app
from bench.meter import metered
from chalicelib.routes import every
from dev.cloud.local import LocalCloud
from dev.templates import ROOT, Template
from tests.build import a_person, key
from tests.client import Api
from tests.contract.place import AN_ID

EDGE = [*(ROOT / "chalicelib").rglob("*.py"), ROOT / "app.py"]


def test_s1_s4_no_authorizer_of_chalices_stands_before_a_function(template: Template) -> None:
    """S1, S4: nothing that API Gateway could cache for five minutes; who calls is decided inside, at every request."""
    body = template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]
    assert "securityDefinitions" not in body
    assert all(entry.authorizer is None for methods in app.routes.values() for entry in methods.values())


def test_s9_the_current_request_is_read_by_views_alone_and_handed_on() -> None:
    """S9: it is the whole module's, and stays after the call. Both kinds of views give it to the same function at once."""
    readers = [
        (path.name, function.name)
        for path in EDGE
        for function in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in function.body
        for inner in ast.walk(node)
        if isinstance(inner, ast.Attribute) and inner.attr == "current_request" and not holds_function(node)
    ]
    assert sorted(readers) == [("http.py", "view"), ("late.py", "view")]
    read = sum(path.read_text("utf-8").count("current_request") for path in EDGE)
    assert read == len(readers), "read outside of a function"


def holds_function(node: ast.stmt) -> bool:
    return any(isinstance(inner, ast.FunctionDef) for inner in ast.walk(node))


def test_s12_business_knows_nothing_of_chalice() -> None:
    """S12: should its upkeep end, the edge alone is written anew."""
    importing = [
        path.name
        for path in (ROOT / "wallet_api").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if (isinstance(node, ast.ImportFrom) and (node.module or "").startswith("chalice"))
        or (isinstance(node, ast.Import) and any(each.name.startswith("chalice") for each in node.names))
    ]
    assert importing == []


def test_s14_no_answer_is_of_a_type_that_api_gateway_takes_for_binary() -> None:
    """S14: Chalice answers 400 to a caller whose Accept does not name such a type."""
    endpoints = [each for routes in every() for each in routes.endpoints]
    media = {each.answer for each in endpoints if isinstance(each.answer, str)}
    assert media
    assert not media & set(app.api.binary_types)


def test_s3_nobody_is_let_in_by_the_local_server_who_would_be_refused_by_a_deployed_one(api: Api) -> None:
    """S3: `chalice local` takes every token. Here the app itself decides, so that each endpoint refuses what nobody made."""
    imported = {name for path in (ROOT / "dev").rglob("*.py") for name in imports_of(path)}
    assert not {name for name in imported if name.startswith("chalice.local")}
    closed = [each for routes in every() for each in routes.endpoints if each.callers]
    assert len(closed) > 100
    for each in closed:
        path = re.sub(r"\{\w+\}", AN_ID, each.path)
        for token in (None, "at_" + "A" * 80, f"sk_test_{'A' * 60}"):
            answer = api.call(each.method, path, token=token, key=key(), lang="en")
            assert (answer.status, answer.json["code"]) == (401, "not_authenticated"), f"{each.method} {path}"


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{each.name}" for each in node.names)
        elif isinstance(node, ast.Import):
            yield from (each.name for each in node.names)


def test_s7_chalice_never_shows_a_traceback_and_never_words_an_error() -> None:
    """S7: its debugging is off, and none of its errors, whose texts go to the client as they are, is raised or imported."""
    assert app.debug is False
    words = {name for path in EDGE for name in imports_of(path) if name.startswith("chalice")}
    assert words
    assert not {name for name in words if name.endswith("Error")}


@pytest.mark.parametrize(
    "given", ["%2e%2e%2f", "..%2Fpay_x", "pay_%00", "%70ay_01", "pay_01KAMS3Q0V5T1C9D9SZ3GZ2WQY%20", "pay_1'--"]
)
def test_s8_what_does_not_look_like_an_id_is_as_missing_as_an_unknown_one(
    api: Api, cloud: LocalCloud, given: str
) -> None:
    """S8: however the path was escaped, and whether or not the gateway decodes it; no table is asked for it."""
    someone = a_person(api, cloud)
    unknown = api.get(f"/v1/payments/{AN_ID}", token=someone.token)
    with metered() as meter:
        odd = api.get(f"/v1/payments/{given}", token=someone.token)
    assert (odd.status, odd.json["code"]) == (unknown.status, unknown.json["code"]) == (404, "not_found")
    assert not meter.names


def test_s13_the_pip_that_is_locked_is_one_that_chalice_takes() -> None:
    """S13: Chalice wants an old enough pip, and would not install beside another."""
    wanted = next(each for each in map(Requirement, requires("chalice") or ()) if each.name == "pip")
    for lock in sorted(ROOT.glob("requirements-*.txt")):
        text = lock.read_text("utf-8")
        if re.search(r"^chalice==", text, re.MULTILINE):
            (version,) = re.findall(r"^pip==(\S+)", text, re.MULTILINE)
            assert wanted.specifier.contains(version), lock.name


def test_o4_no_queue_is_in_order_so_that_nothing_has_to_wait_for_what_failed(template: Template) -> None:
    """O4: of a FIFO queue the rest of a group would have to be given back; there is none, and no handler needs an order."""
    queues = [one for one in template["Resources"].values() if one["Type"] == "AWS::SQS::Queue"]
    assert queues
    for queue in queues:
        assert "FifoQueue" not in queue["Properties"]
        assert not str(queue["Properties"].get("QueueName", "")).endswith(".fifo")


def test_d10_nothing_secret_stands_in_the_template_or_in_chalices_settings(template: Template) -> None:
    """D10: a function is told the secret's name, and reads it itself; nothing that is kept in git or shown by Lambda holds one."""
    variables = template["Globals"]["Function"]["Environment"]["Variables"]
    assert variables["WALLET_KEYS_SECRET"] == {"Ref": "KeysSecret"}
    assert all(isinstance(value, dict) for value in variables.values()), "each is a name that CloudFormation fills in"
    secret = template["Resources"]["KeysSecret"]["Properties"]
    assert "SecretString" not in secret
    assert secret["GenerateSecretString"]["PasswordLength"] >= 64
    settings = json.loads((ROOT / ".chalice/config.json").read_text("utf-8"))
    assert "environment_variables" not in json.dumps(settings)
    assert not [name for name, one in template["Parameters"].items() if "Secret" in name or one.get("NoEcho")]
