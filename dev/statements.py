"""The numbered requirements that are to be held, and why some have no test: what the product does not have cannot be tested."""

from collections.abc import Iterator, Mapping

Statement = tuple[str, int]

WITHOUT_A_TEST: Mapping[Statement, str] = {
    (
        "A",
        35,
    ): "There are no support agents: nobody but its owner can begin a reset, and no call shows a code or a password.",
    ("A", 37): "Somebody who has lost every factor is identified at a counter of the operator; the wallet has neither "
    "security questions nor a call that would take their place.",
    ("A", 38): "A loss report over the telephone is the operator's; its owner freezes by ending sessions and devices.",
    (
        "A",
        51,
    ): "There are no agents or administrators in the API; operators act with their own AWS credentials, whose second "
    "factor and approvals are AWS's.",
}


def to_be_held() -> Iterator[Statement]:
    """What identity, personal data, time, money and the libraries under it must be held to, one by one."""
    stood_on = (*range(20, 32), *range(40, 46), *range(50, 54))
    for letter, numbers in (
        ("A", range(1, 52)), ("D", range(5, 10)), ("O", (11,)), ("M", range(1, 45)), ("S", stood_on)
    ):  # fmt: skip
        for number in numbers:
            yield letter, number
