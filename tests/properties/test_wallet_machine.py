"""A state machine over the whole wallet: people, a merchant, cards, holds, consents, codes, requests, payouts, withdrawals, transfers
that arrive later, owners who stop their wallets, faults, replays, time and folding in any order.
"""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from msgspec.structs import replace

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests import withdrawing
from tests.build import a_card
from tests.faults.stage import Door
from tests.properties.machine_of_payments import Paying
from tests.properties.machine_of_standing import Charging, Requesting, Settling, Stopping
from tests.properties.machine_of_transfers import Delaying
from tests.properties.machine_of_withdrawals import CARDS, FEE, Withdrawing
from tests.schedules.scenarios import mandates, payment_codes
from tests.schedules.stage import Stage, build
from tests.settling import with_account
from wallet_api.fees.model import FIRST, NOTICE


class WalletMachine(Stopping, Charging, Requesting, Settling, Delaying, Withdrawing, Paying):
    """All of it at once."""


@pytest.fixture
def stage(api: Api, cloud: LocalCloud) -> Stage:
    """As in the schedules; and Ada's phone shows codes, she consented to charges, the shop has an account at its bank, and
    Ada has a card for each way in which a withdrawal ends, which costs a whole yuan.
    """
    stage = build(api, cloud)
    payment_codes.phone(stage)
    mandates.active(stage)
    with_account(cloud, stage.shop)
    numbers = (withdrawing.TAKES, withdrawing.DECLINES, withdrawing.LATER_TAKES, withdrawing.LATER_DECLINES)
    cards = {card: a_card(api, cloud, stage.ada, number) for card, number in zip(CARDS, numbers, strict=True)}
    cost = {"basis_points": 0, "fixed": FEE * 100, "minimum": 0}
    rules = [replace(rule, **cost) if rule.operation == "withdrawal" else rule for rule in FIRST.rules]
    cloud.wallet.fees.publish(rules, cloud.clock.now() + 2 * NOTICE)
    cloud.clock.advance(3 * NOTICE)
    hold = cloud.wallet.payments.found_again(stage.held)
    stage.made |= {
        "cards": cards,
        "held before": hold.amount.amount // 100,
        "hold ends": hold.capture_before,
        "earned before": 100,
    }
    stage.keep()
    return stage


@pytest.mark.slow
def test_no_sequence_of_whatever_people_do_and_whatever_breaks_makes_the_wallet_lie(stage: Stage) -> None:
    """M1, M2, M3, M5, M7, M8, M15, M22, M37, M38, M41, M42."""

    class Machine(WalletMachine):
        built = stage
        api = Door(stage.cloud)

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=8, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
