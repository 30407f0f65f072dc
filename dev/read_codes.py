"""Our EMVCo codes, read by a stranger's parser from npm: every field as we meant it, and the
same text, check sum included, when it writes what it has read.
"""

import json
import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from dev import npm
from wallet_api.ids import new_id
from wallet_api.merchants.model import Profile
from wallet_api.money import Money
from wallet_api.payments.model import Order, Payment
from wallet_api.scans.model import payment_code
from wallet_api.storage.keys import Keys

PARSER = "steplix-emv-qrcps"
_SCRIPT = """
const {Merchant} = require('steplix-emv-qrcps');
const code = Merchant.Parser.toEMVQR(process.argv[2]);
console.log(JSON.stringify({fields: code.rawData(), again: code.generatePayload()}));
"""


def main() -> int:
    """Returns 1 when the parser reads anything else than what the code is to say. Raises NotRun and npm.Failed."""
    tools = npm.install("contract")
    text, meant = a_code()
    read = _read(tools.parent.parent, text)
    wrong = {name: (read.get(name), value) for name, value in meant.items() if read.get(name) != value}
    for name, (theirs, ours) in wrong.items():
        print(f"codes: {name} is read as {theirs!r}, and was meant as {ours!r}", file=sys.stderr)
    print(
        f"codes: {npm.version('contract', PARSER)} reads {len(meant) - len(wrong)} of {len(meant)} fields as they were meant"
    )
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


def _read(place: Path, text: str) -> dict[str, Any]:
    try:
        said = npm.run(["node", "-e", _SCRIPT, "reader", text], place)
    except npm.Failed as failed:
        return {"error": str(failed)}
    told = json.loads(said)
    fields = dict(re.findall(r"^(\d\d) \d\d (.+)$", told["fields"], re.MULTILINE))
    return {**fields, "written again by it": told["again"]}
