"""What the guides promise in figures is what the code does; what is a figure in English is held to be the same one in Chinese."""

from datetime import timedelta

import pytest

from tests.guides.newcomer import guide
from wallet_api.deliveries.model import KEPT_FOR, PLAN
from wallet_api.gateways.callbacks import TIMEOUT_SECONDS
from wallet_api.ledger.limits import PAYMENT_CODE, STATIC_CODE, TABLE
from wallet_api.mandates.model import MOST_PER_MONTH, MOST_PER_PAYMENT
from wallet_api.payment_codes.model import CONFIRM_WITHIN, PERIOD_SECONDS, SMALL
from wallet_api.payments.model import LIFE
from wallet_api.payouts.model import MINIMUM
from wallet_api.rate_limits.model import OF_A_MERCHANT
from wallet_api.sessions.model import ACCESS_LIFE
from wallet_api.settlement_accounts.model import COOL_DOWN
from wallet_api.signatures.model import MAX_NONCE, MIN_NONCE, TOLERANCE
from wallet_api.webhooks.model import MAX_ENDPOINTS

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
IN_TEN_MINUTES, IN_A_DAY = (limit.quota for limit in OF_A_MERCHANT["payment_code"])


def yuan(amount: int) -> str:
    """As a guide writes it."""
    return f"{amount // 100:,}.{amount % 100:02}"


def listed(numbers: list[int]) -> str:
    """`2, 5 and 10`."""
    *most, last = map(str, numbers)
    return f"{', '.join(most)} and {last}" if most else last


def waits() -> str:
    """The plan of a delivery's attempts, by seconds, minutes and hours."""
    seconds = [int(wait.total_seconds()) for wait in PLAN if timedelta() < wait < MINUTE]
    minutes = [wait // MINUTE for wait in PLAN if MINUTE <= wait < HOUR]
    hours = [wait // HOUR for wait in PLAN if wait >= HOUR]
    return f"{listed(seconds)} seconds, {listed(minutes)} minutes, {listed(hours)} hours after the try before"


PROMISED = [
    ("accept-a-payment", f"expires at `expires_at`, {LIFE // MINUTE} minutes later"),
    ("accept-a-payment", f"The access token lasts {ACCESS_LIFE // MINUTE} minutes"),
    ("accept-a-payment", f"such codes take {yuan(TABLE[STATIC_CODE][0])} at a time"),
    ("keys-and-signatures", f"within {TOLERANCE.seconds} seconds of our clock; {MIN_NONCE} to {MAX_NONCE} characters"),
    ("mandates", f"At most {yuan(MOST_PER_PAYMENT)} at a time and {yuan(MOST_PER_MONTH)} a month"),
    ("reconciliation", f"for nothing, if it is {yuan(MINIMUM)} or more"),
    ("reconciliation", f"paid to after {COOL_DOWN // HOUR} hours"),
    ("take-a-payment-code-at-the-till", f"({yuan(SMALL)} unless they say otherwise)"),
    ("take-a-payment-code-at-the-till", f"after {yuan(TABLE[PAYMENT_CODE][1])} in a day"),
    ("take-a-payment-code-at-the-till", f"it waits {CONFIRM_WITHIN // MINUTE} minutes"),
    ("take-a-payment-code-at-the-till", f"up to {PERIOD_SECONDS} seconds off"),
    ("take-a-payment-code-at-the-till", f"After {IN_TEN_MINUTES} codes that paid nothing within 10 minutes, or {IN_A_DAY} in a day"),
    ("webhooks", f"up to {MAX_ENDPOINTS} addresses of yours"),
    ("webhooks", f"within {TIMEOUT_SECONDS} seconds"),
    ("webhooks", f"It is tried again {waits()}"),
    ("webhooks", f"kept for {KEPT_FOR.days} days"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "promise"), PROMISED)
def test_the_guide_promises_what_the_code_does(name: str, promise: str) -> None:
    assert promise in " ".join(guide(f"{name}.md", "").read_text("utf-8").split())
