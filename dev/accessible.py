"""`./wallet contract accessible`: every kind of page, read by axe-core in a browser as people read it who cannot see it well, use no
mouse, or have a small screen: in both languages, light and dark, and at 320 pixels (WCAG 2.2, levels A and AA).
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from dev import npm
from dev.limits import NotRun
from dev.reference_page import LANGUAGES, PAGES, browser_path

if TYPE_CHECKING:
    from dev.cloud.local import LocalCloud

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LOOKS = (("en", "light"), ("zh", "dark"))
"""Each language and each choice of colours once."""
NARROW = (320, 720)
"""As wide as a screen of 1280 pixels at four times its size: WCAG 1.4.10."""
NOT_OURS = {"nested-interactive", "target-size"}
"""What Swagger UI's own page is built of: the button that opens an operation holds its address and another button."""
ASK = "levels => axe.run(document, {runOnly: levels, resultTypes: ['violations']}).then(found => found.violations)"


def problems(browser: Any, url: str, paths: list[str], language: str, scheme: str, axe: str) -> Iterator[str]:
    """What is wrong with the pages for a reader of one language who likes them light or dark."""
    width, height = NARROW
    # The page's own rule of what may run would keep axe out of it.
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale=LANGUAGES[language], color_scheme=scheme, bypass_csp=True, reduced_motion="reduce",
    )  # fmt: skip
    page = context.new_page()
    for path in paths:
        page.goto(f"{url}/{path}", wait_until="networkidle")
        if path == "docs":
            page.wait_for_selector(".opblock", timeout=60_000)
            _open(page)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"):
            yield f"{path} is wider than a screen of {width} pixels"
        page.evaluate(axe)
        for found in page.evaluate(ASK, LEVELS):
            if path != "docs" or found["id"] not in NOT_OURS:
                places = len(found["nodes"])
                yield f"{path}, {language}, {scheme}: {found['help']} ({places}), as {found['nodes'][0]['html'][:120]}"
    context.close()


def _open(page: Any) -> None:
    """An operation with a body, tried without credentials, and the window where these are filled in."""
    page.fill(".operation-filter-input", "payments")
    operation = "#operations-payments-payments_create_payment"
    page.click(f"{operation} .opblock-summary-control")
    page.click(f"{operation} .execute")
    page.wait_for_selector(f"{operation} .live-responses-table tbody .response-col_status", timeout=30_000)
    page.click(".auth-wrapper .authorize")
    page.wait_for_selector(".modal-ux")


def _checkout(cloud: "LocalCloud", url: str) -> str:
    """A page where a customer is waited for."""
    from dev.client import Api

    body = {"amount": {"amount": 12_50, "currency": "CNY"}, "description": "乌龙茶", "order_id": "1"}
    api = Api(int(url.rpartition(":")[2]))
    made = api.post("/v1/payments", body, token=cloud.seeded["merchant_key"], key="accessible").ok(201)
    return f"checkout/{made['id']}"


def main() -> int:
    """Returns 1 when something is wrong. Raises NotRun where there is no browser, or axe-core cannot be had."""
    path = browser_path()
    if path is None:
        raise NotRun("there is no Chromium on this machine")
    axe = (npm.install("contract").parent / "axe-core" / "axe.min.js").read_text("utf-8")
    from playwright.sync_api import sync_playwright

    from dev.cloud.local import LocalCloud
    from dev.server import Server

    found: list[str] = []
    with LocalCloud.start("moto") as cloud, sync_playwright() as play:
        server = Server(cloud.gateway).start()
        cloud.seed()
        paths = [*PAGES, _checkout(cloud, server.url)]
        browser = play.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for language, scheme in LOOKS:
            found += problems(browser, server.url, paths, language, scheme, axe)
        browser.close()
        server.stop()
    tool = npm.version("contract", "axe-core")
    print(
        "\n".join(found) or f"accessible: {tool} finds nothing in {len(paths)} pages, in both languages, light and dark"
    )
    return int(bool(found))
