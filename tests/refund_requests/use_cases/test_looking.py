"""What a merchant is not told of its customer."""

from datetime import UTC, datetime

from wallet_api.merchants.model import MerchantCaller
from wallet_api.refund_requests.use_cases.looking import told_to
from wallet_api.sessions.model import Customer
from wallet_api.timeline import Step

NOW = datetime(2026, 11, 22, tzinfo=UTC)
STEPS = [
    Step(None, "refund.expected", "ref_1"),
    Step(NOW, "refund.diverted_wallet_frozen", "ref_1"),
    Step(NOW, "refund.succeeded", "ref_1"),
]


def test_a_merchant_is_not_told_why_its_customers_money_went_another_way() -> None:
    merchant = MerchantCaller("mer_1", "key_1", "", "test")
    assert [step.what for step in told_to(merchant, STEPS)] == ["refund.succeeded", "refund.expected"]


def test_a_customer_is_told_all_in_order() -> None:
    customer = Customer("usr_1", "ses_1", "")
    assert [step.what for step in told_to(customer, STEPS)] == [
        "refund.diverted_wallet_frozen", "refund.succeeded", "refund.expected",
    ]  # fmt: skip
