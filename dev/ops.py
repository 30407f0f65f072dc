"""`./wallet ops`: what an operator does now and then with a deployed wallet; each task takes `--help` itself.

./wallet ops check                   whether all that a deployed wallet stands on answers
./wallet ops clients              which versions of an app may still be used
./wallet ops rotate-personal-data    people's data keys under the new KMS key, their contacts under the new master secret
"""

import sys
from collections.abc import Callable, Mapping

from dev import checking, clients, rotation

TASKS: Mapping[str, Callable[[list[str]], int]] = {
    "check": checking.main,
    "clients": clients.main,
    "rotate-personal-data": rotation.main,
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
