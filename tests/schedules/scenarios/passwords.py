"""A password that is changed twice at once: whoever proved the old one changes it once, and nobody who comes after."""

from tests.build import PASSWORD
from tests.schedules.scenario import scenario
from tests.schedules.scenarios.ends import stop
from tests.schedules.stage import Act, Stage

WRONG = "wrong_current_password"


def change(on: Stage, new: str) -> Act:
    return lambda _: on.wallet.password_changes.change(on.customer(on.ada), PASSWORD, new)


PAIRS = [
    scenario(
        "change and change the password",
        lambda on: [change(on, "one cup of pu-erh"), change(on, "another cup of tea")],
        ("done", WRONG), (WRONG, "done"),
    ),
    scenario("change the password and stop", lambda on: [change(on, "one cup of pu-erh"), stop(on, on.ada)], ("done", "done")),
]  # fmt: skip
