"""Tools from npm: what cannot be reached is `not run`, what a registry answers otherwise than the lock says is a failure."""

import json
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dev import limits, npm
from dev.limits import NotRun
from tests.dev.registry import NAME, Registry, lock, serving, shut, silent, tarball

GOOD = tarball("held")

needs_npm = pytest.mark.skipif(shutil.which("npm") is None, reason="there is no npm on this machine")


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Path]:
    """Installs from a registry, with nothing that an earlier test, or this machine, has kept."""

    def from_registry(url: str, seconds: float = 60, version: str = "1.0.0", node: str = ">=4") -> Path:
        monkeypatch.setattr(limits, "GRACE", 0.2)
        monkeypatch.setenv("npm_config_registry", url)
        monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))
        locks = lock(tmp_path / "locks", version, GOOD, node)
        return npm.install("tools", seconds, locks, tmp_path / "homes")

    return from_registry


@needs_npm
def test_a_registry_that_never_answers_is_waited_for_as_long_as_the_limit_says(install: Callable[..., Path]) -> None:
    began = time.monotonic()
    with silent() as url, pytest.raises(NotRun, match=r"^npm did not answer in 2 s$"):
        install(url, 2)
    assert time.monotonic() - began < 20


@needs_npm
def test_a_registry_that_refuses_connections_cannot_be_reached(install: Callable[..., Path]) -> None:
    with shut() as url, pytest.raises(NotRun, match=r"cannot be reached \(ECONNREFUSED\)"):
        install(url)


@needs_npm
@pytest.mark.parametrize("status", [407, 503])
def test_a_registry_that_is_out_of_order_cannot_be_reached(install: Callable[..., Path], status: int) -> None:
    with serving(Registry(GOOD, status)) as url, pytest.raises(NotRun, match=rf"cannot be reached \(E{status}\)"):
        install(url)


@needs_npm
@pytest.mark.parametrize("status", [403])
def test_one_that_refuses_everything_is_a_wall_and_one_that_refuses_a_package_has_withdrawn_it(
    install: Callable[..., Path], status: int
) -> None:
    with serving(Registry(GOOD, status)) as url, pytest.raises(NotRun, match="refuses whatever it is asked"):
        install(url)
    with serving(Registry(GOOD, status, only=NAME)) as url, pytest.raises(npm.Failed, match=f"E{status}"):
        install(url)


@needs_npm
def test_a_node_that_is_too_old_for_a_tool_is_this_machines_lack(install: Callable[..., Path]) -> None:
    with serving(Registry(GOOD)) as url, pytest.raises(NotRun, match="the node of this machine is older"):
        install(url, node=">=999")


@needs_npm
def test_a_registry_that_does_not_know_the_package_is_a_failure(install: Callable[..., Path]) -> None:
    with serving(Registry(GOOD, 404)) as url, pytest.raises(npm.Failed, match="E404"):
        install(url)


@needs_npm
def test_a_version_that_the_registry_does_not_have_is_a_failure(install: Callable[..., Path]) -> None:
    with serving(Registry(GOOD)) as url, pytest.raises(npm.Failed, match="ETARGET"):
        install(url, version="1.0.1")


@needs_npm
def test_a_package_that_is_not_the_locked_one_is_a_failure(install: Callable[..., Path]) -> None:
    with serving(Registry(tarball("something else"))) as url, pytest.raises(npm.Failed, match="EINTEGRITY"):
        install(url)


@needs_npm
def test_what_is_installed_is_kept_until_the_lock_changes(install: Callable[..., Path], tmp_path: Path) -> None:
    registry = Registry(GOOD)
    with serving(registry) as url:
        tools = install(url)
        assert npm.run([str(tools / NAME)], tmp_path) == "held\n"
        (tools.parent / "kept").touch()
        registry.asked.clear()
        assert install(url) == tools
        assert not registry.asked
        assert (tools.parent / "kept").exists()
        with pytest.raises(npm.Failed, match="ETARGET"):
            install(url, version="1.0.2")
    assert not (tmp_path / "homes" / "tools" / "stamp").exists()


@needs_npm
def test_a_set_that_was_left_half_made_is_made_anew(install: Callable[..., Path], tmp_path: Path) -> None:
    with silent() as url, pytest.raises(NotRun):
        install(url, 1)
    with serving(Registry(GOOD)) as url:
        assert (install(url) / NAME).exists()


def test_each_set_is_pinned_with_a_hash_for_every_package() -> None:
    """What is wanted is one version, and that is the locked one; no host is named. Two sets: Bruno's tools are many."""
    assert {path.name for path in npm.LOCKS.iterdir()} == {"contract", "bruno"}
    for place in (path.parent for path in npm.LOCKS.glob("*/package.json")):
        wanted = json.loads((place / "package.json").read_text("utf-8"))["devDependencies"]
        packages = json.loads((place / "package-lock.json").read_text("utf-8"))["packages"]
        assert packages[""]["devDependencies"] == wanted
        assert {name: packages[f"node_modules/{name}"]["version"] for name in wanted} == wanted
        locked = {path: entry for path, entry in packages.items() if path}
        assert [path for path, entry in locked.items() if not entry.get("integrity", "").startswith("sha512-")] == []
        assert [path for path, entry in locked.items() if "resolved" in entry] == []


def test_without_npm_it_is_said_that_there_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(NotRun, match="there is no npm on this machine"):
        npm.install("contract", 1, homes=tmp_path)


def test_what_a_tool_finds_is_a_failure_and_so_is_one_that_does_not_end(tmp_path: Path) -> None:
    with pytest.raises(npm.Failed, match="wrong"):
        npm.run([sys.executable, "-c", "import sys; sys.exit('wrong')"], tmp_path)
    with pytest.raises(npm.Failed, match=r"did not end in 0\.5 s"):
        npm.run([sys.executable, "-c", "import time; time.sleep(60)"], tmp_path, 0.5)
