"""`/llms.txt` (https://llmstxt.org): where what is, in a form that a language model reads at once."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.openapi.parts import Json


def llms_txt(document: Json, guides: Sequence[str]) -> str:
    """The whole file: the document's own introduction, the guides, and a line for each call."""
    lines = [f"# {document['info']['title']}", "", "> " + document["info"]["description"].partition("\n")[0], ""]
    lines += [document["info"]["description"].partition("\n")[2].strip(), "", "## Read first", ""]
    url = document["servers"][0]["url"]
    lines += [
        f"- [OpenAPI 3.1]({url}/openapi.json): every call, shape, refusal and webhook",
        f"- [Errors]({url}/docs/errors): every `code`, what it means for the money, what to do",
        f"- [Changelog]({url}/docs/changelog)",
        *(f"- [{_titled(name)}]({url}/docs/guides/{name})" for name in guides),
    ]
    for tag in document["tags"]:
        told = [
            f"- `{method.upper()} {path}`: {operation['summary']}"
            for path, item in document["paths"].items()
            for method, operation in item.items()
            if operation["tags"][0] == tag["name"] and path.startswith("/v1/")
        ]
        lines += ["", f"## {_titled(tag['name'])}", "", *told] if told else []
    return "\n".join(lines) + "\n"


def _titled(name: str) -> str:
    return name.replace("_", " ").replace("-", " ").capitalize()
