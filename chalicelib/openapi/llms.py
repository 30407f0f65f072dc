"""`/llms.txt` (https://llmstxt.org): where what is, in a form that a language model reads at once."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.openapi.parts import Json

REQUIRED = "#/components/parameters/IdempotencyKeyRequired"


def llms_txt(document: Json, guides: Mapping[str, str]) -> str:
    """The whole file: the document's own introduction, the guides by name and title, who calls, each call and each webhook."""
    summary, _, rest = document["info"]["description"].partition("\n")
    url = document["servers"][0]["url"]
    lines = [f"# {document['info']['title']}", "", f"> {summary}", "", rest.strip(), "", "## Read first", ""]
    lines += [
        f"- [OpenAPI 3.1]({url}/openapi.json): every call, shape, refusal and webhook, in English and Chinese",
        f"- [Errors]({url}/docs/errors): every `code`, what it means for the money, what to do",
        f"- [Changelog]({url}/docs/changelog)",
        f"- [Bruno collection]({url}/docs/bruno.json): every call ready to be sent, and a journey from registering to a refund",
        *(f"- [{title}]({url}/docs/guides/{name})" for name, title in guides.items()),
        *("", "## Who calls", ""),
        *(f"- {name}: {each['description']}" for name, each in document["components"]["securitySchemes"].items()),
        "- anybody, where a call below names no one",
        *("", "A call marked with *key* requires an `Idempotency-Key`."),
    ]
    for tag in document["tags"]:
        told = [
            f"- `{method.upper()} {path}`{_called(operation)}: {operation['summary']}"
            for path, item in document["paths"].items()
            for method, operation in item.items()
            if operation["tags"][0] == tag["name"] and path.startswith("/v1/")
        ]
        lines += ["", f"## {_titled(tag['name'])}", "", tag["description"], "", *told] if told else []
    lines += ["", "## Webhooks", "", "Sent to the addresses that a merchant gave, signed by Standard Webhooks.", ""]
    lines += [f"- `{kind}`: {item['post']['summary']}" for kind, item in document.get("webhooks", {}).items()]
    return "\n".join(lines) + "\n"


def _called(operation: Json) -> str:
    """Who calls and what it takes, such as ` (merchant with payments:write, key)`."""
    callers = [" with ".join([kind, *scopes[:1]]) for each in operation["security"] for kind, scopes in each.items()]
    told = [" or ".join(callers)] if callers else []
    told += ["*key*"] if {"$ref": REQUIRED} in operation["parameters"] else []
    return f" ({', '.join(told)})" if told else ""


def _titled(name: str) -> str:
    return name.replace("_", " ").capitalize()
