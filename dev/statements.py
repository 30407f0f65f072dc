"""The numbered requirements that are to be held, and why some have no test: what the product does not have cannot be tested."""

from collections.abc import Iterator, Mapping

Statement = tuple[str, int]

WITHOUT_A_TEST: Mapping[Statement, str] = {
    ("A", 35): (
        "There are no support agents: nobody but its owner can begin a reset, and no call shows a code or a password."
    ),
    ("A", 51): (
        "There are no agents or administrators in the API; operators act with their own AWS credentials, whose second "
        "factor and approvals are AWS's."
    ),
    ("O", 9): (
        "There is no audit log beside the journal; the journal is append-only by IAM, and a changed entry wakes "
        "somebody (M2)."
    ),
    ("O", 10): (
        "There are no agents: nobody reads another's data through the API. Operators read with their own AWS credentials, "
        "and an account that records CloudTrail's data events of the tables has every read of theirs; what their commands "
        "show names nobody (D9)."
    ),
}


def to_be_held() -> Iterator[Statement]:
    """What identity, personal data, time, money, webhooks with their queue, and the libraries under it must be held to, one by one."""
    stood_on = (*range(1, 15), *range(20, 32), *range(40, 46), *range(50, 54))
    for letter, numbers in (
        ("A", range(1, 52)), ("D", range(5, 11)), ("O", range(1, 14)), ("P", (*range(1, 25), *range(26, 37))),
        ("M", range(1, 45)), ("S", stood_on),
    ):  # fmt: skip
        for number in numbers:
            yield letter, number
