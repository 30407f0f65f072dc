"""What an operator does in a deployed wallet (`./wallet merchants`, `./wallet fees`), on the local server: `/sandbox/operator` and
`/sandbox/fees`.

It goes through the wallet's own use cases, so what is refused there is refused here, in a sentence.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from dev.fees import WrittenRule, changes
from wallet_api.clock import rfc3339
from wallet_api.errors import Conflict, NotFound
from wallet_api.fees.model import NOTICE
from wallet_api.ids import is_id
from wallet_api.merchant_applications.errors import ApplicationDecided, ApplicationIncomplete
from wallet_api.wallet import Wallet

Act = Callable[[Wallet, str, str], Any]

ACTS: Mapping[str, tuple[str, Act]] = {
    "approve": ("app", lambda wallet, which, _reason: wallet.merchant_applications.approve(which)),
    "decline": ("app", lambda wallet, which, reason: wallet.merchant_applications.decline(which, reason)),
    "suspend": ("mer", lambda wallet, which, reason: wallet.merchants.suspend(which, reason)),
    "reinstate": ("mer", lambda wallet, which, _reason: wallet.merchants.reinstate(which)),
}
"""What may be done, to what kind of id, and how."""
REASONED = ("decline", "suspend")
ONE_ACT = (
    'Send one of {"approve": "app_…"}, {"decline": "app_…", "reason": "…"}, {"suspend": "mer_…", "reason": "…"} and '
    '{"reinstate": "mer_…"}.'
)
SCHEDULE = (
    'Send {"rules": […], "effective_at": "…", "dry_run": true}: rules as GET /v1/fees shows them; without a time it is in force as '
    "soon as it may be; with dry_run nothing is published."
)


class Refused(Exception):
    """What an operator asked for cannot be done: a JSON pointer and a sentence."""

    def __init__(self, pointer: str, detail: str) -> None:
        super().__init__(detail)
        self.pointer, self.detail = pointer, detail


class WrittenSchedule(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What `/sandbox/fees` takes."""

    rules: list[WrittenRule]
    effective_at: datetime | None = None
    dry_run: bool = False


def act(wallet: Wallet, body: Mapping[str, Any]) -> dict[str, Any]:
    """Decides an application, or suspends a merchant. Raises Refused."""
    name = next((each for each in ACTS if each in body), None)
    if name is None or set(body) - {name, "reason"} or not all(isinstance(each, str) for each in body.values()):
        raise Refused("", ONE_ACT)
    (prefix, done), which, reason = ACTS[name], body[name], body.get("reason", "")
    if ("reason" in body) > (name in REASONED) or (name == "decline" and not reason):
        raise Refused("/reason", "A reason goes with decline, which needs one, and with suspend: its owner reads it.")
    try:
        if not is_id(which, prefix):
            raise NotFound
        changed = done(wallet, which, reason)
    except NotFound:
        raise Refused(f"/{name}", f"There is nothing under this id; it begins with {prefix}_.") from None
    except ApplicationIncomplete as lacking:
        raise Refused(f"/{name}", f"It lacks: {lacking.facts['missing']}.") from None
    except ApplicationDecided:
        raise Refused(f"/{name}", "It was decided already.") from None
    return {"object": "operator_act", "act": name, "id": which, "status": changed.status}


def publish(wallet: Wallet, raw: bytes) -> dict[str, Any]:
    """Publishes the next fee schedule, or shows what it would change for whom. Raises Refused."""
    try:
        written = msgspec.json.decode(raw, type=WrittenSchedule)
    except msgspec.DecodeError as error:
        raise Refused("", f"{SCHEDULE} ({error})") from None
    if written.effective_at is not None and written.effective_at.tzinfo is None:
        raise Refused("/effective_at", "A time needs its zone, such as 2026-11-22T01:05:00Z.")
    effective_at = written.effective_at or wallet.clock.now() + NOTICE + timedelta(seconds=1)
    rules = [each.rule() for each in written.rules]
    try:
        before, after = wallet.fees.preview(rules, effective_at)
        if not written.dry_run:
            after = wallet.fees.publish(rules, effective_at)
    except NotFound:
        raise Refused("/effective_at", "No schedule was in force at that time.") from None
    except Conflict as refusal:
        facts = ", ".join(f"{name} {value}" for name, value in refusal.facts.items())
        raise Refused("", f"Not published: {refusal.code} ({facts}).") from None
    return {
        "object": "fee_schedule_publication",
        "published": not written.dry_run,
        "version": after.version,
        "effective_at": rfc3339(after.effective_at),
        "changes": changes(before, rules),
    }
