"""`./wallet demo`: two people and a merchant, the whole way over HTTP, against a server that it starts itself.

Each step prints what it took and what moved; the first that does not hold ends the demo with a non-zero status and says which.
"""

import argparse
import os
import sys
import uuid
from typing import TYPE_CHECKING, Any

from dev.client import Api
from dev.cloud.safety import RealCredentials, refuse_real_credentials
from dev.story import DoesNotHold, Person, Story, cny, expect, scannable, shown

if TYPE_CHECKING:
    from dev.cloud.local import LocalCloud

PIN = "428617"


def register(story: Story, person: Person) -> None:
    def begin() -> tuple[str, Any]:
        body = {"phone": person.phone, "password": person.password, "locale": "zh-CN", "consents": ["terms", "privacy"]}
        begun = story.ask("POST", "/v1/registrations", 202, body)
        return f"code sent by {begun['channel']} to {begun['sent_to']}", begun

    begun = story.step(f"{person.name} registers {person.phone}", begin)

    def confirm() -> tuple[str, Any]:
        path = f"/v1/registrations/{begun['id']}/confirm"
        made = story.ask("POST", path, 201, {"code": story.code_for(person.phone)})
        return made["user"]["id"], made

    made = story.step(f"{person.name} confirms the code", confirm)
    person.id, person.token = made["user"]["id"], made["session"]["access_token"]


def log_in(story: Story, person: Person) -> None:
    """Password, then a code by SMS."""
    first = {"phone": person.phone, "password": person.password}

    def password() -> tuple[str, Any]:
        asked = story.ask("POST", "/v1/sessions", 200, first)
        return f"{asked['status']}: {', '.join(asked['methods'])}", asked

    asked = story.step(f"{person.name} logs in with the password", password)

    def second() -> tuple[str, Any]:
        path = f"/v1/sessions/challenges/{asked['challenge_id']}"
        answer = story.api.post(f"{path}/send", {"method": "sms"}, lang="en")
        if answer.status not in (200, 202):
            raise DoesNotHold(answer.text[:400])
        made = story.ask("POST", f"{path}/verify", 201, {"method": "sms", "code": story.code_for(person.phone)})
        return f"session for {made['session']['expires_in']} s", made

    person.token = story.step(f"{person.name} gives the code from the SMS", second)["session"]["access_token"]


def log_in_with_totp(story: Story, person: Person) -> None:
    """An authenticator is set up, then used instead of the SMS."""
    import pyotp

    def enrol() -> tuple[str, Any]:
        made = story.ask("POST", "/v1/totp", 201, token=person.token)
        code = pyotp.TOTP(made["secret"]).at(story.cloud.clock.now())
        codes = story.ask("POST", "/v1/totp/confirm", 200, {"code": code}, token=person.token)
        return f"{len(codes['recovery_codes'])} recovery codes", pyotp.TOTP(made["secret"])

    authenticator = story.step(f"{person.name} sets up an authenticator (TOTP)", enrol)
    story.ask("POST", "/sandbox/clock", 200, {"advance": "60s"})

    def log_in_again() -> tuple[str, Any]:
        asked = story.ask("POST", "/v1/sessions", 200, {"phone": person.phone, "password": person.password})
        code = authenticator.at(story.cloud.clock.now())
        path = f"/v1/sessions/challenges/{asked['challenge_id']}/verify"
        return "second factor: totp", story.ask("POST", path, 201, {"method": "totp", "code": code})

    person.token = story.step(f"{person.name} logs in with it", log_in_again)["session"]["access_token"]


def set_pin(story: Story, person: Person) -> None:
    def choose() -> tuple[str, Any]:
        return "set", story.ask("PUT", "/v1/payment_pin", 200, {"pin": PIN}, token=person.token)

    story.step(f"{person.name} sets a payment PIN", choose)


def bind_card(story: Story, person: Person, number: str) -> str:
    def bind() -> tuple[str, Any]:
        body = {
            "number": number, "expiry_month": 12, "expiry_year": 2030, "holder_name": person.name, "phone": person.phone,
        }  # fmt: skip
        card = story.ask("POST", "/v1/cards", 201, body, token=person.token, keyed=True)
        path = f"/v1/cards/{card['id']}/verify"
        card = story.ask("POST", path, 200, {"code": story.code_for(person.phone)}, token=person.token)
        return f"{card['brand']} …{card['last4']} {card['status']}", card["id"]

    return str(story.step(f"{person.name} binds a card, the issuer confirms", bind))


def top_up(story: Story, person: Person, card_id: str, amount: int) -> None:
    def pay_in() -> tuple[str, Any]:
        body = {"amount": cny(amount), "source": {"card_id": card_id}}
        made = story.ask("POST", "/v1/top_ups", 201, body, token=person.token, keyed=True)
        if made["status"] != "succeeded":
            raise DoesNotHold(f"the top-up is {made['status']}")
        return f"+{shown(amount)}  balance {shown(story.balance(person))}", made

    story.step(f"{person.name} tops up from the card", pay_in)


def send(story: Story, payer: Person, payee: Person, amount: int) -> None:
    def ask_fee() -> tuple[str, Any]:
        body = {"operation": "transfer", "amount": cny(amount)}
        quote = story.ask("POST", "/v1/fee_quotes", 201, body, token=payer.token, keyed=True)
        fee, total = quote["fee"]["amount"], quote["total"]["amount"]
        return f"fee {shown(fee)}, total {shown(total)} (schedule {quote['schedule_version']})", quote

    quote = story.step(f"{payer.name} asks what a transfer costs", ask_fee)
    before = story.balance(payer), story.balance(payee)

    def pay() -> tuple[str, Any]:
        body = {"to": {"phone": payee.phone}, "amount": cny(amount), "authorization": {"pin": PIN}, "note": "午饭 AA"}
        story.ask("POST", "/v1/transfers", 201, body, token=payer.token, keyed=True)
        after = story.balance(payer), story.balance(payee)
        if (before[0] - after[0], after[1] - before[1]) != (quote["total"]["amount"], amount):
            raise DoesNotHold(f"balances went from {before} to {after}")
        return f"{payer.name} −{shown(quote['total']['amount'])}, {payee.name} +{shown(amount)}", None

    story.step(f"{payer.name} sends money to {payee.phone}", pay)


def pay(story: Story, person: Person, merchant_key: str, amount: int) -> tuple[str, int]:
    """Scans the merchant's QR code and confirms it, twice; the payment's id and the balance before."""

    def order() -> tuple[str, Any]:
        body = {"amount": cny(amount), "description": "两杯茶 Two teas", "order_id": f"T-{uuid.uuid4().hex[:10]}"}
        payment = story.ask("POST", "/v1/payments", 201, body, token=merchant_key, keyed=True)
        return f"{payment['status']}  {shown(amount)}", payment

    payment = story.step("the merchant creates a payment", order)
    print(scannable(payment["qr"]))

    def scan() -> tuple[str, Any]:
        seen = story.ask("POST", "/v1/scans", 200, {"qr": payment["qr"]}, token=person.token)
        if seen["payment"]["id"] != payment["id"]:
            raise DoesNotHold("the scan names another payment")
        return f"{seen['kind']} to {seen['merchant']['name']}", seen

    story.step(f"{person.name} scans the QR code", scan)
    before = story.balance(person)
    key = str(uuid.uuid4())

    def confirm() -> tuple[str, Any]:
        path = f"/v1/payments/{payment['id']}/confirm"
        body = {"authorization": {"pin": PIN}}
        first = story.api.post(path, body, token=person.token, key=key, lang="en")
        paid = expect(first, first.status if first.status in (200, 201) else 200)
        again = story.api.post(path, body, token=person.token, key=key, lang="en")
        if (again.body, again.headers.get("idempotent-replayed")) != (first.body, "true"):
            raise DoesNotHold("the repeated tap was not answered as the first")
        if before - story.balance(person) != amount:
            raise DoesNotHold("the repeated tap moved money again")
        return f"{paid['status']}  −{shown(amount)}, tapped twice, paid once", paid

    story.step(f"{person.name} confirms with the PIN, twice", confirm)
    return payment["id"], before


def refund(story: Story, person: Person, merchant_key: str, paid: tuple[str, int], amount: int, back: int) -> None:
    """A part comes back, and more than is left never does."""
    payment_id, before = paid

    def give_back() -> tuple[str, Any]:
        body = {"payment_id": payment_id, "amount": cny(back), "reason": "少一杯 One tea was missing"}
        made = story.ask("POST", "/v1/refunds", 201, body, token=merchant_key, keyed=True)
        seen = story.ask("GET", f"/v1/payments/{payment_id}", 200, token=person.token)
        if before - story.balance(person) != amount - back or seen["amount_refunded"]["amount"] != back:
            raise DoesNotHold("the refund is not where it should be")
        return f"{made['status']}  +{shown(back)}", made

    story.step("the merchant refunds a part", give_back)

    def too_much() -> tuple[str, Any]:
        body = {"payment_id": payment_id, "amount": cny(amount), "reason": "again"}
        answer = story.api.post("/v1/refunds", body, token=merchant_key, key=str(uuid.uuid4()), lang="en")
        if not 400 <= answer.status < 500 or answer.json["money_moved"] != "no":
            raise DoesNotHold(f"HTTP {answer.status}: {answer.text[:300]}")
        return f"refused: {answer.json['code']}", None

    story.step("a refund of more than is left is refused", too_much)


def withdraw(story: Story, person: Person, card_id: str, amount: int) -> None:
    """The fee is shown first; then amount and fee leave together, once."""

    def ask_fee() -> tuple[str, Any]:
        body = {"operation": "withdrawal", "amount": cny(amount), "card_id": card_id}
        quote = story.ask("POST", "/v1/fee_quotes", 201, body, token=person.token, keyed=True)
        return f"fee {shown(quote['fee']['amount'])}, total {shown(quote['total']['amount'])}", quote

    quote = story.step(f"{person.name} asks what a withdrawal costs", ask_fee)
    before = story.balance(person)

    def pay_out() -> tuple[str, Any]:
        body = {"amount": cny(amount), "card_id": card_id, "quote_id": quote["id"], "authorization": {"pin": PIN}}
        made = story.ask("POST", "/v1/withdrawals", 201, body, token=person.token, keyed=True)
        if (made["status"], before - story.balance(person)) != ("succeeded", quote["total"]["amount"]):
            raise DoesNotHold(f"the withdrawal is {made['status']}, the balance went from {before}")
        return f"−{shown(quote['total']['amount'])}  card …{made['destination']['last4']} +{shown(amount)}", made

    story.step(f"{person.name} withdraws to the card", pay_out)


def statement(story: Story, person: Person) -> None:
    rows = story.ask("GET", "/v1/transactions", 200, token=person.token)["data"]
    print(f"\n  {person.name}'s statement, newest first")
    for row in rows:
        sign = "+" if row["direction"] == "in" else "−"
        other = (row.get("counterparty") or {}).get("name") or (row.get("counterparty") or {}).get("id") or ""
        print(f"    {row['created_at']}  {row['kind']:<10} {sign}{shown(row['amount']['amount']):>10}  {other}")
    print(f"    {'balance':<30} {shown(story.balance(person)):>11}\n")


def tell(api: Api, cloud: "LocalCloud") -> int:
    """The whole story; the number of steps."""
    story = Story(api, cloud)
    mei = Person("Mei", "+8613800138000", "correct-horse-蓝莓")
    bo = Person("Bo", "+8613912345678", "battery-staple-红枣")
    for person in (mei, bo):
        register(story, person)
    log_in(story, mei)
    log_in_with_totp(story, bo)
    for person in (mei, bo):
        set_pin(story, person)
    card_id = bind_card(story, mei, "6200000000000005")
    top_up(story, mei, card_id, 300_00)
    send(story, mei, bo, 88_88)
    merchant_key = cloud.seeded["merchant_key"]
    paid = pay(story, mei, merchant_key, 36_00)
    refund(story, mei, merchant_key, paid, 36_00, 12_50)
    withdraw(story, mei, card_id, 50_00)
    for person in (mei, bo):
        statement(story, person)
    story.step("the ledger is verified", lambda: _verified(cloud))
    return story.done


def _verified(cloud: "LocalCloud") -> tuple[str, Any]:
    from wallet_api.ledger.verify import verify

    cloud.pump.drain()
    report = verify(cloud.wallet.ledger)
    if not report.holds or any(report.totals.values()):
        raise DoesNotHold("; ".join(report.findings))
    told = f"{report.entries} entries, {report.lines} lines, {report.accounts} accounts, all balances sum to 0"
    return told, report


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="./wallet demo", description=__doc__)
    parser.add_argument("--engine", default="moto", help="moto, ministack, or a DynamoDB endpoint on this machine")
    options = parser.parse_args(arguments)
    try:
        refuse_real_credentials(os.environ)
    except RealCredentials as refusal:
        print(refusal, file=sys.stderr)
        return 1
    from dev.cloud.local import LocalCloud
    from dev.cloud.url_engine import NotAnEngine
    from dev.server import Server

    try:
        opened = LocalCloud.start(options.engine)
    except (RealCredentials, NotAnEngine) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    with opened as cloud:
        server = Server(cloud.gateway).start()
        print(f"A wallet of its own at {server.url}\n")
        try:
            cloud.seed()
            cloud.pump.start()
            steps = tell(Api(server.port), cloud)
        except DoesNotHold as failure:
            print(f"\nThe demo does not hold at {failure}", file=sys.stderr)
            return 1
        finally:
            server.stop()
    print(f"\nAll {steps} steps hold.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
