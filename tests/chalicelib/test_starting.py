"""Starting: the collector rests while modules are imported, and works as soon as requests come."""

import subprocess
import sys


def told(program: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_the_collector_rests_while_a_function_starts_and_works_afterwards() -> None:
    assert told(
        "import gc; from chalicelib import starting; print(gc.isenabled());"
        "starting.done(); print(gc.isenabled(), gc.get_freeze_count() > 1000)"
    ) == ["False", "True", "True"]


def test_an_app_that_was_imported_collects_again() -> None:
    assert told("import gc, app; print(gc.isenabled())") == ["True"]


def test_a_function_that_answers_has_imported_nothing_that_answers_seldom_need() -> None:
    """What a cold start pays for is what the first answer needs; AWS's larger library and what reads texts are not."""
    theirs = ("boto3", "cryptography", "email_validator", "phonenumbers", "segno", "tomllib", "http_message_signatures")
    seldom = (*theirs, "chalicelib.openapi", "chalicelib.error_pages", "wallet_api.ledger.verify")
    assert told(f"import sys, app; print(*[name for name in {seldom!r} if name in sys.modules])") == []
