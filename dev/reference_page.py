"""`./wallet contract page`: the reference page in a real browser, at the widths of a desk and of a phone.

It may ask no other server, and its console may hold no error; a call is tried with what the page filled in, by a reader of
English and by one of Chinese. `python -m dev.reference_page --screenshots`, in the environment of `contract`, makes the pictures in
docs/ anew.
"""

import shutil
import sys
from pathlib import Path
from typing import Any

from dev.limits import NotRun
from dev.templates import ROOT

WIDTHS = {"desk": (1280, 900), "phone": (390, 844)}
LANGUAGES = {"en": "en", "zh": "zh-CN"}
"""What a reader's browser says, by the end of the name of a picture."""
PAGES = (
    "docs",
    "docs/guides",
    "docs/guides/webhooks",
    "docs/guides/zh-webhooks",
    "docs/guides/zh-sandbox",
    "docs/guides/declines",
    "docs/errors",
    "docs/errors/insufficient_funds",
    "docs/changelog",
)
PICTURED = {"en": ("docs", "docs/guides/webhooks"), "zh": ("docs", "docs/guides/zh-webhooks")}
SAID = {
    "en": ("See yourself", "Parameters", "Response body"),
    "zh": ("查看自己的资料", "调用者本人；手机号和邮箱部分隐藏。", "参数", "响应体"),
}
"""What stands with `GET /v1/me`, in the document's words and in Swagger UI's own."""
SHAPED = {
    "en": (
        "When the schedule was or is in force",
        "The schedule in force at a time.",
        "What one operation costs",
        "Collapse all",
    ),
    "zh": ("查询何时有效的收费标准", "某一时间有效的收费标准。", "一种操作的收费", "全部收起"),
}
"""What stands with `GET /v1/fees`: of its parameter, its answer's schema, one inside that, and in Swagger UI's own words."""
COPIED = {"en": "Copied", "zh": "已复制"}
COPIED_FROM = {"en": ("docs/guides/webhooks",), "zh": ("docs/guides/zh-webhooks",)}
"""What a button says that copied a sample, and where one is pressed."""
EXPAND = {"en": "Expand all", "zh": "全部展开"}
FEES = "#operations-fees-fees_get_fees"
NARROW = """(operation) => Object.fromEntries([".parameters-col_description", ".response-col_description"].map((name) => [
  name, Math.round(document.querySelector(`${operation} tbody ${name}`).offsetWidth / innerWidth * 100),
]).filter(([, share]) => share < 50))"""
"""Which of the columns that one reads have less than half of the width."""
PICTURES = ROOT / "docs" / "pictures"


def browser_path() -> str | None:
    """The Chromium of this machine."""
    return next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
    )


def problems(browser: Any, url: str, name: str, language: str, pictures: Path | None) -> list[str]:
    """What is wrong with the pages at one width, for a reader of one language."""
    found: list[str] = []
    width, height = WIDTHS[name]
    allowed = ["clipboard-read", "clipboard-write"]
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale=LANGUAGES[language], permissions=allowed
    )
    page = context.new_page()
    page.on("console", lambda said: found.append(f"{page.url}: {said.text}") if said.type == "error" else None)
    page.on("pageerror", lambda error: found.append(f"{page.url}: {error}"))
    page.on("request", lambda asked: None if asked.url.startswith((url, "data:")) else found.append(asked.url))
    for path in PAGES:
        page.goto(f"{url}/{path}", wait_until="networkidle")
        if path == "docs":
            page.wait_for_selector(".opblock", timeout=60_000)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"):
            found.append(f"{path} at {width} pixels is wider than the screen")
        if pictures is not None and path in PICTURED[language]:
            page.screenshot(path=str(pictures / f"{path.replace('/', '-')}-{name}-{language}.png"))
        if path in COPIED_FROM[language]:
            found += _copied(page, language)
        if path == "docs":
            found += _tried(page, language) + (_shaped(page, language) if name == "phone" else [])
    context.close()
    return found


def _tried(page: Any, language: str) -> list[str]:
    """A customer is made by the open page's button, and a call is sent with the token that it filled in."""
    page.click("#tools button:last-child")
    page.locator("#sandbox", has_text="+86").wait_for(timeout=30_000)
    page.fill(".operation-filter-input", "people")
    page.click("#operations-people-people_get_me .opblock-summary-control")
    page.click("#operations-people-people_get_me .execute")
    page.wait_for_selector(
        "#operations-people-people_get_me .live-responses-table tbody .response-col_status", timeout=30_000
    )
    status = page.inner_text("#operations-people-people_get_me .live-responses-table tbody .response-col_status")
    asked = page.input_value("#operations-people-people_get_me [data-param-name=Accept-Language] input")
    found = [] if status.startswith("200") else [f"GET /v1/me, tried on the page, answered {status}"]
    shown = page.inner_text("#operations-people-people_get_me")
    if asked != LANGUAGES[language]:
        found.append(f"a reader of {LANGUAGES[language]} would be answered in {asked}")
    narrow = page.evaluate(NARROW, "#operations-people-people_get_me")
    found += [f"{name} is {share} % of the page's width" for name, share in narrow.items()]
    missing = [word for word in SAID[language] if word not in shown]
    return found + [f"the page does not say {word} to a reader of {LANGUAGES[language]}" for word in missing]


def _shaped(page: Any, language: str) -> list[str]:
    """A call's parameter and the schema of its answer, opened to a schema inside, have room on a phone, and the reader's language."""
    page.fill(".operation-filter-input", "fees")
    page.click(f"{FEES} .opblock-summary-control")
    page.locator(f"{FEES} .model-example").first.locator(".tablinks").nth(1).click()
    page.locator(f"{FEES} .json-schema-2020-12-expand-deep-button", has_text=EXPAND[language]).last.click()
    page.locator(FEES, has_text="basis_points").wait_for()
    shown = page.inner_text(FEES)
    missing = [word for word in SHAPED[language] if word not in shown]
    narrow = page.evaluate(NARROW, FEES)
    found = [f"the schemas do not say {word} to a reader of {LANGUAGES[language]}" for word in missing]
    return found + [f"{name} beside a schema is {share} % of the page's width" for name, share in narrow.items()]


def _copied(page: Any, language: str) -> list[str]:
    """A sample of a guide is copied by the keyboard alone, and each part of the page has an address."""
    button = page.locator("main .sample > button").first
    button.focus()
    page.keyboard.press("Enter")
    page.locator("main .sample > button", has_text=COPIED[language]).wait_for(timeout=5_000)
    sample, copied = page.inner_text("main .sample pre"), page.evaluate("navigator.clipboard.readText()")
    found = [] if copied.strip() == sample.strip() else [f"what was copied of {page.url} is {copied[:40]!r}"]
    part = page.locator("main h2 .anchor").first
    part.focus()
    page.keyboard.press("Enter")
    return found + ([] if "#" in page.url else [f"a part of {page.url} has no address"])


def checkout_problems(browser: Any, url: str, key: str) -> list[str]:
    """What is wrong with the page where a customer is waited for: it says how the payment ended, and is not loaded anew."""
    from dev.client import Api

    api = Api(int(url.rpartition(":")[2]))
    body = {"amount": {"amount": 12_50, "currency": "CNY"}, "description": "tea", "order_id": "looked-at"}
    made = api.post("/v1/payments", body, token=key, key="looked-at").ok(201)
    context = browser.new_context(locale="en")
    page = context.new_page()
    found: list[str] = []
    page.on("console", lambda said: found.append(f"{page.url}: {said.text}") if said.type == "error" else None)
    page.goto(f"{url}/checkout/{made['id']}", wait_until="networkidle")
    page.evaluate("document.body.dataset.seen = 'yes'")
    api.post(f"/v1/payments/{made['id']}/cancel", {}, token=key, key="looked-at-2").ok(200)
    page.locator("#state", has_text="This payment is over").wait_for(timeout=20_000)
    if page.locator("#code svg").count():
        found.append("the page of a payment that is over shows its code")
    if page.evaluate("document.body.dataset.seen") != "yes":
        found.append("the page was loaded anew under its reader")
    context.close()
    return found


def main(arguments: list[str] | None = None) -> int:
    """Returns 1 when something is wrong. Raises NotRun where there is no browser."""
    path = browser_path()
    if path is None:
        raise NotRun("there is no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    from dev.cloud.local import LocalCloud
    from dev.server import Server

    pictures = PICTURES if "--screenshots" in (arguments or []) else None
    if pictures is not None:
        pictures.mkdir(exist_ok=True)
    found: list[str] = []
    with LocalCloud.start("moto") as cloud, sync_playwright() as play:
        server = Server(cloud.gateway).start()
        cloud.seed()
        browser = play.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for name in WIDTHS:
            for language in LANGUAGES:
                found += problems(browser, server.url, name, language, pictures)
        found += checkout_problems(browser, server.url, cloud.seeded["merchant_key"])
        browser.close()
        server.stop()
    widths = ", ".join(str(width) for width, _ in WIDTHS.values())
    print("\n".join(found) or f"page: {len(PAGES)} pages hold in both languages at {widths} pixels")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
