"""`./wallet documents`: writes the pages that follow from the code: docs/errors.md, docs/events.md in both languages,
docs/security.md, docs/licences.md, and under web/docs/ the guides and the changelog as the reference page shows them.

A test compares all with what this would write, so they cannot grow old.
"""

import ast
import importlib
import pkgutil
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path

import chalicelib
import wallet_api
from chalicelib import messages
from chalicelib.error_pages import MONEY, RETRY
from chalicelib.errors import status_of
from chalicelib.messages import Locale
from dev import event_pages, guides, licences
from dev.statements import WITHOUT_A_TEST, Statement
from wallet_api.errors import WalletError

ROOT = Path(__file__).resolve().parent.parent
THREATS = ROOT / "dev" / "threat_model.md"
"""Written by hand; the rest of the page is found in the tests."""
MADE = "Made by `./wallet documents`; change the code and make it anew."

CHAPTERS = {
    "A": "Authentication",
    "M": "Money",
    "P": "The API's surface",
    "D": "Data",
    "O": "Operations",
    "S": "What we stand on",
}
_STATEMENT = re.compile(rf"\b([{''.join(CHAPTERS)}])(\d{{1,2}})\b", re.ASCII)

ERRORS = """# Errors · 错误代码

{made} Each code has a page in both languages at `/docs/errors/{{code}}`, which is the `type` of its problems.
每个错误代码在 `/docs/errors/{{code}}` 有中英文对照的说明，错误响应里的 `type` 即指向该页。

{legend}

| code · 代码 | HTTP | money moved · 资金变动 | retry · 重试 | says · 说明 |
|---|---|---|---|---|
{rows}

## What may be wrong with one field · 字段错误

| code · 代码 | says · 说明 |
|---|---|
{fields}
"""

SECURITY = """# Security

{made}

{threats}

## What is held by which test

Security and reliability requirements are numbered, and a test that holds one names it in its docstring. This lists them
all, so that coverage can be counted: {count} statements are held.

{chapters}

### Without a test

{reasons}
"""


def load_everything() -> None:
    """Imports every module, so that every error is known."""
    for package in (wallet_api, chalicelib):
        for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            importlib.import_module(found.name)


def our_errors() -> dict[str, type[WalletError]]:
    """Every error that has a code, by its code."""
    load_everything()
    ours = ("wallet_api.", "chalicelib.")
    return {code: kind for code, kind in sorted(WalletError.by_code.items()) if kind.__module__.startswith(ours)}


def errors_md() -> str:
    """docs/errors.md: exactly the catalog."""
    catalog = messages.catalog()
    rows = [
        f"| `{code}` | {status_of(kind)} | {kind.money_moved} | {kind.retry} | {_both(catalog[code]['title'])} |"
        for code, kind in our_errors().items()
    ]
    fields = [
        f"| `{code}` | {_both({locale: messages.field_detail(code, locale, {}) for locale in messages.LOCALES})} |"
        for code in sorted(catalog["fields"])
    ]
    legend = [f"- `{word}`: {texts['en']} {texts['zh-CN']}" for word, texts in {**MONEY, **RETRY}.items()]
    return ERRORS.format(made=MADE, legend="\n".join(legend), rows="\n".join(rows), fields="\n".join(fields))


def _both(texts: Mapping[Locale, str]) -> str:
    return f"{texts['en']} · {texts['zh-CN']}".replace("|", "\\|")


def held() -> dict[tuple[str, int], list[tuple[str, str]]]:
    """The statements that tests name, with the file and the sentence of each of these tests."""
    found: dict[tuple[str, int], list[tuple[str, str]]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for test, text in _tests(ast.parse(path.read_text("utf-8"))):
            sentence = test.removeprefix("test_").replace("_", " ")
            for letter, number in _STATEMENT.findall(text):
                place = (path.relative_to(ROOT).as_posix(), sentence)
                if place not in found[letter, int(number)]:
                    found[letter, int(number)].append(place)
    return found


def _tests(module: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node.name, ast.get_docstring(node) or ""


def security_md() -> str:
    """docs/security.md: the threat model, then statement by statement the tests that hold it."""
    statements = held()
    chapters = []
    for letter, title in CHAPTERS.items():
        numbers = sorted(number for chapter, number in statements if chapter == letter)
        if not numbers:
            continue
        lines = [f"### {title}", ""]
        for number in numbers:
            lines.append(f"- **{letter}{number}**")
            lines += [f"  - {sentence} (`{place}`)" for place, sentence in statements[letter, number]]
        chapters.append("\n".join(lines))
    reasons = [f"- **{letter}{number}** {why}" for (letter, number), why in sorted(reasons_for(statements).items())]
    return SECURITY.format(
        made=MADE,
        threats=THREATS.read_text("utf-8").strip(),
        count=len(statements),
        chapters="\n\n".join(chapters),
        reasons="\n".join(reasons) or "Every one has a test.",
    )


def reasons_for(statements: Collection[Statement]) -> dict[Statement, str]:
    """Why a statement has no test, for those that have none."""
    return {each: why for each, why in WITHOUT_A_TEST.items() if each not in statements}


PAGES: dict[str, Callable[[], str]] = {
    **event_pages.pages(),
    "docs/errors.md": errors_md,
    "docs/security.md": security_md,
    **licences.pages(),
    **guides.pages(),
}


def main() -> int:
    """Writes the pages; returns 0."""
    for name, made in PAGES.items():
        (ROOT / name).parent.mkdir(exist_ok=True)
        (ROOT / name).write_text(made(), "utf-8")
        print(name)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
