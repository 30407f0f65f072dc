"""What each engine is known not to do, by the test that shows it; docs/local-cloud.md says what each means."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Difference:
    """`engine` fails the tests whose ids have one of `tests` in them; `title` is how the guide names it."""

    engine: str
    title: str
    tests: tuple[str, ...]

    def shows_in(self, test_id: str) -> bool:
        return f"[{self.engine}" in test_id and any(part in test_id for part in self.tests)


KNOWN = (
    Difference(
        "ministack", "full-width digits are numbers", ("no_number_is_refused[ministack-\\uff11\\uff10\\uff10]",)
    ),
    Difference("ministack", "list places shift while several are removed", ("REMOVE m.deep[0], m.deep[1]",)),
    Difference(
        "ministack",
        "some wrong expressions pass",
        (
            "SET n = :v, n = :v",
            "SET n = :v SET o = :v",
            "SET n = n + s, o = :v",
            "n + :v = :v",
            "nonsense(n)",
            "{'ExpressionAttributeNames': {}}",
        ),
    ),
    Difference("ministack", "half a key passes in a transaction", ("{'Key': {'pk': {'S': 'a'}}}",)),
)
