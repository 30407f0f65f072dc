"""Used = allowed: a run of all tests asks for every right of infra/functions.yaml, or it fails.

Too few rights fail the test that needs them. What is too much shows only at the end of a whole run, in the process that gathered
what all others used.
"""

from collections.abc import Iterator

import pytest

from dev.cloud.rights import Rights

CHOOSING = (
    "keyword",
    "markexpr",
    "deselect",
    "ignore",
    "ignore_glob",
    "lf",
    "last_failed",
    "stepwise",
    "collectonly",
    "shard",
)
"""Options by which a run is of some tests alone."""


def runs_everything(config: pytest.Config) -> bool:
    """Whether all tests are run: a part of them uses a part of the rights."""
    chosen = any(getattr(config.option, name, None) for name in CHOOSING)
    return config.args_source is pytest.Config.ArgsSource.TESTPATHS and not chosen


def told_of(rights: Rights) -> Iterator[str]:
    """What a whole run found out, in sentences."""
    for function, resource, action in sorted(rights.unused()):
        yield f"{function} never used its right to {action} on {resource}: take it out, or say under `untried` why nothing here can"
    for function, resource, action in sorted(rights.mistaken()):
        yield f"{function} is said never to try {action} on {resource}, and it does, or may not: take the reason out"


def verdict(config: pytest.Config, status: int, rights: Rights) -> int:
    """The status that the run ends with. One that has failed, or was broken off, is not judged again."""
    if status != pytest.ExitCode.OK or not runs_everything(config):
        return status
    return pytest.ExitCode.TESTS_FAILED if rights.unused() or rights.mistaken() else status
