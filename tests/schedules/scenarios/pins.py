"""The PIN's counter under two at once."""

from tests.schedules.scenario import GUESSED, LOCKED, PAID, scenario

PAIRS = [
    scenario("guess and pay", lambda on: [on.guess(), on.pay(on.ada, 60)], (GUESSED, PAID)),
    scenario(
        "last guess and pay", lambda on: [on.guess(), on.pay(on.ada, 60)],
        (GUESSED, PAID), (GUESSED, LOCKED), before=lambda on: on.guessed(4),
    ),
    scenario(
        "last guess and another guess", lambda on: [on.guess("a"), on.guess("b")],
        (GUESSED, LOCKED), (LOCKED, GUESSED), before=lambda on: on.guessed(4),
    ),
]  # fmt: skip
