"""Errands of withdrawals: a debit card that stands, and money to send there."""

from collections.abc import Mapping

from dev.fuzz.errands.led import Errand, Led
from dev.fuzz.world import PIN, Person, World, cny


def withdraw(world: World, person: Person) -> Led:
    return Led(body={"amount": cny(150), "card_id": world.a_card_of(person), "authorization": {"pin": PIN}})


def of_withdrawal(world: World, person: Person) -> Led:
    made = world.ask("POST", "/v1/withdrawals", withdraw(world, person).body, person.token)
    return Led({"withdrawal_id": made["id"]})


OF_WITHDRAWALS: Mapping[str, Errand] = {
    "withdrawals_create_withdrawal": withdraw,
    "withdrawals_get_withdrawal": of_withdrawal,
}
"""By operationId."""
