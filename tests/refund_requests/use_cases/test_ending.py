"""A no and a second thought, told again and in races."""

from functools import partial

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import a_merchant, a_person
from tests.refunding import ask_back, asked, decline, take_back
from tests.shopping import at_once


def test_a_no_that_is_sent_six_times_is_one_with_its_first_reason(api: Api, cloud: LocalCloud) -> None:
    shop, ada = a_merchant(cloud), a_person(api, cloud, balance=100_00)
    request = asked(api, shop, ada)
    calls = [partial(decline, shop=shop, request_id=request["id"], reason=f"reason {number}") for number in range(6)]
    answers = at_once(api, *calls)
    assert {answer.status for answer in answers} == {200}
    assert len({answer.body for answer in answers}) == 1


def test_what_ended_makes_room_for_another_request(api: Api, cloud: LocalCloud) -> None:
    shop, ada = a_merchant(cloud), a_person(api, cloud, balance=100_00)
    request = asked(api, shop, ada)
    take_back(api, ada, request["id"]).ok(200)
    ask_back(api, ada, request["payment_id"]).ok(201)
