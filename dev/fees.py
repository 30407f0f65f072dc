"""`./wallet fees`: what an operator does with the fee schedule of a deployed wallet: look at it, compare, publish the next.

A schedule is a JSON list of rules as `GET /v1/fees` shows them (docs/fees.md). It is published in two steps: `--dry-run` checks it,
shows what changes for whom, and gives a code for exactly that; `--confirm CODE` publishes it. It is published ahead of the time that
it is in force from; what was quoted under the old one is still charged as quoted.
"""

import argparse
import hashlib
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from botocore.exceptions import BotoCoreError, ClientError
from msgspec import Meta

from dev.merchants import deployed
from dev.speaking import deployed_wallet, sorry
from wallet_api.clock import rfc3339
from wallet_api.errors import Conflict, NotFound, Unavailable
from wallet_api.fees.errors import FeeNotOffered
from wallet_api.fees.model import Bearer, Channel, FeeOperation, Place, Rule, Schedule, fee_lines, sum_of
from wallet_api.fees.use_cases.publishing import described, places, require_sound
from wallet_api.money import Money, decimal_text
from wallet_api.settings import SettingsIncomplete
from wallet_api.wallet import Wallet

Opener = Callable[[str, str | None], Wallet]

EXAMPLES = tuple(Money(amount, "CNY") for amount in (1_00, 100_00, 1_000_00, 10_000_00, 50_000_00))
"""The amounts that a comparison works out."""


class NotASchedule(Exception):
    """The file cannot be read, or holds something else than rules; the text says what."""


class NotConfirmed(Exception):
    """The code is not that of this file, this time and this predecessor: somebody is to look again."""


Whole = Annotated[int, Meta(ge=0)]
Categories = Annotated[str, Meta(pattern=r"^[0-9]{4}(-[0-9]{4})?$")]


class WrittenRule(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A rule as a schedule's file writes it; a typing error in it must not become another price."""

    operation: FeeOperation
    channel: Channel | None
    borne_by: Bearer
    basis_points: Annotated[int, Meta(ge=0, le=10_000)]
    fixed: Whole = 0
    free: Whole = 0
    minimum: Whole = 0
    maximum: Whole | None = None
    categories: list[Categories] = []
    tier: Literal["basic", "verified"] | None = None
    monthly_free_count: Whole = 0
    monthly_free_amount: Whole = 0
    minimum_amount: Whole = 0

    def rule(self) -> Rule:
        written = {name: value for name, value in msgspec.structs.asdict(self).items() if name != "borne_by"}
        return Rule(**{**written, "bearer": self.borne_by, "categories": tuple(self.categories)})


def schema() -> dict[str, Any]:
    """The JSON schema of a schedule's file, which docs/fee-schedule.schema.json holds."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(list[WrittenRule])}


def main(arguments: list[str] | None = None, opener: Opener | None = None) -> int:
    options = _options(arguments)
    try:
        wallet = (opener or deployed)(options.function, options.region)
        print(_ACTS[options.act](wallet, options))
    except NotASchedule as error:
        return sorry(f"{options.file} is not a schedule: {error}")
    except NotConfirmed as error:
        return sorry(f"Not published: {error}")
    except (BotoCoreError, ClientError, SettingsIncomplete) as error:
        return sorry(f"The function {options.function!r} could not be read: {error}")
    except NotFound:
        return sorry("No schedule was in force at that time.")
    except Conflict as refusal:
        facts = ", ".join(f"{name} {value}" for name, value in refusal.facts.items())
        return sorry(f"Not published: {refusal.code} ({facts})")
    except Unavailable as error:
        return sorry(f"Nothing is known of what became of this ({error.code}): look before you repeat it.")
    return 0


def _show(wallet: Wallet, options: argparse.Namespace) -> str:
    return _text(wallet.fees.schedule(options.at))


def _diff(wallet: Wallet, options: argparse.Namespace) -> str:
    rules = _rules(options.file)
    require_sound(rules)
    return "\n".join(changes(wallet.fees.schedule(options.at), rules))


def _publish(wallet: Wallet, options: argparse.Namespace) -> str:
    before, after = wallet.fees.preview(_rules(options.file), options.effective)
    code = code_of(before, after)
    if options.dry_run:
        told = [
            *changes(before, after.rules),
            "",
            f"Nothing is published yet. To publish exactly this: --confirm {code}",
        ]
        return "\n".join([_text(after), "", *told])
    if options.confirm != code:
        raise NotConfirmed(
            "this is not the code of what was looked at. Look with --dry-run, and confirm what it shows."
        )
    return _text(wallet.fees.publish(after.rules, options.effective))


def _rules(file: str) -> list[Rule]:
    try:
        written = msgspec.json.decode(Path(file).read_bytes(), type=list[WrittenRule])
    except (OSError, msgspec.DecodeError) as error:
        raise NotASchedule(str(error)) from error
    return [each.rule() for each in written]


_ACTS: dict[str, Callable[[Wallet, argparse.Namespace], str]] = {"show": _show, "diff": _diff, "publish": _publish}


def code_of(before: Schedule, after: Schedule) -> str:
    """Eight signs that stand for these rules, from this time on, after this predecessor."""
    rules = [msgspec.structs.asdict(rule) for rule in after.rules]
    said = msgspec.json.encode([before.version, after.version, rfc3339(after.effective_at), rules])
    return hashlib.sha256(said).hexdigest()[:8]


def changes(before: Schedule, rules: Sequence[Rule]) -> list[str]:
    """What changes for whom, with amounts worked out under both; kinds of movement with the same change are told together."""
    groups: dict[tuple[Rule | None, Rule], list[Place]] = {}
    after = Schedule(before.version + 1, before.effective_at, before.published_at, tuple(rules))
    for place in places([*before.rules, *rules]):
        try:
            old = before.rule(place)
        except FeeNotOffered:
            old = None
        new = after.rule(place)
        if old != new:
            groups.setdefault((old, new), []).append(place)
    if not groups:
        return ["Nothing changes for anybody."]
    return [line for (old, new), concerned in groups.items() for line in _change(old, new, concerned)]


def _change(old: Rule | None, new: Rule, concerned: Sequence[Place]) -> Iterator[str]:
    yield f"{new.operation}: {'; '.join(described(place) for place in concerned)}"
    if old is not None and old.bearer != new.bearer:
        yield f"  borne by {old.bearer} -> {new.bearer}"
    for name in ("monthly_free_count", "monthly_free_amount", "minimum_amount"):
        was, will_be = getattr(old, name, 0), getattr(new, name)
        if was != will_be:
            yield f"  {name} {was} -> {will_be}"
    examples = [(amount, None if old is None else _fee(old, amount), _fee(new, amount)) for amount in EXAMPLES]
    differing = [each for each in examples if each[1] != each[2]]
    for amount, was, will_be in differing:
        yield f"  {amount} costs {'not offered' if was is None else decimal_text(was)} -> {decimal_text(will_be)}"
    if not differing:
        yield "  the fees of the examples stay as they are"


def _fee(rule: Rule, amount: Money) -> Money:
    """Without an allowance, which depends on what a person has used."""
    return sum_of(fee_lines(rule, amount), amount.currency)


def _text(schedule: Schedule) -> str:
    lines = [f"version {schedule.version}, in force from {rfc3339(schedule.effective_at)}"]
    for rule in schedule.rules:
        bounds = f"{rule.minimum}–{'' if rule.maximum is None else rule.maximum}"
        lines.append(
            f"  {rule.operation:10} {rule.channel or 'any':11} {rule.basis_points:5} bp above {rule.free}, "
            f"plus {rule.fixed}, within {bounds}, borne by {rule.bearer}{_special(rule)}"
        )
    return "\n".join(lines)


def _special(rule: Rule) -> str:
    parts = (
        f"categories {' '.join(rule.categories)}" if rule.categories else "",
        f"tier {rule.tier}" if rule.tier else "",
        f"first {rule.monthly_free_count} of a month free" if rule.monthly_free_count else "",
        f"first {rule.monthly_free_amount} of a month free" if rule.monthly_free_amount else "",
        f"nothing less than {rule.minimum_amount}" if rule.minimum_amount else "",
    )
    return "".join(f"; {part}" for part in parts if part)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without its zone")
    return moment.astimezone(UTC)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = deployed_wallet("./wallet fees", __doc__)
    acts = parser.add_subparsers(dest="act", required=True)
    acts.add_parser("show", help="the schedule in force").add_argument("--at", type=_moment, help="at another time")
    diff = acts.add_parser("diff", help="what a file would change for whom; nothing is published")
    diff.add_argument("file", help="a JSON list of rules")
    diff.add_argument("--at", type=_moment, help="compared with the schedule of another time than now")
    publish = acts.add_parser("publish", help="the next schedule, at least a minute ahead, in two steps")
    publish.add_argument("file", help="a JSON list of rules")
    effective = "in force from, such as 2027-01-01T00:00:00+08:00"
    publish.add_argument("--effective", type=_moment, required=True, help=effective)
    step = publish.add_mutually_exclusive_group(required=True)
    step.add_argument("--dry-run", action="store_true", help="check it, show what changes, and give the code of it")
    step.add_argument("--confirm", metavar="CODE", help="publish exactly what --dry-run gave this code for")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
