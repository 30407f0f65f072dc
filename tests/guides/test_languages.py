"""What stands in English stands in Chinese, and the other way round: the same pages, headings, code, tables, names, figures, links."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dev.guides import CHINESE, GUIDES, LOOKED_UP, names, source
from tests.guides.test_guides import GUIDES as WRITTEN

FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"`([^`]+)`")
LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")
FIGURE = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?")
CHINESE_SIGN = re.compile("[\u4e00-\u9fff]")
ASKS_FOR_A_LANGUAGE = ("en", "zh-CN")

in_pairs = pytest.mark.parametrize("name", [*GUIDES, *LOOKED_UP])


def both(name: str) -> tuple[str, str]:
    """The page in English, and in Chinese."""
    english, chinese = (source(language + name).read_text("utf-8") for language in ("", CHINESE))
    return english, chinese


def sections(text: str) -> list[tuple[str, str]]:
    """The marks of each heading and what stands under it, without the blocks of code."""
    parts = re.split(r"^(#+) .+$", FENCED.sub("", text), flags=re.MULTILINE)[1:]
    return list(zip(parts[::2], parts[1::2], strict=True))


def rows(text: str) -> list[str]:
    """The tables' rows, heads and rules included."""
    return [line for line in text.splitlines() if line.startswith("|")]


def strings(tree: ast.AST) -> Iterator[ast.Constant]:
    """Every text of a program, in an order that is the same for both languages."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node


def without_words(code: str) -> tuple[str, list[str]]:
    """A program's shape, whatever its comments and texts say, and its texts."""
    tree = ast.parse(code)
    said = []
    for each in strings(tree):
        said.append(str(each.value))
        each.value = ""
    return ast.dump(tree), said


def test_every_guide_is_there_in_both_languages_and_listed() -> None:
    assert {path.stem for path in WRITTEN} == {language + name for language in ("", CHINESE) for name in GUIDES}
    assert [name for name in names() if not source(name).exists()] == []


@in_pairs
def test_each_page_begins_with_its_title_and_the_way_to_the_other_language(name: str) -> None:
    english, chinese = both(name)
    assert re.match(rf"# .+\n\n\[中文\]\({CHINESE}{name}\.md\)\n\n", english)
    assert re.match(rf"# .+\n\n\[English\]\({name}\.md\)\n\n", chinese)
    assert CHINESE_SIGN.search(chinese.partition("\n")[0])


@in_pairs
def test_both_have_the_same_headings(name: str) -> None:
    english, chinese = both(name)
    assert [marks for marks, _ in sections(english)] == [marks for marks, _ in sections(chinese)]


@in_pairs
def test_both_show_the_same_code(name: str) -> None:
    """Comments apart; and what is said to people may be said in their language."""
    english, chinese = (FENCED.findall(text) for text in both(name))
    assert [kind for kind, _ in english] == [kind for kind, _ in chinese]
    for (kind, theirs), (_, ours) in zip(english, chinese, strict=True):
        if kind != "python":
            assert ours == theirs
            continue
        (shape, said), (our_shape, our_said) = without_words(theirs), without_words(ours)
        assert our_shape == shape, ours
        for text, our_text in zip(said, our_said, strict=True):
            assert our_text == text or CHINESE_SIGN.search(our_text) or (text, our_text) == ASKS_FOR_A_LANGUAGE, (
                our_text
            )


@in_pairs
def test_a_comment_in_one_is_a_comment_in_the_other(name: str) -> None:
    english, chinese = (
        [block.count("  # ") + block.count("\n# ") for _, block in FENCED.findall(text)] for text in both(name)
    )
    assert english == chinese


@in_pairs
def test_each_section_names_the_same_things(name: str) -> None:
    """What is set as code is a name of the API: one that is misspelt, or was left out, misleads."""
    english, chinese = (
        [sorted(CODE.findall(under)) for _, under in sections(text.replace(f"{CHINESE}{name}", name))]
        for text in both(name)
    )
    for theirs, ours in zip(english, chinese, strict=True):
        assert set(ours) == set(theirs)


@in_pairs
def test_each_table_has_the_same_rows(name: str) -> None:
    english, chinese = (
        [[CODE.findall(row.split("|")[1]) for row in rows(under)] for _, under in sections(text)] for text in both(name)
    )
    assert chinese == english


@in_pairs
def test_each_section_tells_the_same_figures(name: str) -> None:
    """A figure may be written out in English and not in Chinese; what is a figure in English is the same one in Chinese."""
    english, chinese = (
        [{each.replace(",", "") for each in FIGURE.findall(CODE.sub("", under))} for _, under in sections(text)]
        for text in both(name)
    )
    for theirs, ours in zip(english, chinese, strict=True):
        assert theirs - ours == set()


@in_pairs
def test_both_lead_to_the_same_pages_in_their_own_language(name: str) -> None:
    english, chinese = (LINK.findall(text)[1:] for text in both(name))
    assert sorted(map(_page, chinese)) == sorted(map(_page, english))
    here = source(name).parent
    for own, links in (("", english), (CHINESE, chinese)):
        for link in links:
            assert link.startswith("https://") or (here / link.partition("#")[0]).exists(), link
            leads = Path(link.partition("#")[0]).stem
            if leads.removeprefix(CHINESE) in (*GUIDES, *LOOKED_UP):
                assert leads.startswith(CHINESE) == bool(own), link


def _page(link: str) -> str:
    """Where a link leads, in either language."""
    return link if link.startswith("https://") else Path(link.partition("#")[0]).stem.removeprefix(CHINESE)


@in_pairs
def test_a_link_into_a_page_leads_to_a_heading_of_it(name: str) -> None:
    from dev.markdown import html_of

    for language in ("", CHINESE):
        here = source(language + name)
        for link in LINK.findall(here.read_text("utf-8")):
            page, _, heading = link.partition("#")
            if heading and not page.startswith("https:"):
                assert f'id="{heading}"' in html_of((here.parent / page).read_text("utf-8")), link
