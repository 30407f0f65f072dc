"""Payment codes: whoever scans one at the same time, whatever is stopped beside it, a code pays once or not at all."""

from typing import Any

from tests.build import PASSWORD, PIN, Someone
from tests.handset import Handset
from tests.schedules.conductor import Conductor
from tests.schedules.scenario import SHORT, scenario
from tests.schedules.scenarios.ends import stop
from tests.schedules.stage import CANCEL, CONFIRM, Act, Stage, yuan
from wallet_api.authorizations.model import PinShown
from wallet_api.payments.use_cases import Asking, Confirmation

TAKE = "POST /v1/payments"
PAID, PAID_AGAIN, PAID_TOO = "payment 0 succeeded", "payment 0 succeeded again", "payment 1 succeeded"
ASKED, REFUSED, DECLINED = "payment 0 requires_action", "payment_code_refused", "payment_declined"


def phone(on: Stage) -> None:
    """Ada's device has a secret; the code that it shows is the same in every run, since the clock stands."""
    wallet, ada = on.wallet, on.customer(on.ada)
    issued = wallet.payment_codes.issue(ada, PIN)
    told = {"secret": issued.shared, "prefix": "47", "alias": issued.secret.alias, "period": 20, "otp_digits": 7,
            "algorithm": "SHA256"}  # fmt: skip
    on.made["phone"] = Handset(on.cloud, told)


def asked(on: Stage) -> None:
    """A till took a code for more than a code pays, and Ada is asked."""
    phone(on)
    wallet = on.wallet
    wallet.payment_codes.set_small(on.customer(on.ada), 0, None)
    on.made["asked"] = take(on, 40, "asked")(Conductor(min)).value.id


def take(on: Stage, amount: int, key: str = "take", order: str = "") -> Act:
    asking = Asking(yuan(amount), "tea", order or f"order {key}", {})
    operation = on.asked(on.shop.id, key, TAKE, f"{amount} by a code")

    def act(_: Conductor) -> Any:
        return on.wallet.payments.take_code(on.merchant, asking, on.made["phone"].code(), operation)

    return act


def yes(on: Stage, who: Someone) -> Act:
    confirmation = Confirmation(on.made["asked"], PinShown(PIN), None)
    operation = on.asked(who.id, "yes", CONFIRM, "asked")
    return lambda _: on.wallet.payments.confirm(on.customer(who), confirmation, operation)


def take_back(on: Stage) -> Act:
    operation = on.asked(on.shop.id, "back", CANCEL, "asked")
    return lambda _: on.wallet.payments.cancel(on.merchant, on.made["asked"], operation)


def other_secret(on: Stage) -> Act:
    return lambda _: on.wallet.payment_codes.issue(on.customer(on.ada), PIN) and None


def other_password(on: Stage) -> Act:
    """Here, where its session goes on."""
    return lambda _: on.wallet.password_changes.change(on.customer(on.ada), PASSWORD, "another cup of pu-erh")


def lower(on: Stage) -> Act:
    """From then on everything is to be confirmed."""
    return lambda _: on.wallet.payment_codes.set_small(on.customer(on.ada), 0, None) and None


PAIRS = [
    scenario("one code at two tills", lambda on: [take(on, 30, "a"), take(on, 40, "b")], (PAID, REFUSED), (REFUSED, PAID), before=phone),
    scenario("one code, one key", lambda on: [take(on, 30), take(on, 30)], (PAID, PAID_AGAIN), (PAID_AGAIN, PAID), before=phone),
    scenario("a code and a freeze", lambda on: [on.freeze(on.ada), take(on, 30)], ("done", PAID), ("done", REFUSED), before=phone),
    scenario("a code and a stop", lambda on: [stop(on, on.ada), take(on, 30)], ("done", PAID), ("done", REFUSED), before=phone),
    scenario("a code and a sign-out", lambda on: [on.sign_out(), take(on, 30)], ("done", PAID), ("done", REFUSED), before=phone),
    scenario("a code and another secret", lambda on: [other_secret(on), take(on, 30)], ("done", PAID), ("done", REFUSED), before=phone),
    scenario("a code and another password", lambda on: [other_password(on), take(on, 30)], ("done", PAID), ("done", REFUSED), before=phone),
    scenario("a code and a lower limit", lambda on: [lower(on), take(on, 30)], ("done", PAID), ("done", ASKED), before=phone),
    scenario(
        "a code and a payment beyond the balance", lambda on: [take(on, 60), on.pay(on.ada, 60)],
        (PAID, SHORT), (DECLINED, PAID), before=phone,
    ),
    scenario(
        "a yes and a second thought", lambda on: [yes(on, on.ada), take_back(on)],
        (PAID, "payment_already_paid"), ("payment_canceled", "payment 0 canceled"), before=asked,
    ),
    scenario(
        "a yes and a freeze", lambda on: [on.freeze(on.ada), yes(on, on.ada)],
        ("done", PAID), ("done", "wallet_frozen"), before=asked,
    ),
    scenario(
        "a yes of a stranger", lambda on: [yes(on, on.ada), yes(on, on.bo)],
        (PAID, "not_found"), (PAID, "payment_paid_by_another"), before=asked,
    ),
]  # fmt: skip
