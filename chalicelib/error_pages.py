"""The page behind each problem's `type`: what happened, what it means for the reader's money, what to do; in both
languages.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from string import Template

from chalicelib import messages
from chalicelib.errors import status_of
from chalicelib.messages import Locale
from wallet_api.errors import WalletError

MONEY: dict[str, dict[Locale, str]] = {
    "no": {"en": "No money moved.", "zh-CN": "资金没有变动。"},
    "yes": {"en": "The money moved.", "zh-CN": "资金已经变动。"},
    "unknown": {
        "en": "It moved once or not at all. Ask again with the same Idempotency-Key: the answer tells which.",
        "zh-CN": "资金要么变动了一次，要么没有变动。请用同一个 Idempotency-Key 再次请求即可确认。",
    },
}
RETRY: dict[str, dict[Locale, str]] = {
    "never": {
        "en": "Sending the same request again gives the same answer. Change what the text above names first.",
        "zh-CN": "重复发送同样的请求会得到同样的结果。请先按上文修改。",
    },
    "same_key": {
        "en": "When what the text above names is done, send it again with the same Idempotency-Key.",
        "zh-CN": "按上文处理后，用同一个 Idempotency-Key 重试。",
    },
    "new_key": {
        "en": "Correct it and send it as a new request, with a new Idempotency-Key.",
        "zh-CN": "修改后作为新请求发送，并使用新的 Idempotency-Key。",
    },
    "after": {
        "en": "Wait as long as the Retry-After header says, then send it again with the same Idempotency-Key.",
        "zh-CN": "等待 Retry-After 响应头指定的时间，再用同一个 Idempotency-Key 重试。",
    },
}


def error_page(template: str, error: type[WalletError]) -> str:
    """One code's page."""
    values = {"code": error.code, "status": str(status_of(error))}
    languages: Iterable[tuple[Locale, str]] = (("en", "en"), ("zh-CN", "zh"))
    for locale, suffix in languages:
        values[f"title_{suffix}"] = messages.title(error.code, locale)
        values[f"detail_{suffix}"] = messages.detail(error.code, locale, {})
        values[f"money_{suffix}"] = MONEY[error.money_moved][locale]
        values[f"retry_{suffix}"] = RETRY[error.retry][locale]
    return Template(template).substitute({name: escape(value) for name, value in values.items()})


def errors_page(template: str) -> str:
    """All codes, and what may be wrong with one field."""
    catalog = messages.catalog()
    codes = [
        f'<li><a href="errors/{code}"><code>{code}</code></a> {escape(texts["title"]["en"])} · '
        f'<span lang="zh-CN">{escape(texts["title"]["zh-CN"])}</span></li>'
        for code, texts in sorted(catalog.items())
        if code != "fields"
    ]
    fields = [
        f"<dt><code>{code}</code></dt><dd>{escape(messages.field_detail(code, 'en', {}))}</dd>"
        f'<dd lang="zh-CN">{escape(messages.field_detail(code, "zh-CN", {}))}</dd>'
        for code in sorted(catalog["fields"])
    ]
    return Template(template).substitute(codes="\n".join(codes), fields="\n".join(fields))
