"""docs/guides/, what developers look up and the changelog as pages beside the reference: each in English and in Chinese."""

from collections.abc import Callable
from functools import partial
from html import escape
from pathlib import Path
from string import Template

from dev.markdown import html_of
from dev.templates import ROOT

DOCS, MADE = ROOT / "docs", "web/docs"
GUIDES = (
    "accept-a-payment",
    "take-a-payment-code-at-the-till",
    "mandates",
    "refunds",
    "delayed-transfers",
    "webhooks",
    "operations-and-retries",
    "keys-and-signatures",
    "reconciliation",
    "going-live",
)
"""In the order in which a newcomer reads them."""

LOOKED_UP = ("sandbox", "events", "declines")
"""Pages of docs/ that guides lead to."""

CHINESE = "zh-"
"""A page in Chinese has its name from the one in English."""

NAV = {
    "en": {"guides": "Guides", "errors": "Errors · 错误", "changelog": "Changelog"},
    "both": {"guides": "Guides · 使用指南", "errors": "Errors · 错误", "changelog": "Changelog · 更新记录"},
    "zh-CN": {"guides": "使用指南", "errors": "错误代码", "changelog": "更新记录"},
}


def pages() -> dict[str, Callable[[], str]]:
    """By the file's name, what makes it."""
    made: dict[str, Callable[[], str]] = {f"{MADE}/guides/{name}.html": partial(guide, name) for name in names()}
    return {**made, f"{MADE}/guides.html": index, f"{MADE}/changelog.html": changelog}


def names() -> list[str]:
    """Every page in both languages, English first."""
    return [language + name for language in ("", CHINESE) for name in (*GUIDES, *LOOKED_UP)]


def source(name: str) -> Path:
    """Where a page is written."""
    return (DOCS if name.removeprefix(CHINESE) in LOOKED_UP else DOCS / "guides") / f"{name}.md"


def guide(name: str) -> str:
    """One guide."""
    text = source(name).read_text("utf-8")
    other = name.removeprefix(CHINESE) if name.startswith(CHINESE) else CHINESE + name
    to, language = f'<a href="../guides/{other}" ', _language(other)
    body = html_of(text, "../").replace(to, f'{to}lang="{language}" hreflang="{language}" ', 1)
    return _page(_title(text), body, "../", _language(name))


def index() -> str:
    """The list of guides, in both languages."""
    lines = [
        '<h1>Guides · <span lang="zh-CN">使用指南</span></h1>',
        *_listed(GUIDES),
        '<h2>To look up · <span lang="zh-CN">速查</span></h2>',
        *_listed(LOOKED_UP),
    ]
    return _page("Guides · 使用指南", "\n".join(lines), "", nav="both")


def _listed(some: tuple[str, ...]) -> list[str]:
    return ["<ul>", *(f"<li>{_link(name)} · {_link(CHINESE + name)}</li>" for name in some), "</ul>"]


def _link(name: str) -> str:
    title = escape(_title(source(name).read_text("utf-8")))
    return f'<a href="guides/{name}" lang="{_language(name)}">{title}</a>'


def changelog() -> str:
    """CHANGELOG.md."""
    return _page("Changelog", html_of((ROOT / "CHANGELOG.md").read_text("utf-8"), ""), "")


def _language(name: str) -> str:
    """A guide in Chinese says so in its name."""
    return "zh-CN" if name.startswith(CHINESE) else "en"


def _title(text: str) -> str:
    return text.partition("\n")[0].removeprefix("# ")


def _page(title: str, body: str, home: str, language: str = "en", nav: str | None = None) -> str:
    template = (ROOT / MADE / "page.html").read_text("utf-8")
    return Template(template).substitute(
        NAV[nav or language], title=escape(title), body=body, home=home, language=language
    )
