"""The house style, as far as a machine can hold it: sizes, names, who may touch what, and a test for every module."""

import ast
import os
import re
import shutil
import subprocess
from collections.abc import Collection, Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULE_LINES, FUNCTION_LINES = 300, 50

PRODUCT = ("app.py", "wallet_api/", "chalicelib/")
PYTHON = (*PRODUCT, "dev/", "bench/", "tests/")

# A slice has these files or fewer; `use_cases` may be a package with one verb a file.
SLICE = {"__init__.py", "model.py", "errors.py", "postings.py", "use_cases.py", "store.py"}
NOT_SLICES = {"ledger", "gateways", "storage", "wiring"}

VAGUE = {"utils", "util", "helpers", "helper", "common", "base", "manager", "service", "misc"}

# Modules that need no test file of their own, by name: what they hold is exercised by every test of their slice.
NEEDS_NO_TEST = {
    "__init__.py": "a docstring, and at most what the slice gives out",
    "errors.py": "facts; the edge's own test proves that each has a status and its messages",
    "store.py": "the items of one slice; use cases are tested against real tables, never against a stand-in",
}


@cache
def files() -> tuple[str, ...]:
    """Every file that is, or is about to be, in the repository; a link's target is not walked twice."""
    listed = known_to_git() or walked()
    return tuple(sorted({name for name in listed if name and (ROOT / name).is_file() and "vendor/" not in name}))


def known_to_git() -> list[str]:
    """Nothing where there is no git, where this is a copy without its history, and where git distrusts who owns it."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        return []
    command = [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout
    return [name for name in listed.split("\0") if name]


def walked() -> Iterator[str]:
    """What .gitignore does not leave out."""
    left_out = [".git", *(line.rstrip("/") for line in (ROOT / ".gitignore").read_text("utf-8").splitlines())]

    def stays(path: Path) -> bool:
        name = path.relative_to(ROOT).as_posix()
        return not any(fnmatch(path.name, pattern) or fnmatch(name, pattern) for pattern in left_out)

    for place, directories, names in os.walk(ROOT):
        directories[:] = [each for each in directories if stays(Path(place, each))]
        yield from (Path(place, each).relative_to(ROOT).as_posix() for each in names if stays(Path(place, each)))


def python_files(*under: str) -> list[str]:
    return [name for name in files() if name.startswith(under) and name.endswith(".py")]


@cache
def tree(name: str) -> ast.Module:
    return ast.parse((ROOT / name).read_text("utf-8"))


def imported(name: str) -> Iterator[str]:
    """Every module that a file imports, wherever in it, and for `from a import b` both `a` and `a.b`."""
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def within(module: str, packages: tuple[str, ...]) -> bool:
    return any(module == package or module.startswith(package + ".") for package in packages)


def nothing(found: Collection[object]) -> None:
    assert not found, "\n" + "\n".join(map(str, found.items() if isinstance(found, dict) else found))


def slices() -> dict[str, list[str]]:
    """The files of each capability, by its name."""
    found: dict[str, list[str]] = {}
    for name in python_files("wallet_api/"):
        parts = name.split("/")
        if len(parts) > 2 and parts[1] not in NOT_SLICES:
            found.setdefault(parts[1], []).append("/".join(parts[2:]))
    return found


def test_modules_are_short() -> None:
    long = {name: len((ROOT / name).read_text("utf-8").splitlines()) for name in (*python_files(*PYTHON), "wallet")}
    nothing({name: lines for name, lines in long.items() if lines > MODULE_LINES})


def test_functions_are_short() -> None:
    functions = (
        (f"{name}:{node.lineno} {node.name}", (node.end_lineno or 0) - node.lineno + 1)
        for name in (*python_files(*PYTHON), "wallet")
        for node in ast.walk(tree(name))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    nothing({name: lines for name, lines in functions if lines > FUNCTION_LINES})


def test_names_say_what_is_inside() -> None:
    vague = [name for name in files() if VAGUE & {part.removesuffix(".py") for part in name.split("/")}]
    classes = [
        f"{name}: {node.name}"
        for name in python_files(*PYTHON)
        for node in ast.walk(tree(name))
        if isinstance(node, ast.ClassDef) and node.name.lower().endswith(("manager", "service", "helper", "utils"))
    ]
    nothing(vague + classes)


def test_a_slice_has_the_five_files_or_fewer_and_says_what_it_promises() -> None:
    strange = {
        f"{name}/{file}"
        for name, contents in slices().items()
        for file in contents
        if file not in SLICE and not file.startswith("use_cases/")
    }
    silent = [
        name
        for name in slices()
        if not (ROOT / f"wallet_api/{name}/__init__.py").exists()
        or not ast.get_docstring(tree(f"wallet_api/{name}/__init__.py"))
    ]
    nothing([*strange, *silent])


def test_every_module_begins_with_what_it_promises() -> None:
    nothing([name for name in python_files(*PRODUCT, "dev/") if not ast.get_docstring(tree(name))])


def test_the_ways_to_say_no_are_listed_where_they_begin() -> None:
    """Whoever opens an errors.py sees in its first lines what there is; one that has a single error says it there."""
    unlisted = []
    for name in (each for each in python_files("wallet_api/") if re.fullmatch(r"wallet_api/\w+/errors\.py", each)):
        classes = [node.name for node in tree(name).body if isinstance(node, ast.ClassDef)]
        if len(classes) > 1:
            promised = ast.get_docstring(tree(name)) or ""
            unlisted += [f"{name}: {each}" for each in classes if not re.search(rf"\b{each}\b", promised)]
    nothing(unlisted)


def mirror_of(name: str) -> str:
    """`wallet_api/ledger/folding.py` → `tests/ledger/test_folding.py`; chalicelib's routes → `tests/routes/`."""
    path = Path(name)
    inner = path.relative_to(path.parts[0]) if path.parts[0] == "wallet_api" or "routes" in path.parts else path
    return (Path("tests") / inner.parent / f"test_{inner.name}").as_posix()


def test_every_module_has_its_test_file() -> None:
    modules = [name for name in python_files("wallet_api/", "chalicelib/") if Path(name).name not in NEEDS_NO_TEST]
    nothing([f"{name}: {mirror_of(name)} is missing" for name in modules if mirror_of(name) not in files()])


def test_only_stores_and_storage_know_pynamodb() -> None:
    allowed = [name for name in python_files(*PRODUCT) if name.endswith("/store.py") or "/storage/" in name]
    strangers = [
        name
        for name in python_files(*PRODUCT)
        if name not in allowed and any(within(module, ("pynamodb",)) for module in imported(name))
    ]
    nothing(strangers)


def test_nobody_opens_a_foreign_store() -> None:
    """A capability asks another one's use cases; only the wiring diagram sees all stores."""
    foreign = []
    for name in python_files("wallet_api/"):
        parts = name.split("/")
        own = parts[1] if len(parts) > 2 else ""
        stores = {module for module in imported(name) if re.match(r"wallet_api\.\w+\.store\b", module)}
        if name != "wallet_api/wallet.py" and own != "wiring":
            foreign += [f"{name}: {store}" for store in stores if store.split(".")[1] != own]
    nothing(foreign)


@pytest.mark.parametrize("file", ["model.py", "postings.py"])
def test_rules_and_postings_do_no_input_or_output(file: str) -> None:
    outside = ("boto3", "botocore", "os", "pathlib", "pynamodb", "random", "socket", "subprocess", "time", "urllib")
    # A gateway's Protocol and its values may be named; the gateway itself is handed in.
    ours = ("wallet_api.storage", "wallet_api.settings")
    keyed_hashes = ("wallet_api.storage.keys",)  # arithmetic over a key that is handed in
    impure = [
        f"{name}: {module}"
        for name in python_files("wallet_api/")
        if name.endswith("/" + file)
        for module in imported(name)
        if (within(module, (*outside, *ours)) or module.endswith(".store")) and not within(module, keyed_hashes)
    ]
    nothing(impure)


def test_the_clock_is_handed_in() -> None:
    """Only clock.py asks what time it is, so that a moved clock moves everything."""
    asking = re.compile(r"datetime\.(?:now|utcnow|today)\(|\btime\.time(?:_ns)?\(|\bdate\.today\(")
    askers = [name for name in python_files(*PRODUCT) if asking.search((ROOT / name).read_text("utf-8"))]
    nothing([name for name in askers if name != "wallet_api/clock.py"])


def test_only_settings_reads_the_environment() -> None:
    readers = [
        name
        for name in python_files(*PRODUCT)
        for node in ast.walk(tree(name))
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv")
    ]
    assert set(readers) <= {"wallet_api/settings.py"}


def test_money_is_never_a_float() -> None:
    floats = [
        f"{name}:{node.lineno}"
        for name in python_files(*PRODUCT)
        for node in ast.walk(tree(name))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float"
    ]
    nothing(floats)


def test_nothing_is_left_for_later() -> None:
    # Put together here, so that this file does not find itself.
    later = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")) + r")\b|raise NotImpl")
    left = [
        f"{name}:{number}"
        for name in (*python_files(*PRODUCT, "dev/", "bench/"), "wallet")
        for number, line in enumerate((ROOT / name).read_text("utf-8").splitlines(), 1)
        if later.search(line)
    ]
    nothing(left)


def test_nothing_mentions_a_place_outside_the_repository() -> None:
    """A stranger's clone has neither our home directories nor what lies beside ours."""
    places = re.compile(r"(?<![\w.~*])/(?:root|home|work|Users|mnt)/(?!somebody/)|\.\./" + "shared")
    text = (".py", ".md", ".toml", ".yaml", ".yml", ".json", ".txt", ".in", "wallet", "Makefile", ".ci/run")
    found = [
        f"{name}:{number}"
        for name in files()
        if name.endswith(text) and name != "tests/test_tidy.py" and not name.startswith("web/")
        for number, line in enumerate((ROOT / name).read_text("utf-8").splitlines(), 1)
        if places.search(line)
    ]
    nothing(found)


def test_the_map_names_every_directory() -> None:
    """docs/architecture.md has a line for each directory down to the capabilities; tests mirror the code."""
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    directories = {
        "/".join(name.split("/")[:depth]) for name in files() for depth in (1, 2) if name.count("/") >= depth
    }
    shown = {path for path in directories if not path.startswith("tests/")}
    nothing(sorted(path for path in shown if f"{path.split('/')[-1]}/" not in text))
