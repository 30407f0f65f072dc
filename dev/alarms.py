"""`./wallet ops alarms`: which alarms of a deployed wallet ring, since when, and where it says what to do.

Exit status 1 when one rings. docs/operations.md has a section for each.
"""

import argparse
import sys
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session, get_session

from dev.runbook import section_of
from dev.stacks import NotInTheStack, Stack

KIND = "AWS::CloudWatch::Alarm"
AT_ONCE = 100
"""How many alarms CloudWatch describes in one call."""
_ORDER = {"ALARM": 0, "INSUFFICIENT_DATA": 1, "OK": 2}


def main(arguments: list[str] | None = None, session: Session | None = None) -> int:
    options = _options(arguments)
    try:
        alarms = sorted(states(Stack(session or get_session(), options.stack, options.region)))
    except (BotoCoreError, ClientError, NotInTheStack) as error:
        print(f"The alarms of {options.stack!r} could not be read: {error}", file=sys.stderr)
        return 1
    ringing = [each for each in alarms if each[0] == _ORDER["ALARM"]]
    for order, name, told in alarms if options.all else ringing:
        state = next(state for state, place in _ORDER.items() if place == order)
        print(f"{state:17} {name:24} {told}")
        if order == _ORDER["ALARM"]:
            section = section_of(name)
            print(f"{'':17} what to do: docs/operations.md{f'#{section.anchor}' if section else ''}")
    print(f"{len(ringing)} of {len(alarms)} alarms ring.")
    return 1 if ringing else 0


def states(stack: Stack) -> Iterator[tuple[int, str, str]]:
    """Every alarm of the stack: the place of its state, its name in the template, and since when and why."""
    alarms = {physical: name for name, physical in stack.of_kind(KIND).items()}
    cloudwatch: Any = stack.client("cloudwatch")
    physical = sorted(alarms)
    for first in range(0, len(physical), AT_ONCE):
        asked = physical[first : first + AT_ONCE]
        found = cloudwatch.describe_alarms(AlarmNames=asked, AlarmTypes=["MetricAlarm"], MaxRecords=AT_ONCE)
        for each in found["MetricAlarms"]:
            since = each["StateUpdatedTimestamp"].isoformat(timespec="minutes")
            yield _ORDER[each["StateValue"]], alarms[each["AlarmName"]], f"since {since}  {each.get('StateReason', '')}"


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./wallet ops alarms", description=__doc__)
    parser.add_argument("--stack", required=True, help="such as wallet-prod")
    parser.add_argument("--region", help="when the AWS configuration names none")
    parser.add_argument("--all", action="store_true", help="also those that are quiet")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
