"""The clock and the inbox of the sandbox, as a developer turns and reads them: over HTTP."""

from collections.abc import Callable
from urllib.parse import quote

from dev.cloud.local import LocalCloud
from tests.client import Answer, Api

MARGIN = 10
MINUTE, HOUR, DAY = 60, 3600, 86_400
Use = Callable[[], Answer]
Begin = Callable[[Api, LocalCloud], Use]


def move(api: Api, seconds: int) -> None:
    api.post("/sandbox/clock", {"advance": seconds}).ok(200)


def code_by_http(api: Api, to: str) -> str:
    """The newest code of the inbox, as a developer reads it."""
    shown = api.get(f"/sandbox/messages?limit=1&to={quote(to)}").ok(200)["data"][0]["text"]
    return "".join(sign for sign in shown if sign.isdigit())[:6]
