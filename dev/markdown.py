"""Our own guides as HTML: as much of Markdown as they use, so that nothing has to be installed to read them."""

import re
from html import escape

_LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`]+)`")
_STRONG = re.compile(r"\*\*([^*]+)\*\*")
_ITEM = re.compile(r"(?:[-*]|\d+\.) ")
_IN_CODE = re.compile(r"<code>.*?</code>")
_MARK = re.compile(r"(?<=[\w}][._/])(?=[\w{])")
"""Where a name may be broken in a narrow cell."""
_WIDE = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef“”]")
"""Chinese characters and punctuation, which stand without spaces between them."""
_BESIDE = re.compile(r"(?:.*/)?(?:zh-)?(?:sandbox|events|declines)\.md")
"""What stands beside the guides as a page, wherever it is written."""


def html_of(text: str, home: str = "") -> str:
    """The body of a page. Links to files of the repository, which a page has no neighbours of, keep their text alone."""
    blocks = _blocks(text.splitlines())
    return "\n".join(_shown(block, home) for block in blocks)


def _blocks(lines: list[str]) -> list[list[str]]:
    """Paragraphs, lists, tables and fenced code, each as its lines."""
    found: list[list[str]] = [[]]
    fenced = False
    for line in lines:
        if line.startswith("```"):
            found.append([line]) if not fenced else found[-1].append(line)
            fenced = not fenced
            if not fenced:
                found.append([])
        elif fenced:
            found[-1].append(line)
        elif not line.strip():
            found.append([])
        elif line.startswith("#"):
            found += [[line], []]
        else:
            found[-1].append(line)
    return [block for block in found if block]


def _shown(block: list[str], home: str) -> str:
    first = block[0]
    if first.startswith("```"):
        return f'<pre tabindex="0"><code>{escape(chr(10).join(block[1:-1]))}</code></pre>'
    if first.startswith("#"):
        marks, _, title = first.partition(" ")
        return f'<h{len(marks)} id="{_slug(title)}">{_inline(title, home)}</h{len(marks)}>'
    if first.startswith("|"):
        return _table(block, home)
    if _ITEM.match(first):
        return _list(block, home)
    return f"<p>{_inline(_joined(block), home)}</p>"


def _joined(lines: list[str]) -> str:
    """One line of several. Between Chinese characters, and beside Chinese punctuation, the end of a line is no space."""
    text = ""
    for line in (each.strip() for each in lines):
        text += line if not text or _meet(text[-1], line[0]) else f" {line}"
    return text


def _meet(last: str, first: str) -> bool:
    wide = [_WIDE.fullmatch(each) is not None for each in (last, first)]
    return all(wide) or any(each and not sign.isalpha() for each, sign in zip(wide, (last, first), strict=True))


def _list(block: list[str], home: str) -> str:
    items: list[list[str]] = []
    for line in block:
        if _ITEM.match(line):
            items.append([_ITEM.sub("", line, count=1)])
        else:
            items[-1].append(line)
    kind = "ol" if block[0][0].isdigit() else "ul"
    return f"<{kind}>\n" + "\n".join(_item(_joined(item), home) for item in items) + f"\n</{kind}>"


def _item(text: str, home: str) -> str:
    """One of a list, with a box before it where it is to be ticked off."""
    if text.startswith("[ ] "):
        return f'<li class="box">{_inline(text[4:], home)}</li>'
    return f"<li>{_inline(text, home)}</li>"


def _table(block: list[str], home: str) -> str:
    rows = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))] for line in block]
    head, body = rows[0], rows[2:]
    lines = [
        '<div class="wide" tabindex="0"><table>',
        _row("th", head, home),
        *(_row("td", row, home) for row in body),
        "</table></div>",
    ]
    return "\n".join(lines)


def _row(kind: str, cells: list[str], home: str) -> str:
    inner = "".join(f"<{kind}>{_inline(cell.replace(chr(92) + '|', '|'), home)}</{kind}>" for cell in cells)
    return f"<tr>{_IN_CODE.sub(lambda found: _MARK.sub('<wbr>', found[0]), inner)}</tr>"


def _inline(text: str, home: str) -> str:
    """Code is set aside first: what stands in it is nothing else, and it may stand in something strong."""
    code = [f"<code>{escape(each)}</code>" for each in _CODE.findall(text)]
    shown = escape(_CODE.sub("\0", text), quote=False)
    shown = _STRONG.sub(r"<strong>\1</strong>", shown)
    shown = _LINK.sub(lambda found: _link(found[1], found[2], home), shown)
    return re.sub("\0", lambda _: code.pop(0), shown)


def _link(text: str, target: str, home: str) -> str:
    known = _target(target, home)
    return f'<a href="{escape(known)}" rel="noreferrer">{text}</a>' if known else text


def _target(target: str, home: str) -> str | None:
    if target.startswith(("https://", "#")):
        return target
    name, _, anchor = target.partition("#")
    last = name.rpartition("/")[2]
    if last == "errors.md":
        return f"{home}errors"
    guide = re.fullmatch(r"(?:docs/guides/|guides/)?[\w-]+\.md", name) and (
        (home == "../" and "/" not in name) or "guides/" in name
    )
    if guide or _BESIDE.fullmatch(name):
        return f"{home}guides/{last.removesuffix('.md')}" + (f"#{anchor}" if anchor else "")
    return None


def _slug(title: str) -> str:
    return re.sub(r"[^\w]+", "-", title.lower()).strip("-")
