"""`./wallet ops rotate-personal-data`: everybody under the new keys, while they go on living."""

from base64 import b64decode
from collections import Counter
from typing import Any

import pytest
from msgspec.structs import replace

from dev import ops, rotation
from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import a_merchant, a_phone
from tests.webhooks.endpoints import an_endpoint
from wallet_api.people.errors import ContactTaken
from wallet_api.people.model import Person
from wallet_api.people.use_cases import People
from wallet_api.storage.crypto import FieldCipher, KeyServiceDown
from wallet_api.storage.keys import Keys
from wallet_api.storage.trips import Trip


class Kms:
    """The local KMS, which answers so often and then no more, and counts."""

    def __init__(self, real: Any) -> None:
        self.real = real
        self.asked: Counter[str] = Counter()
        self.answers_left = 10_000

    def __getattr__(self, name: str) -> Any:
        def ask(**arguments: Any) -> Any:
            from botocore.exceptions import EndpointConnectionError

            if self.answers_left <= 0:
                raise EndpointConnectionError(endpoint_url="https://kms")
            self.answers_left -= 1
            self.asked[name] += 1
            return getattr(self.real, name)(**arguments)

        return ask


@pytest.fixture
def kms(cloud: LocalCloud) -> Kms:
    return Kms(cloud.session.create_client("kms", region_name=cloud.region))


@pytest.fixture
def rotated(cloud: LocalCloud, kms: Kms) -> People:
    """People as a function sees them that was deployed with another KMS key and a second master secret."""
    people = cloud.wallet.people
    key_id = kms.real.create_key()["KeyMetadata"]["KeyId"]
    keys = Keys({**people.keys.masters, people.keys.current + 1: b"n" * 32})
    return replace(people, keys=keys, cipher=FieldCipher(kms, key_id, cloud.clock))


def made(people: People, phone: str, email: str | None = None) -> Person:
    person = people.draft(phone=phone, email=email, locale="en", consents=("terms", "privacy"))
    contacts = [("phone", phone), *([("email", email)] if email else [])]
    with people.storage.atomic_write() as write:
        people.add(person, contacts, write)
    return person


def found(people: People, phone: str) -> str | None:
    with people.storage.trip() as trip:
        read = people.resolve(trip, phone=phone)
    return read()


def under_the_new_secret_alone(people: People) -> People:
    return replace(people, keys=Keys({people.keys.current: people.keys.masters[people.keys.current]}))


def test_everybody_is_brought_under_the_new_keys_and_found_at_every_step(cloud: LocalCloud, rotated: People) -> None:
    """D6, D8: dual lookup, then backfill, then the old claims go."""
    before, phones = cloud.wallet.people, [a_phone() for _ in range(5)]
    people = [made(before, phone, f"li{phone[-4:]}@example.com") for phone in phones]
    assert [found(rotated, phone) for phone in phones] == [person.id for person in people]
    assert [found(under_the_new_secret_alone(rotated), phone) for phone in phones] == [None] * 5
    done = rotation.rotate(rotated)
    assert done == {"people": 5, "data keys": 5, "claims": 10, "retired": 0}
    for view in (before, rotated, under_the_new_secret_alone(rotated)):
        assert [found(view, phone) for phone in phones] == [person.id for person in people]
    assert rotation.rotate(rotated, retire=True) == {"people": 5, "data keys": 0, "claims": 0, "retired": 10}
    assert [found(rotated, phone) for phone in phones] == [person.id for person in people]
    assert [found(before, phone) for phone in phones] == [None] * 5, "what is hashed under the old secret is gone"
    for person, phone in zip(people, phones, strict=True):
        assert rotated.contact(person.id).phone == phone
        assert rotated.require(person.id).data_key != person.data_key


def test_a_second_run_changes_nothing(cloud: LocalCloud, rotated: People) -> None:
    """D6: idempotent."""
    person = made(cloud.wallet.people, a_phone())
    rotation.rotate(rotated)
    wrapped = rotated.require(person.id).data_key
    assert rotation.rotate(rotated) == {"people": 1, "data keys": 0, "claims": 0, "retired": 0}
    assert rotated.require(person.id).data_key == wrapped
    assert rotation.rotate(rotated, again=True)["data keys"] == 1, "after KMS renewed the key's own material"
    assert rotated.require(person.id).data_key != wrapped


def test_a_run_that_breaks_off_is_ended_by_the_next(cloud: LocalCloud, rotated: People, kms: Kms) -> None:
    """D6, D7: resumable; what was done stays done, and nobody is lost in between."""
    phones = [a_phone() for _ in range(6)]
    people = [made(cloud.wallet.people, phone) for phone in phones]
    kms.answers_left = 5
    with pytest.raises(KeyServiceDown):
        rotation.rotate(rotated, threads=1)
    assert [found(rotated, phone) for phone in phones] == [person.id for person in people]
    kms.answers_left = 10_000
    done = rotation.rotate(rotated, threads=1)
    assert (done["people"], 0 < done["data keys"] < 6) == (6, True)
    assert [found(under_the_new_secret_alone(rotated), phone) for phone in phones] == [person.id for person in people]


def test_the_plain_key_stays_in_the_key_service(rotated: People, cloud: LocalCloud, kms: Kms) -> None:
    """D5: re-wrapping asks for no plain key; only looking at a contact does."""
    person = made(cloud.wallet.people, a_phone())
    assert rotated.rewrap(person)
    assert kms.asked == {"re_encrypt": 1}


def test_what_is_sealed_while_the_key_is_wrapped_anew_still_opens(cloud: LocalCloud, rotated: People) -> None:
    """D6: somebody who read the person before the rotation writes after it."""
    before = cloud.wallet.people
    person = made(before, a_phone())
    assert rotated.rewrap(person)
    assert rotated.rewrap(person), "another run at the same time, which read the same"
    before.change(person.id, display_name="Li Na", locale=None)
    assert (
        rotated.unseal(rotated.require(person.id), "display_name", rotated.require(person.id).display_name_sealed)
        == "Li Na"
    )
    sealed = before.seal(person, "display_name", "Na Li")
    assert rotated.unseal(rotated.require(person.id), "display_name", sealed) == "Na Li"


def test_a_contact_that_changes_during_the_run_is_claimed_for_nobody_else(cloud: LocalCloud, rotated: People) -> None:
    """D8, M21: the person is judged again in the write that makes the claim."""
    former, present = a_phone(), a_phone()
    person = made(rotated, former)
    stale = made(cloud.wallet.people, a_phone())
    with rotated.storage.atomic_write() as write:
        rotated.swap_contact(person, "sms", present, former, write)
    assert rotated.renew_claims(person) == 1, "it was tried, for the phone that was read"
    assert (found(rotated, former), found(rotated, present)) == (None, person.id)
    assert made(rotated, former).id == found(rotated, former)
    assert rotated.renew_claims(stale) == 1


def test_an_old_claim_stays_while_there_is_no_new_one(cloud: LocalCloud, rotated: People) -> None:
    """D8, M21: or its owner would be found by nobody, and somebody else could have the number."""
    phone = a_phone()
    person = made(cloud.wallet.people, phone)
    assert rotated.retire_claims(person) == 0
    assert found(rotated, phone) == person.id
    rotated.renew_claims(person)
    assert rotated.retire_claims(person) == 1


def test_a_phone_stays_one_persons_while_its_claim_moves(cloud: LocalCloud, rotated: People) -> None:
    """M21: before, between and after the two steps."""
    phone = a_phone()
    made(cloud.wallet.people, phone)
    for step in (lambda: None, lambda: rotation.rotate(rotated), lambda: rotation.rotate(rotated, retire=True)):
        step()
        with pytest.raises(ContactTaken):
            made(rotated, phone)


def test_a_seal_that_is_broken_is_reported_and_stops_nobody_else(
    cloud: LocalCloud, rotated: People, capsys: pytest.CaptureFixture[str]
) -> None:
    """D5: somebody's data key in another's item."""
    one, two = made(cloud.wallet.people, a_phone()), made(cloud.wallet.people, a_phone())
    items = rotated.items
    with Trip(rotated.storage._connection, rotated.storage._pool, cloud.clock) as trip:
        trip.update(items(one.id, "person"), [items.data_key.set(two.data_key)], items.pk.exists())
    assert rotation.main(["--function", "f"], lambda *_: cloud.wallet.replaced(people=rotated)) == 1
    told = capsys.readouterr()
    assert "2 people looked at: 1 data keys wrapped anew, 1 claims added, 0 older claims removed, 1 that" in told.out
    assert one.id in told.err


def test_an_operator_is_told_when_the_key_service_does_not_answer(
    cloud: LocalCloud, rotated: People, kms: Kms, capsys: pytest.CaptureFixture[str]
) -> None:
    made(cloud.wallet.people, a_phone())
    kms.answers_left = 0
    assert rotation.main(["--function", "f"], lambda *_: cloud.wallet.replaced(people=rotated)) == 1
    assert "run it again" in capsys.readouterr().err


def test_the_tasks_of_an_operator_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert ops.main([]) == 0
    told = capsys.readouterr().out
    assert all(task in told for task in ops.TASKS)
    assert ops.main(["no-such-task"]) == 2


def test_endpoints_go_under_the_new_key_and_sign_as_before(api: Api, cloud: LocalCloud, kms: Kms) -> None:
    shop = a_merchant(cloud)
    made = an_endpoint(api, shop)
    key_id = kms.real.create_key()["KeyMetadata"]["KeyId"]
    webhooks = replace(cloud.wallet.webhooks, cipher=FieldCipher(kms, key_id, cloud.clock))

    def secrets() -> list[bytes]:
        (endpoint,) = webhooks.everywhere()
        return webhooks.signing(endpoint, cloud.clock.now())

    before = secrets()
    assert rotation.rotate_endpoints(webhooks) == {"endpoints": 1, "endpoint keys": 1}
    assert rotation.rotate_endpoints(webhooks) == {"endpoints": 1, "endpoint keys": 0}
    assert secrets() == before == [b64decode(made["secret"].removeprefix("whsec_"))]
