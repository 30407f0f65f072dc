"""`./wallet listen --forward-to http://localhost:3000/hook`: the seeded merchant's events, sent to a server of yours.

It makes a webhook endpoint in the running `./wallet serve`, prints the secret that signs, shows each attempt as it is made,
and removes the endpoint when it ends. What arrives is what a deployed wallet sends: same headers, same signature.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, Self

from dev.client import Answer, Api

EVERY_SECONDS = 0.3


class NotThere(Exception):
    """What is missing, in a sentence."""


def seeded_key(api: Api) -> str:
    """The seeded merchant's test key. Raises NotThere."""
    try:
        seeded = api.get("/sandbox").ok(200)["seeded"]
        return str(seeded["merchant_key"])
    except OSError:
        raise NotThere(f"No wallet answers at {api.url}: start it with ./wallet serve.") from None
    except (AssertionError, KeyError):
        raise NotThere(f"What answers at {api.url} is no seeded wallet: start it with ./wallet serve.") from None


def told(answer: Answer) -> Any:
    """The body of an answer. Raises NotThere with what a refusal says."""
    if answer.status >= 400:
        problem = answer.json
        errors = "".join(f" {each['pointer']}: {each['detail']}" for each in problem.get("errors", []))
        raise NotThere(f"{problem['detail']}{errors}")
    return answer.json


class Listening:
    """An endpoint for as long as somebody listens; use it as a context manager."""

    def __init__(self, api: Api, key: str, url: str, events: list[str]) -> None:
        self._api = api
        self._key = key
        self._seen: set[tuple[str, int]] = set()
        body = {"url": url, "event_types": events, "description": "./wallet listen"}
        made = told(api.post("/v1/webhook_endpoints", body, token=key, lang="en"))
        self._path = f"/v1/webhook_endpoints/{made['id']}"
        self.secret = str(made["secret"])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._api.delete(self._path, token=self._key)

    def attempts(self) -> Iterator[str]:
        """A line for each attempt since the last look, oldest event first."""
        rows = told(self._api.get(f"{self._path}/deliveries?limit=100", token=self._key, lang="en"))["data"]
        for row in reversed(rows):
            for number, attempt in enumerate(row["log"], row["attempts"] - len(row["log"]) + 1):
                if (row["id"], number) not in self._seen:
                    self._seen.add((row["id"], number))
                    came = attempt["status_code"] or attempt["problem"]
                    again = f", again at {row['next_attempt_at']}" if row["status"] == "retrying" else ""
                    yield f"{attempt['at']}  {row['event_type']:<28} {row['event_id']}  → {came}{again}"


def main(arguments: list[str] | None = None, wait: Callable[[float], None] = time.sleep) -> int:
    parser = argparse.ArgumentParser(prog="./wallet listen", description=__doc__)
    parser.add_argument("--forward-to", required=True, metavar="URL", help="such as http://localhost:3000/hook")
    parser.add_argument(
        "--events", default="*", help="types, separated by commas; default *; payment.* is all of a kind"
    )
    parser.add_argument("--port", type=int, default=8000, help="where ./wallet serve listens; default 8000")
    options = parser.parse_args(arguments)
    api = Api(options.port)
    try:
        key = seeded_key(api)
        with Listening(api, key, options.forward_to, options.events.split(",")) as listening:
            print(f"Events of the seeded merchant go to {options.forward_to}. Ctrl-C ends it.")
            print(f"They are signed with {listening.secret}", flush=True)
            while True:
                for line in listening.attempts():
                    print(line, flush=True)
                wait(EVERY_SECONDS)
    except NotThere as missing:
        print(missing, file=sys.stderr)
        return 1
    except OSError:
        print(f"The wallet at {api.url} has gone.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        api.close()


if __name__ == "__main__":
    raise SystemExit(main())
