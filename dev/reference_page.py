"""`./wallet contract page`: the reference page in a real browser, at the widths of a desk and of a phone.

It may ask no other server, and its console may hold no error; a call is tried with what the page filled in. With
`--screenshots` the pictures in docs/ are made anew.
"""

import shutil
import sys
from pathlib import Path
from typing import Any

from dev.templates import ROOT

WIDTHS = {"desk": (1280, 900), "phone": (390, 844)}
PAGES = (
    "docs",
    "docs/guides",
    "docs/guides/webhooks",
    "docs/errors",
    "docs/errors/insufficient_funds",
    "docs/changelog",
)
PICTURES = ROOT / "docs" / "pictures"


def browser_path() -> str | None:
    """The Chromium of this machine."""
    return next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
    )


def problems(browser: Any, url: str, size: tuple[int, int], pictures: Path | None, name: str) -> list[str]:
    """What is wrong with the pages at one width."""
    found: list[str] = []
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    page.on("console", lambda said: found.append(f"{page.url}: {said.text}") if said.type == "error" else None)
    page.on("pageerror", lambda error: found.append(f"{page.url}: {error}"))
    page.on("request", lambda asked: None if asked.url.startswith((url, "data:")) else found.append(asked.url))
    for path in PAGES:
        page.goto(f"{url}/{path}", wait_until="networkidle")
        if path == "docs":
            page.wait_for_selector(".opblock", timeout=60_000)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"):
            found.append(f"{path} at {size[0]} pixels is wider than the screen")
        if pictures is not None and path in ("docs", "docs/guides/webhooks"):
            page.screenshot(path=str(pictures / f"{path.replace('/', '-')}-{name}.png"))
    found += _tried(page, url)
    page.close()
    return found


def _tried(page: Any, url: str) -> list[str]:
    """A customer is made by the page's button, and a call is sent with the token that it filled in."""
    page.goto(f"{url}/docs", wait_until="networkidle")
    page.wait_for_selector(".opblock", timeout=60_000)
    page.click("#tools button:last-child")
    page.locator("#sandbox", has_text="+86").wait_for(timeout=30_000)
    page.fill(".operation-filter-input", "people")
    page.click("#operations-people-people_get_me .opblock-summary-control")
    page.click("#operations-people-people_get_me .execute")
    page.wait_for_selector(
        "#operations-people-people_get_me .live-responses-table .response-col_status", timeout=30_000
    )
    status = page.inner_text("#operations-people-people_get_me .live-responses-table tbody .response-col_status")
    return [] if status.startswith("200") else [f"GET /v1/me, tried on the page, answered {status}"]


def main(arguments: list[str] | None = None) -> int:
    """Returns 1 when something is wrong; says so and returns 0 where there is no browser."""
    path = browser_path()
    if path is None:
        print("page: SKIPPED, there is no Chromium on this machine")
        return 0
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
        for name, size in WIDTHS.items():
            found += problems(browser, server.url, size, pictures, name)
        browser.close()
        server.stop()
    print(
        "\n".join(found)
        or f"page: {len(PAGES)} pages hold at {', '.join(str(size[0]) for size in WIDTHS.values())} pixels"
    )
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
