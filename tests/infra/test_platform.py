"""What Chalice and API Gateway would do badly by themselves is not used, or laid over."""

import ast

from app import app
from dev.templates import ROOT, Template

EDGE = [*(ROOT / "chalicelib").rglob("*.py"), ROOT / "app.py"]


def test_s1_s4_no_authorizer_of_chalices_stands_before_a_function(template: Template) -> None:
    """S1, S4: nothing that API Gateway could cache for five minutes; who calls is decided inside, at every request."""
    body = template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]
    assert "securityDefinitions" not in body
    assert all(entry.authorizer is None for methods in app.routes.values() for entry in methods.values())


def test_s9_the_current_request_is_read_in_one_place_and_handed_on() -> None:
    """S9: it is the whole module's, and stays after the call."""
    readers = [
        path.name
        for path in EDGE
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "current_request"
    ]
    assert readers == ["http.py"]


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
    endpoints = [each for routes in __import__("chalicelib.routes", fromlist=["ALL"]).ALL for each in routes.endpoints]
    media = {each.answer for each in endpoints if isinstance(each.answer, str)}
    assert media
    assert not media & set(app.api.binary_types)
