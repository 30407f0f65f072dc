"""What a confirmation says, in one language: amount, other side, time and reference, and what to do if it was somebody else."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from wallet_api.confirmations.model import Confirmation, shown_time
from wallet_api.inbox.model import nameless
from wallet_api.inbox.use_cases import texts as inbox_texts
from wallet_api.people.model import Locale
from wallet_api.sides.model import Side


class Wording(Struct, frozen=True):
    """The title, the text, and the name that an SMS begins with, since it has no sender that people know."""

    title: str
    text: str
    sender: str


def worded(confirmation: Confirmation, side: Side, locale: Locale) -> Wording:
    """A confirmation as a person reads it. A name may hold braces: it is put in last, and nothing is read in it."""
    words = texts()["words"][locale]
    kind = confirmation.type
    unmoved = f"{kind}.unmoved"
    text = texts()[unmoved if not side.moved and unmoved in texts() else kind][locale]
    subject = str(confirmation.data["id"])
    if not confirmation.kind.urgent:
        # A code that did not pay leaves nothing that could be looked up.
        text += words["time" if subject.startswith("dev_") else "reference"]
    text += words["not_you"] if confirmation.kind.asked else ""
    filled = {
        "{amount}": str(confirmation.amount or ""),
        "{fee}": words["fee"].replace("{fee}", str(side.fee)) if side.fee else "",
        "{arrival}": words["arrival"] if confirmation.arrives_at else "",
        "{arrives_at}": shown_time(confirmation.arrives_at, locale) if confirmation.arrives_at else "",
        "{time}": shown_time(confirmation.happened_at, locale),
        "{reference}": subject,
        "{who}": side.name or words[nameless(confirmation.type)],
    }
    for place, value in filled.items():
        text = text.replace(place, value)
    return Wording(inbox_texts()[kind][locale]["title"], text, words["sender"])


@cache
def texts() -> dict[str, Any]:
    """The shipped words: by type and language, and those that all share under `words`."""
    import tomllib

    return tomllib.loads((Path(__file__).parent.parent / "texts.toml").read_text(encoding="utf-8"))
