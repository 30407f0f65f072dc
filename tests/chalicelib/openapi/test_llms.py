"""llms.txt names every call of the API in a line."""

from typing import Any

from chalicelib.openapi.llms import llms_txt


def test_every_call_has_its_line(document: Any) -> None:
    shown = llms_txt(document, ["webhooks"])
    assert shown.startswith("# Wallet API\n\n> ")
    for path, item in document["paths"].items():
        for method in item:
            assert (f"- `{method.upper()} {path}`: " in shown) == path.startswith("/v1/")
    assert "(https://wallet.example/docs/guides/webhooks)" in shown
