"""Our EMVCo codes, read by a stranger's parser from npm: every field as we meant it, and the
same text, check sum included, when it writes what it has read.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from wallet_api.ids import new_id
from wallet_api.merchants.model import Profile
from wallet_api.money import Money
from wallet_api.payments.model import Order, Payment
from wallet_api.scans.model import payment_code
from wallet_api.storage.keys import Keys

PARSER = "steplix-emv-qrcps@0.0.8"
_UNREACHED = re.compile(r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|E404")
_SCRIPT = """
const {Merchant} = require('steplix-emv-qrcps');
const code = Merchant.Parser.toEMVQR(process.argv[2]);
console.log(JSON.stringify({fields: code.rawData(), again: code.generatePayload()}));
"""


def main() -> int:
    """Returns 1 when the parser reads anything else than what the code is to say."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        print("codes: SKIPPED, there is no npm")
        return 0
    with tempfile.TemporaryDirectory() as place:
        command = [npm, "install", "--silent", "--no-audit", "--no-fund", "--prefix", place, PARSER]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"{done.stdout}{done.stderr}", file=sys.stderr)
            unreached = _UNREACHED.search(done.stdout + done.stderr)
            print("codes: SKIPPED, there is no network" if unreached else f"codes: {PARSER} cannot be installed")
            return 0 if unreached else 1
        text, meant = a_code()
        read = _read(node, Path(place), text)
    wrong = {name: (read.get(name), value) for name, value in meant.items() if read.get(name) != value}
    for name, (theirs, ours) in wrong.items():
        print(f"codes: {name} is read as {theirs!r}, and was meant as {ours!r}", file=sys.stderr)
    print(f"codes: {PARSER} reads {len(meant) - len(wrong)} of {len(meant)} fields as they were meant")
    return int(bool(wrong))


def a_code() -> tuple[str, Mapping[str, str]]:
    """A payment's code, and what it says by the specification's tags."""
    now = datetime.now(UTC)
    profile = Profile("Tea House", "Tea House", "Kunming", "Kunming", "CN", "5814")
    payment = Payment(
        new_id("pay", now), "mer_1", "requires_confirmation", Money(1250, "CNY"), Order("A-17", "tea", {}, profile),
        now, now + timedelta(minutes=15),
    )  # fmt: skip
    text = payment_code(Keys({1: b"k" * 64}), "com.example.pay", payment)
    return text, {
        "00": "01",
        "01": "12",
        "52": "5814",
        "53": "156",
        "54": "12.50",
        "58": "CN",
        "59": "Tea House",
        "60": "Kunming",
        "63": text[-4:],
        "written again by it": text,
    }


def _read(node: str, place: Path, text: str) -> dict[str, Any]:
    done = subprocess.run([node, "-e", _SCRIPT, "reader", text], cwd=place, capture_output=True, text=True, check=False)
    if done.returncode:
        return {"error": done.stderr}
    told = json.loads(done.stdout)
    fields = dict(re.findall(r"^(\d\d) \d\d (.+)$", told["fields"], re.MULTILINE))
    return {**fields, "written again by it": told["again"]}
