"""`./wallet documents`: writes the pages that follow from the code: docs/errors.md, docs/events.md, docs/security.md,
docs/licences.md, and under web/docs/ the guides and the changelog as the reference page shows them.

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
from dev import guides, licences
from dev.statements import WITHOUT_A_TEST, Statement
from wallet_api.confirmations.model import CHANNELS, TOLD, Kind
from wallet_api.errors import WalletError
from wallet_api.events.model import TYPES

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

ERRORS = """# Errors

{made} Each code has a page in both languages at `/docs/errors/{{code}}`, which is the `type` of its problems.

{legend}

| code | HTTP | money moved | retry | says |
|---|---|---|---|---|
{rows}

## What may be wrong with one field

| code | says |
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


EVENTS = """# Events

{made} Merchants and people list their own at `GET /v1/events`; merchants have theirs sent to them
([webhooks](guides/webhooks.md)).

| type | told when |
|---|---|
{rows}

## What people are told of, and where

Everything in this table stands in the inbox of the person it concerns (`GET /v1/notifications`). Beside it they choose, by topic,
what is pushed to their phones, sent by SMS or mailed: `GET` and `PATCH /v1/me/notification_preferences`. At first push is on, SMS
and e-mail are off. What moved money goes over every channel that is on; what moved none is only pushed. What waits for the person
is pushed whatever they chose, and only while it waits. Below `sms_from` no SMS is sent. What happens to the access to a wallet
(new devices, passwords, freezes) is told by SMS and e-mail in any case.

| type | topic | goes out by |
|---|---|---|
{told}

A phone is pushed to once its app has sent `PUT /v1/devices/current/push_token` with the token that Apple or Firebase gave it,
until its session ends, however it ends; an app sends it after each sign-in and whenever its token changes. Of a push, `data`
names the object: `notification_id`, `type`, `object`, `id`.

A confirmation says the amount, a fee on top, the merchant's registered name or the other person's masked number, the time in
China and the reference, in the person's language (`locale`: their profile's, or another); never a card's or a phone's whole
number, and no link. It comes after the fact and no movement waits for it. A message company that is away is asked again for a
day, ten minutes long for what waits. No SMS and no e-mail is sent twice for one movement; a push that is sent twice is shown
once. A person gets at most ten SMS in ten minutes and fifty a day, and two hundred mails; the inbox has all.
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


def _goes_out(kind: Kind) -> str:
    if kind.urgent:
        return "push, in any case"
    return ", ".join(CHANNELS) if kind.moves else "push"


def events_md() -> str:
    """docs/events.md: every type of event, and what people are told of."""
    rows = [f"| `{kind}` | {when} |" for kind, when in sorted(TYPES.items())]
    told = [f"| `{name}` | `{kind.topic}` | {_goes_out(kind)} |" for name, kind in sorted(TOLD.items())]
    return EVENTS.format(made=MADE, rows="\n".join(rows), told="\n".join(told))


PAGES: dict[str, Callable[[], str]] = {
    "docs/events.md": events_md,
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
