"""What the libraries under the wallet may say: nothing of what they were called with."""

import logging
from collections.abc import Iterator

import pytest

from tests.secrecy import listening
from wallet_api.gateways.acquirer import CardDetails, ChargeOrder, RefundOrder, TokenisedCard
from wallet_api.gateways.bank import BankOrder
from wallet_api.logs import TALKATIVE, WITHHELD, Discreet, be_discreet
from wallet_api.settlement_accounts.model import Details
from wallet_api.signatures.model import SignedRequest
from wallet_api.storage.keys import Keys


@pytest.fixture(autouse=True)
def _somebody_turned_everything_on() -> Iterator[None]:
    """Every logger of these libraries at DEBUG, as somebody who hunts a fault would have it, after the wallet was opened."""
    be_discreet()
    loggers = [logging.getLogger(f"{name}{more}") for name in TALKATIVE for more in ("", ".connection.base")]
    before = [(logger, logger.level) for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    yield
    for logger, level in before:
        logger.setLevel(level)


@pytest.mark.parametrize("name", TALKATIVE)
def test_a_library_never_says_what_it_was_called_with(name: str) -> None:
    """D9, S30: whatever the levels are, at whichever logger of the library."""
    with listening() as listener:
        for logger in (logging.getLogger(name), logging.getLogger(f"{name}.connection.base")):
            logger.debug("Calling %s with arguments %s", "PutItem", {"phone": "+8613800138000"})
            logger.info("+8613800138000")
    assert len(listener.lines) == 4
    assert all(WITHHELD in line and "138001" not in line for line in listener.lines)


def test_warnings_of_a_library_and_everything_of_ours_are_heard() -> None:
    with listening() as listener:
        logging.getLogger("botocore.endpoint").warning("no answer from %s", "kms")
        logging.getLogger("wallet_api.any").debug("folded %s lines", 3)
        logging.getLogger("botocore_of_somebody_else").debug("hello")
    assert [line.strip() for line in listener.lines] == [
        "botocore.endpoint no answer from kms",
        "wallet_api.any folded 3 lines",
        "botocore_of_somebody_else hello",
    ]


def test_being_discreet_twice_is_being_discreet_once() -> None:
    be_discreet()
    factory = logging.getLogRecordFactory()
    be_discreet()
    assert logging.getLogRecordFactory() is factory


def test_a_discreet_record_shows_its_name_alone() -> None:
    """D9: wherever it is logged or meets a traceback, inside of others too."""

    class Account(Discreet, frozen=True):
        number: str

    for shown in (repr(Account("6222")), str(Account("6222")), f"{[Account('6222')]}"):
        assert "Account(…)" in shown
        assert "6222" not in shown


@pytest.mark.parametrize(
    "kind", [CardDetails, TokenisedCard, ChargeOrder, RefundOrder, BankOrder, SignedRequest, Details, Keys]
)
def test_what_holds_secrets_or_accounts_is_discreet(kind: type) -> None:
    assert issubclass(kind, Discreet)
