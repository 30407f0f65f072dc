"""Names of people and of who holds an account: of any script, written once in one way, so that a bank that compares them finds them equal.

A phone's keyboard writes one name in many ways: 阿卜杜拉·买买提 with half a dozen kinds of middle dot, Ｚｈａｎｇ in full width, a space as
wide as a sign between 王 and 芳. What is kept and sent on is the plain one of each (GB/T 2312's middle dot is U+00B7); signs that nobody
sees are left away, but those that join or part letters of scripts that are written so (Persian, Sinhala, Mongolian): elsewhere two
names would look alike and differ, and one of nothing else would be blank. Letters that this Python's Unicode does not know yet (rare
Chinese ones are added every few years) are letters by their planes.
"""

from __future__ import annotations

import re
import unicodedata

from wallet_api.errors import FieldProblem, Invalid

DOT = "\u00b7"
_DOTS = dict.fromkeys(map(ord, "\u2022\u2027\u2219\u22c5\u30fb\uff65\u0387\u16eb\u2e31"), DOT)
_APOSTROPHES = dict.fromkeys(map(ord, "\u2018\u2019\u02bc\uff07"), "'")
_HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011\uff0d"), "-")
_UNSEEN = dict.fromkeys(
    map(ord, "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u200b\u200e\u200f\u2060\u3164\ufeff\uffa0")
)
"""Among them the fillers of Hangul, which Unicode counts as letters, and the marks that say a line's direction; signs that turn one
round are refused.
"""
_WIDE = {0xFEE0 + ord(sign): sign for sign in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789."}
_FOLDED = {**_DOTS, **_APOSTROPHES, **_HYPHENS, **_UNSEEN, **_WIDE}
_JOINERS = "\u180e\u200c\u200d"
_JOINED = "\u0600-\u109f\u1780-\u18af\ua800-\uabff"
_IDLE = re.compile(rf"(?<![{_JOINED}])[{_JOINERS}]+|[{_JOINERS}]+(?=\s|$)")
"""Joiners that join nothing: behind letters of other scripts, or at a word's end."""
_TAGS = re.compile("[\U000e0000-\U000e007f]")
_FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007e]{1,8}\U000e007f")
"""A region's flag, such as Scotland's: a black flag, and in tags which."""
_UNMARKED = re.compile(rf"[{_JOINERS}\u2800\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""What shows nothing by itself: joiners, the choice of a variant, Braille's blank."""
_BETWEEN = frozenset(f" {DOT}'.,-/&()（）\u02bb\u05f3\u05f4\u0f0b\u0f0c")
_IDEOGRAPHIC = range(0x20000, 0x3FFFE)
"""Planes 2 and 3, which Unicode keeps for Chinese characters."""


def tidied(text: str) -> str:
    """A name as it is kept: composed, one plain space between its parts and none around them, its dots and letters plain ones."""
    composed = unicodedata.normalize("NFC", _IDLE.sub("", text.translate(_FOLDED)))
    spaced = "".join(" " if unicodedata.category(sign) == "Zs" else sign for sign in composed)
    return re.sub(rf" ?{DOT} ?", DOT, re.sub(" +", " ", spaced).strip())


def is_written(text: str) -> bool:
    """Whether a line holds nothing but signs that can be written: spaces of any width are, controls and lone joiners are not."""
    beside = [sign for sign in text if not (sign.isprintable() or _is_letter(sign))]
    return len(beside) < len(text) and all(sign in _JOINERS or unicodedata.category(sign) == "Zs" for sign in beside)


def require_seen(text: str, pointer: str) -> str:
    """A name of somebody's own choice, as it is. Raises Invalid for one that is blank, or that holds tags, which nobody sees but in a
    flag: it would look like nobody, or like somebody else.
    """
    bare = _FLAG.sub("?", text)
    if _TAGS.search(bare) or not _UNMARKED.sub("", bare).strip():
        raise Invalid(FieldProblem(pointer, "wrong_format"))
    return text


def person_name(text: str, pointer: str) -> str:
    """The name of a person, or of whom a card is made out to, as it is kept. Raises Invalid for what is no name."""
    name = tidied(text)
    fits = all(
        _is_letter(sign)
        or sign.isdigit()
        or sign in _BETWEEN
        or sign in _JOINERS
        or unicodedata.category(sign)[0] == "M"
        for sign in name
    )
    if not fits or not any(map(_is_letter, name)):
        raise Invalid(FieldProblem(pointer, "not_a_name"))
    return name


def holder_name(text: str, pointer: str) -> str:
    """The name of who holds a bank account, a person or a company, as it is kept. Raises Invalid for what is no name."""
    name = tidied(text)
    if not is_written(name) or not any(map(_is_letter, name)):
        raise Invalid(FieldProblem(pointer, "not_a_name"))
    return name


def _is_letter(sign: str) -> bool:
    return sign.isalpha() or ord(sign) in _IDEOGRAPHIC
