"""Charges by a standing consent, and what ends or bounds it: of what they share, the mandate and the wallet, all guard."""

from tests.build import PIN, Someone
from tests.schedules.conductor import Conductor
from tests.schedules.scenario import PAID, PAID_AGAIN, PAID_TOO, scenario
from tests.schedules.stage import Act, Stage, yuan
from wallet_api.authorizations.model import PinShown
from wallet_api.mandates.model import Terms
from wallet_api.mandates.use_cases import Limits
from wallet_api.payments.use_cases import Asking

ASK, CONFIRM, CHARGE = "POST /v1/mandates", "POST /v1/mandates/{mandate_id}/confirm", "POST /v1/payments"
REVOKED, FULL, DECLINED = "mandate_revoked", "mandate_limit_exceeded", "payment_declined"
AGREED, AGREED_AGAIN = "mandate 0 active", "mandate 0 active again"


def waiting(on: Stage) -> None:
    """The shop asks for a consent: 60 yuan at a time, 90 a month."""
    terms = Terms("Tea", "member-1", yuan(60), yuan(90))
    made = on.wallet.mandates.create(on.merchant, terms, on.asked(on.shop.id, "mandate", ASK, "mandate"))
    on.made["mandate"] = made.value.id


def active(on: Stage) -> None:
    """And Ada gives it."""
    waiting(on)
    agree(on, on.ada, "before")(Conductor(min))


def agree(on: Stage, who: Someone, key: str = "agree") -> Act:
    asked = on.asked(who.id, key, CONFIRM, "mandate")
    return lambda _: on.wallet.mandates.confirm(on.customer(who), on.made["mandate"], PinShown(PIN), asked)


def charge(on: Stage, amount: int, key: str = "charge", order: str = "") -> Act:
    asking, asked = Asking(yuan(amount), "Tea", order or key, {}), on.asked(on.shop.id, key, CHARGE, f"{amount}")
    return lambda _: on.wallet.payments.charge(on.merchant, asking, on.made["mandate"], asked)


def revoke(on: Stage) -> Act:
    def act(_: Conductor) -> None:
        on.wallet.mandates.end(on.customer(on.ada), on.made["mandate"])

    return act


def give_up(on: Stage) -> Act:
    def act(_: Conductor) -> None:
        on.wallet.mandates.end(on.merchant, on.made["mandate"])

    return act


def lower(on: Stage, monthly: int) -> Act:
    def act(_: Conductor) -> None:
        on.wallet.mandates.lower(on.customer(on.ada), on.made["mandate"], Limits(None, yuan(monthly)))

    return act


PAIRS = [
    scenario("charge and revoke", lambda on: [charge(on, 60), revoke(on)], (PAID, "done"), (REVOKED, "done"), before=active),
    scenario(
        "charge and charge at the month's limit", lambda on: [charge(on, 60, "a"), charge(on, 60, "b")],
        (PAID, FULL), (FULL, PAID), before=active,
    ),
    scenario("charge and charge within it", lambda on: [charge(on, 40, "a"), charge(on, 50, "b")], (PAID, PAID_TOO), before=active),
    scenario(
        "replay and first charge", lambda on: [charge(on, 60), charge(on, 60)],
        (PAID, PAID_AGAIN), (PAID_AGAIN, PAID), before=active,
    ),
    scenario(
        "one order is charged under two keys", lambda on: [charge(on, 40, "a", "17"), charge(on, 40, "b", "17")],
        (PAID, "order_id_taken"), ("order_id_taken", PAID), before=active,
    ),
    scenario("charge and freeze", lambda on: [charge(on, 60), on.freeze(on.ada)], (PAID, "done"), (DECLINED, "done"), before=active),
    scenario("charge and lower", lambda on: [charge(on, 60), lower(on, 50)], (PAID, "done"), (FULL, "done"), before=active),
    scenario(
        "charge and pay beyond the balance", lambda on: [charge(on, 60), on.pay(on.ada, 60)],
        (PAID, "insufficient_funds"), (DECLINED, PAID), before=active,
    ),
    scenario("revoke and end", lambda on: [revoke(on), give_up(on)], ("done", "done"), before=active),
    scenario(
        "two people agree", lambda on: [agree(on, on.ada), agree(on, on.bo)],
        (AGREED, "mandate_confirmed_by_another"), ("mandate_confirmed_by_another", AGREED), before=waiting,
    ),
    scenario(
        "replay and first agreement", lambda on: [agree(on, on.ada), agree(on, on.ada)],
        (AGREED, AGREED_AGAIN), (AGREED_AGAIN, AGREED), before=waiting,
    ),
    scenario(
        "agree and freeze", lambda on: [agree(on, on.ada), on.freeze(on.ada)],
        (AGREED, "done"), ("wallet_frozen", "done"), before=waiting,
    ),
    scenario(
        "agree and take it back", lambda on: [agree(on, on.ada), give_up(on)],
        (AGREED, "done"), ("mandate_canceled", "done"), before=waiting,
    ),
]  # fmt: skip
