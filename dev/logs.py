"""`./wallet ops log`: what a function of a deployed wallet wrote, newest last; without `--all` only what went wrong.

What went wrong is a line of a level from ERROR up, a request that was answered 5xx, an invocation that did not do all that it was
given, and one that Lambda ended. Nothing in a log names a person (docs/operations.md).
"""

import argparse
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session, get_session

from dev.functions import FUNCTIONS, log_of
from dev.stacks import NotInTheStack, Stack

WRONG = (
    '{ ($.level = "ERROR") || ($.level = "CRITICAL") || ($.status >= 500) || ($.work_failed > 0)'
    ' || ($.record.status = "timeout") || ($.record.status = "error") || ($.record.status = "failure") }'
)
"""https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html"""
SHOWN = 200
_NOT_SHOWN = {"_aws", "stage", "timestamp"}


def main(arguments: list[str] | None = None, session: Session | None = None) -> int:
    options = _options(arguments)
    stack = Stack(session or get_session(), options.stack, options.region)
    since = datetime.now(UTC) - timedelta(minutes=options.minutes)
    try:
        lines = list(written(stack, options.of, since, pattern_of(options), options.limit))
    except (BotoCoreError, ClientError, NotInTheStack) as error:
        print(f"The log could not be read: {error}", file=sys.stderr)
        return 1
    for line in lines:
        print(line)
    more = " and there are more: --limit shows them" if len(lines) == options.limit else ""
    print(f"{len(lines)} lines of {options.of} in {options.minutes} minutes{more}.")
    return 0


def pattern_of(options: argparse.Namespace) -> str:
    """What CloudWatch is to look for. An operation's or an outcome's name is quoted, so that nothing in it is syntax."""
    wanted = [
        f"($.{name} = {json.dumps(value)})"
        for name, value in (("request_id", options.request), ("operation", options.operation), ("outcome", options.outcome))
        if value
    ]  # fmt: skip
    if wanted:
        return "{ " + " && ".join(wanted) + " }"
    return "" if options.all else WRONG


def written(stack: Stack, function: str, since: datetime, pattern: str, limit: int) -> Iterator[str]:
    """The lines of a function's log since a moment that fit the pattern."""
    asked: dict[str, Any] = {
        "logGroupName": stack.physical(log_of(function)),
        "startTime": int(since.timestamp() * 1000),
    }
    if pattern:
        asked["filterPattern"] = pattern
    pages = stack.client("logs").get_paginator("filter_log_events").paginate(**asked)
    shown = 0
    for page in pages:
        for event in page["events"]:
            if shown == limit:
                return
            shown += 1
            at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
            yield f"{at:%Y-%m-%dT%H:%M:%S}Z  {_plain(event['message'])}"


def _plain(message: str) -> str:
    """A line of JSON as `name=value`, in its own order; another line as it is."""
    try:
        parsed = json.loads(message)
    except ValueError:
        return message.rstrip()
    if not isinstance(parsed, dict):
        return message.rstrip()
    return "  ".join(f"{name}={value}" for name, value in parsed.items() if name not in _NOT_SHOWN)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./wallet ops log", description=__doc__)
    parser.add_argument("--stack", required=True, help="such as wallet-prod")
    parser.add_argument("--region", help="when the AWS configuration names none")
    parser.add_argument("--of", default="api_handler", choices=sorted(FUNCTIONS), help="whose; default api_handler")
    parser.add_argument("--minutes", type=int, default=60, help="how far back; default 60")
    parser.add_argument("--limit", type=int, default=SHOWN, help=f"how many lines at most; default {SHOWN}")
    parser.add_argument("--request", help="only this request, by the request_id that its answer carried")
    parser.add_argument("--operation", help="only this operation, such as 'POST /v1/transfers'")
    parser.add_argument("--outcome", help="only this outcome, such as unavailable")
    parser.add_argument("--all", action="store_true", help="whatever was written")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
