"""An object is followed from its making by the document's links."""

from typing import Any


def links(document: Any, method: str, path: str, status: str) -> Any:
    return document["paths"][path][method]["responses"][status].get("links", {})


def test_what_is_made_can_be_looked_at_and_moved_on(document: Any) -> None:
    found = links(document, "post", "/v1/payments", "201")
    assert {"payments_get_payment", "payments_confirm_payment", "payments_capture_payment"} <= set(found)
    assert found["payments_get_payment"]["parameters"] == {"payment_id": "$response.body#/id"}


def test_a_list_leads_to_its_first_row(document: Any) -> None:
    found = links(document, "get", "/v1/cards", "200")
    assert found["cards_get_card"]["parameters"] == {"card_id": "$response.body#/data/0/id"}


def test_what_is_inside_another_object_keeps_it(document: Any) -> None:
    found = links(document, "post", "/v1/merchants/{merchant_id}/api_keys", "201")
    parameters = found["api_keys_revoke_api_key"]["parameters"]
    assert parameters["merchant_id"] == "$request.path.merchant_id"


def test_every_link_leads_to_an_operation_and_names_its_parameters(document: Any) -> None:
    known = {told["operationId"]: told for item in document["paths"].values() for told in item.values()}
    for item in document["paths"].values():
        for told in item.values():
            for answer in told["responses"].values():
                for link in answer.get("links", {}).values():
                    named = {
                        each["name"] for each in known[link["operationId"]]["parameters"] if each.get("in") == "path"
                    }
                    assert set(link["parameters"]) == named
