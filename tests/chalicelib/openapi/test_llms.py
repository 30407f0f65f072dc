"""llms.txt names every call of the API in a line."""

from typing import Any

from chalicelib.openapi.llms import llms_txt


def test_every_call_has_its_line(document: Any) -> None:
    shown = llms_txt(document, {"webhooks": "Webhooks and how to trust them"})
    assert shown.startswith("# Wallet API\n\n> ")
    for path, item in document["paths"].items():
        for method in item:
            assert (f"- `{method.upper()} {path}`" in shown) == path.startswith("/v1/")
    assert "- [Webhooks and how to trust them](https://wallet.example/docs/guides/webhooks)" in shown


def test_a_call_says_who_may_make_it_and_what_it_takes(document: Any) -> None:
    shown = llms_txt(document, {})
    assert "- `POST /v1/payments` (merchant with payments:write, *key*): " in shown
    assert "- `GET /v1/payments/{payment_id}` (customer or merchant with payments:read): " in shown
    assert "- `POST /v1/registrations`: " in shown


def test_every_webhook_has_its_line(document: Any) -> None:
    shown = llms_txt(document, {})
    assert [kind for kind in document["webhooks"] if f"- `{kind}`: " not in shown] == []
