"""docs/guides/ and the changelog as pages beside the reference."""

from collections.abc import Callable
from functools import partial
from html import escape
from string import Template

from dev.markdown import html_of
from dev.templates import ROOT

SOURCE, MADE = ROOT / "docs" / "guides", "web/docs"


def pages() -> dict[str, Callable[[], str]]:
    """By the file's name, what makes it."""
    made: dict[str, Callable[[], str]] = {f"{MADE}/guides/{name}.html": partial(guide, name) for name in names()}
    return {**made, f"{MADE}/guides.html": index, f"{MADE}/changelog.html": changelog}


def names() -> list[str]:
    return sorted(path.stem for path in SOURCE.glob("*.md"))


def guide(name: str) -> str:
    """One guide."""
    text = (SOURCE / f"{name}.md").read_text("utf-8")
    return _page(_title(text), html_of(text, "../"), "../", _language(name))


def index() -> str:
    """The list of guides."""
    titles = {name: _title((SOURCE / f"{name}.md").read_text("utf-8")) for name in names()}
    items = "\n".join(
        f'<li><a href="guides/{name}" lang="{_language(name)}">{escape(title)}</a></li>'
        for name, title in titles.items()
    )
    return _page("Guides", f"<h1>Guides</h1>\n<ul>\n{items}\n</ul>", "")


def changelog() -> str:
    """CHANGELOG.md."""
    return _page("Changelog", html_of((ROOT / "CHANGELOG.md").read_text("utf-8"), ""), "")


def _language(name: str) -> str:
    """A guide in Chinese says so in its name."""
    return "zh-CN" if name.startswith("zh-") else "en"


def _title(text: str) -> str:
    return text.partition("\n")[0].removeprefix("# ")


def _page(title: str, body: str, home: str, language: str = "en") -> str:
    template = (ROOT / MADE / "page.html").read_text("utf-8")
    return Template(template).substitute(title=escape(title), body=body, home=home, language=language)
