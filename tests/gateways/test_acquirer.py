"""What travels to and from the acquirer shows nothing of a card in a log or a traceback."""

from datetime import UTC, datetime

from wallet_api.gateways.acquirer import Acquirer, CardDetails, ChargeOrder, TokenisedCard
from wallet_api.gateways.sandbox_acquirer import SandboxAcquirer
from wallet_api.money import Money


def test_card_details_tokens_and_orders_do_not_show_what_they_hold() -> None:
    """D1."""
    order = ChargeOrder("top_1", "tok_secret", Money(100, "CNY"), datetime(2026, 11, 22, tzinfo=UTC))
    details = CardDetails("4242424242424242", 12, 2035, "ZHANG WEI", "+8613812345678")
    shown = f"{details!r} {details} {TokenisedCard('tok_secret', 'secret')!r} {order!r}"
    for secret in ("4242424242424242", "ZHANG", "138", "2035", "secret"):
        assert secret not in shown


def test_the_sandbox_is_an_acquirer() -> None:
    names = {name for name in vars(Acquirer) if not name.startswith("_")}
    assert names <= set(vars(SandboxAcquirer))
