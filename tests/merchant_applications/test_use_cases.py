"""What an operator may decide, and when; over HTTP see tests/routes/test_merchant_applications.py."""

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import a_person
from tests.selling import apply
from wallet_api.errors import NotFound
from wallet_api.ids import new_id
from wallet_api.merchant_applications.errors import ApplicationDecided, ApplicationIncomplete


def test_what_lacks_something_is_not_approved_and_stands_in_no_queue(api: Api, cloud: LocalCloud) -> None:
    applications, owner = cloud.wallet.merchant_applications, a_person(api, cloud)
    lacking = apply(api, owner, contact=None).ok(201)["id"]
    assert applications.waiting() == []
    with pytest.raises(ApplicationIncomplete):
        applications.approve(lacking)
    with pytest.raises(NotFound):
        applications.approve(new_id("app", cloud.clock.now()))


def test_the_oldest_waits_first_and_a_decided_one_waits_no_more(api: Api, cloud: LocalCloud) -> None:
    applications = cloud.wallet.merchant_applications
    waiting = []
    for _ in range(3):
        waiting.append(apply(api, a_person(api, cloud)).ok(201)["id"])
        cloud.clock.advance("1m")
    assert [each.id for each in applications.waiting()] == waiting
    applications.approve(waiting[1])
    applications.decline(waiting[0], "no")
    assert [each.id for each in applications.waiting()] == waiting[2:]


def test_a_decision_is_made_once(api: Api, cloud: LocalCloud) -> None:
    applications, owner = cloud.wallet.merchant_applications, a_person(api, cloud)
    approved = apply(api, owner).ok(201)["id"]
    applications.approve(approved)
    for decide in (applications.approve, lambda known: applications.decline(known, "no")):
        with pytest.raises(ApplicationDecided):
            decide(approved)
    cloud.wallet.notifications.send_due()
    told = [message.shown()["text"] for message in cloud.inbox.messages(owner.phone)]
    assert len([text for text in told if "申请已通过" in text]) == 1
