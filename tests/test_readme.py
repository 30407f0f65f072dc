"""What a newcomer is told first is true: the commands exist, the links lead somewhere, the session works as it stands."""

import json
import re
import runpy
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.client import Api

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_every_verb_that_is_told_exists_and_every_verb_is_told() -> None:
    verbs = set(runpy.run_path(str(ROOT / "wallet"), run_name="told")["VERBS"])
    assert set(re.findall(r"\./wallet (\w+)", README)) == verbs


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text("utf-8")):
        assert target.startswith("https://") or (page.parent / target).exists(), target


@pytest.mark.skipif(not shutil.which("curl"), reason="the session is for a shell that has curl")
def test_the_session_works_as_it_stands(api: Api) -> None:
    session = re.search(r"```sh\n(.*?)```", README, re.DOTALL)
    assert session
    script = session[1].replace("http://127.0.0.1:8000", api.url).replace("python3 -c", "python3 -I -c")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.replace("}{", "}\n{").splitlines()]
    card, first, again, wallet = answers
    assert card["status"] == "active"
    assert first == again
    assert first["status"] == "succeeded"
    assert wallet["balances"][0]["amount"] == 30000
