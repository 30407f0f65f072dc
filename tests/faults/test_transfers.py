"""Every fault at every storage call of a transfer over HTTP: the caller is told the truth, and the same key moves it once."""

from itertools import product

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import a_person, balance_of, key, send
from tests.faults.injector import FAULTS, Faults
from wallet_api.ledger.verify import verify

CALLS = 3
"""The reservation, the reads and the write; a fourth belongs to what follows a fault."""


@pytest.mark.parametrize("fault", [name for name in FAULTS if "left over" not in name and not name.startswith("died")])
def test_a_disturbed_transfer_tells_the_truth_and_happens_once(
    api: Api, cloud: LocalCloud, faults: Faults, fault: str
) -> None:
    """M12–M16, M38, M41."""
    ada, bo = a_person(api, cloud, balance=100_00), a_person(api, cloud)
    sent = 0
    for nth, times in product(range(1, CALLS + 2), (1, 40)):
        idem = key()
        faults.clear()
        faults.hit(nth, fault, times)
        first = send(api, ada, bo, 1_00, idem=idem)
        faults.clear()
        moved = balance_of(api, bo) == sent + 1_00
        if first.status == 201:
            assert moved
        else:
            problem = first.json
            assert (first.status, problem["retry"]) in ((503, "same_key"), (500, "same_key")), first.text
            assert problem["money_moved"] in ("no", "unknown")
            assert not (moved and problem["money_moved"] == "no"), f"{fault} at call {nth}: {first.text}"
        second = send(api, ada, bo, 1_00, idem=idem)
        sent += 1_00
        assert second.status == 201, f"{fault} at call {nth}: {second.text}"
        assert first.status != 201 or second.json == first.json
        assert (balance_of(api, ada), balance_of(api, bo)) == (100_00 - sent, sent)
    cloud.pump.drain()
    assert verify(cloud.wallet.ledger).findings == []
