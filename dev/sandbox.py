"""`/sandbox/*`: the inbox, the clock and the reset button of the local server. Nothing of it is ever deployed."""

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Protocol

from msgspec import to_builtins

from dev.bank_files import BREAKS, RAILS, TooFewRecords, compared, sample
from dev.bank_files import shown as shown_break
from dev.cloud.bank import LocalBank
from dev.cloud.clock import BadStep, MovableClock
from dev.cloud.gauges import Gauges
from dev.cloud.inbox import Inbox
from dev.faults import FAULTS
from dev.gateway import Call
from dev.operating import Refused, act, publish
from dev.payment_codes import shown
from dev.problems import Reply, csv_reply, json_reply, problem
from dev.seed import ACCOUNT_NUMBER, BANK, HOLDER, give_account
from wallet_api.clock import wallet_day
from wallet_api.errors import Invalid
from wallet_api.gateways import sandbox_acquirer, sandbox_bank, screening
from wallet_api.ledger.errors import AccountMissing
from wallet_api.ledger.rebuild import rebuild
from wallet_api.ledger.verify import verify
from wallet_api.reconciliation.errors import BankFileUnreadable
from wallet_api.reconciliation.model import Rail
from wallet_api.settlement_accounts.model import Details
from wallet_api.wallet import Wallet

MAGIC_CARDS = {
    "4242424242424242": ("approves", "通过"),
    "6200000000000005": ("approves (UnionPay)", "通过(银联)"),
    "4000000000000002": ("declines", "拒绝"),
    "4000000000009995": ("insufficient funds", "余额不足"),
    "4000000000000069": ("expired card", "卡已过期"),
    "4000000000000119": ("no answer, later approved", "无应答,稍后通过"),
    "4000000000000259": ("no answer, later declined", "无应答,稍后拒绝"),
    "4000000000003220": ("needs an extra confirmation", "需要额外确认"),
    "4000000000005126": ("approves; a withdrawal is returned after two days", "通过;提现两天后被银行退回"),
    "4000000000000127": ("cannot be bound: verification fails", "无法绑定:验证失败"),
}
MAGIC_AMOUNTS: dict[str, Mapping[int, str]] = {
    "payments under review / 需审核的付款": screening.MAGIC_AMOUNTS,
    "refunds to a card / 退回银行卡的退款": sandbox_acquirer.REFUNDS,
    "withdrawals / 提现": sandbox_acquirer.CREDITS,
    "payouts / 结算打款": sandbox_bank.MAGIC_AMOUNTS,
}
"""In minor units of any currency, by what they are amounts of."""
_MAX_LIMIT = 500


class Cloud(Protocol):
    """What the sandbox turns."""

    clock: MovableClock
    inbox: Inbox
    gauges: Gauges
    bank: LocalBank
    seeded: dict[str, Any]
    pump: Any

    @property
    def wallet(self) -> Wallet: ...

    def advance(self, by: str | int, *, forgiving: bool) -> list[str]: ...

    def reset(self) -> None: ...

    def seed(self) -> None: ...


class _Wrong(Exception):
    """A request the sandbox refuses: a JSON pointer and a sentence."""

    def __init__(self, pointer: str, detail: str) -> None:
        super().__init__(detail)
        self.pointer = pointer
        self.detail = detail


class Sandbox:
    """Answers what begins with `/sandbox`, and nothing else."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._routes: dict[tuple[str, ...], dict[str, Callable[[Call], Any]]] = {
            ("sandbox",): {"GET": self._index},
            ("sandbox", "messages"): {"GET": self._messages},
            ("sandbox", "clock"): {"GET": self._time, "POST": self._advance},
            ("sandbox", "ledger"): {"GET": self._ledger, "POST": self._rebuild},
            ("sandbox", "merchants"): {"POST": self._merchant},
            ("sandbox", "bank_file"): {"GET": self._bank_file, "POST": self._compare},
            ("sandbox", "operator"): {"POST": lambda call: act(self._cloud.wallet, _body(call))},
            ("sandbox", "fees"): {"POST": lambda call: publish(self._cloud.wallet, call.body)},
            ("sandbox", "payment_codes"): {"GET": self._payment_codes},
            ("sandbox", "reset"): {"POST": self._reset},
        }

    def __call__(self, call: Call) -> Reply | None:
        if call.segments[:1] != ("sandbox",):
            return None
        methods = self._routes.get(call.segments)
        if methods is None:
            return problem(404, "not_found", "GET /sandbox lists what there is.", call.request_id)
        answer = methods.get("GET" if call.method == "HEAD" else call.method)
        if answer is None:
            allowed = ", ".join(sorted(methods))
            return problem(405, "method_not_allowed", f"Use {allowed}.", call.request_id, {"Allow": allowed})
        try:
            answered = answer(call)
            return answered if isinstance(answered, Reply) else json_reply(answered, call.request_id)
        except (_Wrong, Refused) as wrong:
            error = {"pointer": wrong.pointer, "code": "invalid", "detail": wrong.detail}
            return problem(422, "invalid_request", wrong.detail, call.request_id, errors=[error])

    def _index(self, _call: Call) -> dict[str, Any]:
        return {
            "object": "sandbox",
            "en": "A wallet on this machine. No message leaves it, no real money exists, and the clock can be moved.",
            "zh-CN": "本机上的钱包:短信和邮件不会外发,没有真实资金,时钟可以拨动。",
            "now": _shown(self._cloud),
            "routes": {
                "GET /sandbox/messages?to=&limit=": "SMS, e-mail and pushes, newest first / 短信、邮件与推送,最新的在前",
                "GET /sandbox/clock": "the time / 当前时间",
                'POST /sandbox/clock {"advance": "25h"}': "move time forward (s, m, h, d) / 向前拨动时间",
                'POST /sandbox/merchants {"name", "category", "city", …}': "another merchant and its key / 再建一个商户",
                'POST /sandbox/operator {"approve": "app_…"}': "decide an application, suspend a merchant / 审批商户申请、暂停商户",
                'POST /sandbox/fees {"rules": […], "dry_run": true}': "publish the next fee schedule / 公布新的收费标准",
                "GET /sandbox/payment_codes?user=": "what a person's phones show now, drawn / 用户手机当前显示的付款码",
                "GET /sandbox/ledger": "verify the ledger, once the streams are read / 核对账本",
                'POST /sandbox/ledger {"rebuild": "merchant/mer_…"}': "an account's missing lines / 补齐账户明细",
                "GET /sandbox/bank_file?rail=payouts&day=&breaks=": "the bank's file of a day / 银行某日的对账文件",
                'POST /sandbox/bank_file?rail=payouts&day= {"file": "…"}': "hold a file against the ledger / 与账本核对",
                "POST /sandbox/reset": "wipe everything and seed again / 清空并重新生成示例数据",
            },
            "faults": {name: {"en": fault.en, "zh-CN": fault.zh} for name, fault in FAULTS.items()},
            "cards": {number: {"en": en, "zh-CN": zh} for number, (en, zh) in MAGIC_CARDS.items()},
            "amounts": {
                what: {f"{amount}": behaviour for amount, behaviour in amounts.items()}
                for what, amounts in MAGIC_AMOUNTS.items()
            },
            "settlement_accounts": {f"…{end}": behaviour for end, behaviour in sandbox_bank.MAGIC_ENDINGS.items()},
            "seeded": self._cloud.seeded,
            "metrics": self._cloud.gauges.shown(),
        }

    def _messages(self, call: Call) -> dict[str, Any]:
        asked = dict(call.query)
        if unknown := sorted(set(asked) - {"to", "limit"}):
            raise _Wrong(f"/{unknown[0]}", "Only to and limit are known here.")
        limit = asked.get("limit", "50")
        if not (limit.isascii() and limit.isdigit() and 1 <= int(limit) <= _MAX_LIMIT):
            raise _Wrong("/limit", f"limit is a whole number from 1 to {_MAX_LIMIT}.")
        # In a query a plus is a space, and phone numbers begin with one: forgive who did not encode it.
        to = asked.get("to")
        if to is not None and to.startswith(" "):
            to = "+" + to.strip()
        found = self._cloud.inbox.messages(to)[: int(limit)]
        return {"object": "list", "data": [message.shown() for message in found], "next_cursor": None}

    def _time(self, _call: Call) -> dict[str, str]:
        return {"object": "clock", "now": _shown(self._cloud)}

    def _advance(self, call: Call) -> dict[str, Any]:
        body = _body(call)
        if set(body) != {"advance"}:
            raise _Wrong("/advance", 'Send {"advance": "25h"}: seconds, or text like 90s, 25h or 2d.')
        try:
            ran = self._cloud.advance(body["advance"], forgiving=True)
        except BadStep as error:
            raise _Wrong("/advance", str(error)) from error
        return {"object": "clock", "now": _shown(self._cloud), "ran": ran}

    def _ledger(self, _call: Call) -> dict[str, Any]:
        self._cloud.pump.drain()
        report = verify(self._cloud.wallet.ledger)
        return {"object": "ledger_report", "holds": report.holds, **to_builtins(report)}

    def _rebuild(self, call: Call) -> dict[str, Any]:
        body = _body(call)
        if set(body) != {"rebuild"} or not isinstance(body["rebuild"], str):
            raise _Wrong("/rebuild", 'Send {"rebuild": ACCOUNT}, such as merchant/mer_… or fees.')
        try:
            return {"object": "rebuilt", **to_builtins(rebuild(self._cloud.wallet.folding, body["rebuild"]))}
        except AccountMissing as error:
            raise _Wrong("/rebuild", "There is no such wallet.") from error

    def _bank_file(self, call: Call) -> Reply:
        """What the bank says of a day, from its own books; of cards, what the acquirer should say."""
        asked, rail, day = self._day_of_rail(call, "breaks")
        breaks = [each for each in asked.get("breaks", "").split(",") if each]
        if unknown := set(breaks) - set(BREAKS):
            raise _Wrong("/breaks", f"{', '.join(sorted(unknown))}: choose from {', '.join(BREAKS)}.")
        cloud = self._cloud
        records = cloud.bank.records(day) if rail == "payouts" else cloud.wallet.comparing.ours(rail, day)
        try:
            return csv_reply(sample(records, breaks), call.request_id)
        except TooFewRecords as few:
            raise _Wrong("/breaks", str(few)) from few

    def _compare(self, call: Call) -> dict[str, Any]:
        _, rail, day = self._day_of_rail(call)
        body = _body(call)
        texts = [body.get("file"), *body.get("beside", ())] if isinstance(body.get("beside", []), list) else [None]
        if not set(body) <= {"file", "beside"} or not all(isinstance(each, str) for each in texts):
            raise _Wrong("/file", 'Send {"file": "reference,status,…", "beside": ["…"]}: the CSV as text.')
        self._cloud.pump.drain()
        file, *beside = (str(each).splitlines(keepends=True) for each in texts)
        try:
            breaks = compared(self._cloud.wallet, rail, day, file, beside)
        except BankFileUnreadable as error:
            raise _Wrong("/file", f"The file cannot be read: {error}") from error
        return {"object": "bank_comparison", "rail": rail, "day": day, "breaks": [shown_break(each) for each in breaks]}

    def _day_of_rail(self, call: Call, *more: str) -> tuple[dict[str, str], Rail, str]:
        asked = dict(call.query)
        if unknown := sorted(set(asked) - {"rail", "day", *more}):
            raise _Wrong(f"/{unknown[0]}", f"Only {', '.join(('rail', 'day', *more))} are known here.")
        rail = next((each for each in RAILS if each == asked.get("rail", "payouts")), None)
        if rail is None:
            raise _Wrong("/rail", f"Choose from {', '.join(RAILS)}.")
        day = asked.get("day") or wallet_day(self._cloud.clock.now())
        if not _is_date(day):
            raise _Wrong("/day", "A day is such as 2026-11-22.")
        return asked, rail, day

    def _merchant(self, call: Call) -> dict[str, Any]:
        """What an operator does in a deployed wallet, with an account to be paid out to; a name that is not Latin needs
        `latin_name` beside it.
        """
        body = _body(call)
        needed, more = ("name", "category", "city"), ("country", "latin_name", "latin_city", "account_number")
        for field in sorted({*needed, *body}):
            if field not in (*needed, *more) or not isinstance(body.get(field), str):
                raise _Wrong(f"/{field}", f"Send texts: {', '.join(needed)}, and if need be {', '.join(more)}.")
        wallet, number = self._cloud.wallet, body.pop("account_number", ACCOUNT_NUMBER)
        try:
            account = Details(BANK, HOLDER, number)
        except Invalid as refusal:
            raise _Wrong("/account_number", "An account number is 8 to 34 digits and capital letters.") from refusal
        try:
            merchant = wallet.merchants.create(**body)
        except Invalid as refusal:
            raise _Wrong(
                refusal.problems[0].pointer, "Names and cities that are not Latin need their Latin form."
            ) from refusal
        give_account(wallet, merchant.id, account)
        return {
            "object": "merchant",
            "id": merchant.id,
            "name": body["name"],
            "api_key": wallet.merchants.issue_key(merchant.id),
        }

    def _payment_codes(self, call: Call) -> dict[str, Any]:
        """What a person's phones show now, for a developer who has a till and no phone."""
        asked = dict(call.query)
        if set(asked) != {"user"}:
            raise _Wrong("/user", "Send ?user=usr_…, whose device has asked for a payment_code_secret.")
        return {"object": "list", "data": list(shown(self._cloud.wallet, asked["user"])), "next_cursor": None}

    def _reset(self, call: Call) -> dict[str, Any]:
        if call.body and _body(call):
            raise _Wrong("", "Send nothing, or an empty object.")
        self._cloud.reset()
        self._cloud.seed()
        return {"object": "sandbox", "seeded": self._cloud.seeded}


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _shown(cloud: Cloud) -> str:
    return cloud.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")


def _body(call: Call) -> dict[str, Any]:
    try:
        value = json.loads(call.body)
    except (ValueError, RecursionError) as error:
        raise _Wrong("", "The body is not JSON.") from error
    if not isinstance(value, dict):
        raise _Wrong("", "The body is not a JSON object.")
    return value
