"""One local cloud and one HTTP server for the whole run; every test that asks for them finds them empty."""

from collections.abc import Iterator
from typing import Any

import pytest

from dev.cloud.local import LocalCloud
from dev.cloud.rights import rights
from dev.server import Server
from tests.client import Api
from tests.daytime import USUAL, away_from_midnight, beginning
from tests.faults.injector import Faults, injecting
from tests.hashing import hashing
from tests.ledger_world import World
from tests.promises import PromisedApi
from tests.rights_used import runs_everything, told_of, verdict
from tests.secrecy import found_in, listening


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--engine", default="moto", help="who plays DynamoDB: moto (default), ministack, or a URL here")
    parser.addoption("--whole", action="store_true", help="run every cell of what is sampled otherwise; takes minutes")
    parser.addoption("--schedule", help="the one order of storage calls to run, as a failing schedule wrote it")
    parser.addoption("--at", type=beginning, default=USUAL, help="when tests begin: 2028-02-29T15:59:59.9Z, or `now`")
    parser.addoption("--seed", help="which sample is run; a failure names its own")


@pytest.fixture(scope="session", autouse=True)
def _quick_hashes() -> Iterator[None]:
    with hashing():
        yield


@pytest.fixture(scope="session")
def _running_cloud(request: pytest.FixtureRequest) -> Iterator[LocalCloud]:
    with LocalCloud.start(request.config.getoption("--engine")) as cloud:
        cloud.clock.begin_at(request.config.getoption("--at"))
        yield cloud


@pytest.fixture(scope="session")
def _running_server(_running_cloud: LocalCloud) -> Iterator[Server]:
    server = Server(_running_cloud.gateway, threads=16).start()
    yield server
    server.stop()


@pytest.fixture
def cloud(request: pytest.FixtureRequest, _running_cloud: LocalCloud) -> LocalCloud:
    """The local cloud, emptied. Its streams stand still: call `cloud.pump.drain()` to fold and project."""
    _running_cloud.reset()
    if request.node.get_closest_marker("present"):
        _running_cloud.clock.advance(away_from_midnight() - _running_cloud.clock.now())
    return _running_cloud


@pytest.fixture
def api(cloud: LocalCloud, _running_server: Server) -> Iterator[Api]:
    """A client of the wallet over real HTTP, which holds every answer against the OpenAPI document.

    D9: what every logger of this process says meanwhile, at DEBUG, must hold nothing secret of what went over the wire.
    """
    with listening() as listener:
        client = PromisedApi(_running_server.port)
        yield client
        client.close()
    told = [(found, line) for line in listener.lines if (found := found_in(line, client.secrets))]
    assert not told, f"logged: {told[:3]}"


@pytest.fixture
def world(cloud: LocalCloud) -> World:
    """The ledger without HTTP: accounts with money, moves under keys, folding at will."""
    return World(cloud)


@pytest.fixture
def faults(cloud: LocalCloud) -> Iterator[Faults]:
    """Every DynamoDB call of this process, counted, and broken as a test wants."""
    with injecting() as found:
        yield found


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many schedules and cells of the fault matrix ran; the tests' properties come from every process of the run."""
    if runs_everything(terminalreporter.config):
        for line in told_of(rights):
            terminalreporter.write_line(f"infra/functions.yaml: {line}")
    counted: dict[str, list[int]] = {"schedules": [], "cells": [], "known cells": []}
    for report in terminalreporter.getreports(""):
        for name, count in report.user_properties:
            counted.get(name, []).append(int(str(count)))
    if counted["schedules"]:
        terminalreporter.write_line(f"schedules: {sum(counted['schedules'])} in {len(counted['schedules'])} scenarios")
    if counted["cells"]:
        ran, known = sum(counted["cells"]), sum(counted["known cells"])
        more = "" if ran == known else "; --whole runs them all"
        told = f"fault matrix: {ran} of {known} cells ran in {len(counted['cells'])} scenarios{more}"
        terminalreporter.write_line(told)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """What functions asked AWS for in this process goes to the process that tells the run's end; there, a right that no test of
    all used fails the run.
    """
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["rights"] = sorted(map(list, rights.used))
    else:
        session.exitstatus = verdict(session.config, session.exitstatus, rights)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Gathers it."""
    rights.used.update(
        (function, resource, action) for function, resource, action in node.workeroutput.get("rights", ())
    )
