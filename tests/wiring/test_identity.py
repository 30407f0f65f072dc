"""Whoever proves something is asked by everybody through the one collaborator that counts the tries."""

from dev.cloud.local import LocalCloud


def test_one_counter_of_attempts_serves_every_door(cloud: LocalCloud) -> None:
    """Two counters would be twice as many guesses."""
    wallet = cloud.wallet
    doors = (wallet.sign_ins, wallet.recoveries, wallet.password_changes)
    assert {id(door.passwords) for door in doors} == {id(wallet.passwords)}
    assert wallet.passwords.attempts is wallet.second_factors.attempts
