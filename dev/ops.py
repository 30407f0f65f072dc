"""`./wallet ops`: what an operator does with a deployed wallet; each task takes `--help` itself. docs/operations.md says when.

./wallet ops alarms                  which alarms ring, since when, and where it says what to do
./wallet ops ask                     the acquirer or the bank once more, about what is long ended
./wallet ops check                   whether all that a deployed wallet stands on answers
./wallet ops clients                 which versions of an app may still be used
./wallet ops letters                 what the functions gave up on: counted, shown, redriven, thrown away
./wallet ops log                     what a function wrote: errors, or one request's line
./wallet ops new-master-secret       the next version of the secret that tokens and keyed hashes are made with
./wallet ops ready                   whether an account can take the wallet, before anything is made there
./wallet ops restart                 every function begins anew, with the secrets that there are now
./wallet ops restore                 the tables as they were at one second, beside those that are there
./wallet ops rotate-personal-data    people's data keys under the new KMS key, their contacts under the new master secret
./wallet ops start                   a stopped wallet goes on
./wallet ops stop                    no function runs: no request, no schedule, no stream
./wallet ops stuck                   what has no end yet, the oldest first
./wallet ops trace                   what is known of a reference number, without personal data
"""

import sys
from collections.abc import Callable, Mapping

from dev import (
    alarms,
    asking,
    checking,
    clients,
    halting,
    letters,
    logs,
    master_secrets,
    readiness,
    restoring,
    rotation,
    stuck,
    tracing,
)

TASKS: Mapping[str, Callable[[list[str]], int]] = {
    "alarms": alarms.main,
    "ask": asking.main,
    "check": checking.main,
    "clients": clients.main,
    "letters": letters.main,
    "log": logs.main,
    "new-master-secret": master_secrets.main,
    "ready": readiness.main,
    "restart": halting.main_of("restart"),
    "restore": restoring.main,
    "rotate-personal-data": rotation.main,
    "start": halting.main_of("start"),
    "stop": halting.main_of("stop"),
    "stuck": stuck.main,
    "trace": tracing.main,
}


def main(arguments: list[str] | None = None) -> int:
    given = sys.argv[1:] if arguments is None else arguments
    if not given or given[0] in ("-h", "--help"):
        print(__doc__)
        return 0
    if given[0] not in TASKS:
        print(f"wallet ops: there is no task {given[0]!r}.\n\n{__doc__}", file=sys.stderr)
        return 2
    return TASKS[given[0]](given[1:])


if __name__ == "__main__":
    sys.exit(main())
