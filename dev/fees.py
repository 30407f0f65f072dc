"""`./wallet fees`: what an operator does with the fee schedule of a deployed wallet: look at it, publish the next.

A schedule is a JSON list of rules as `GET /v1/fees` shows them, with `borne_by` for who bears the fee. It is published ahead
of the time that it is in force from; what was quoted under the old one is still charged as quoted.
"""

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from dev.merchants import deployed
from wallet_api.clock import rfc3339
from wallet_api.errors import Conflict, NotFound, Unavailable
from wallet_api.fees.model import Bearer, Channel, FeeOperation, Rule, Schedule
from wallet_api.settings import SettingsIncomplete
from wallet_api.wallet import Wallet

Opener = Callable[[str, str | None], Wallet]


class NotASchedule(Exception):
    """The file cannot be read, or holds something else than rules; the text says what."""


class WrittenRule(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A rule as a schedule's file writes it; a typing error in it must not become another price."""

    operation: FeeOperation
    channel: Channel | None
    borne_by: Bearer
    basis_points: int
    fixed: int = 0
    free: int = 0
    minimum: int = 0
    maximum: int | None = None

    def rule(self) -> Rule:
        return Rule(
            operation=self.operation,
            channel=self.channel,
            bearer=self.borne_by,
            basis_points=self.basis_points,
            fixed=self.fixed,
            free=self.free,
            minimum=self.minimum,
            maximum=self.maximum,
        )


def main(arguments: list[str] | None = None, opener: Opener | None = None) -> int:
    options = _options(arguments)
    try:
        wallet = (opener or deployed)(options.function, options.region)
        shown = _publish(wallet, options) if options.act == "publish" else wallet.fees.schedule(options.at)
    except NotASchedule as error:
        return _sorry(f"{options.file} is not a schedule: {error}")
    except (BotoCoreError, ClientError, SettingsIncomplete) as error:
        return _sorry(f"The function {options.function!r} could not be read: {error}")
    except NotFound:
        return _sorry("No schedule was in force at that time.")
    except Conflict as refusal:
        facts = ", ".join(f"{name} {value}" for name, value in refusal.facts.items())
        return _sorry(f"Not published: {refusal.code} ({facts})")
    except Unavailable as error:
        return _sorry(f"Nothing is known of what became of this ({error.code}): look before you repeat it.")
    print(_text(shown))
    return 0


def _publish(wallet: Wallet, options: argparse.Namespace) -> Schedule:
    try:
        rules = msgspec.json.decode(Path(options.file).read_bytes(), type=list[WrittenRule])
    except (OSError, msgspec.DecodeError) as error:
        raise NotASchedule(str(error)) from error
    return wallet.fees.publish([written.rule() for written in rules], options.at)


def _text(schedule: Schedule) -> str:
    lines = [f"version {schedule.version}, in force from {rfc3339(schedule.effective_at)}"]
    for rule in schedule.rules:
        bounds = f"{rule.minimum}–{'' if rule.maximum is None else rule.maximum}"
        lines.append(
            f"  {rule.operation:10} {rule.channel or 'any':11} {rule.basis_points:5} bp above {rule.free}, "
            f"plus {rule.fixed}, within {bounds}, borne by {rule.bearer}"
        )
    return "\n".join(lines)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without its zone")
    return moment.astimezone(UTC)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./wallet fees", description=__doc__)
    parser.add_argument("--function", required=True, help="the deployed function, such as wallet-api-prod-APIHandler-…")
    parser.add_argument("--region", help="when the AWS configuration names none")
    acts = parser.add_subparsers(dest="act", required=True)
    acts.add_parser("show", help="the schedule in force").add_argument("--at", type=_moment, help="at another time")
    publish = acts.add_parser("publish", help="the next schedule, at least a minute ahead")
    publish.add_argument("file", help="a JSON list of rules")
    publish.add_argument("--at", type=_moment, required=True, help="in force from, such as 2027-01-01T00:00:00+08:00")
    return parser.parse_args(arguments)


def _sorry(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
