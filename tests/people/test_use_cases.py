"""People in their tables: found by phone without a readable phone, sealed, and one wallet for one contact."""

import pytest
from msgspec.structs import replace

from dev.cloud.local import LocalCloud
from tests.build import a_person, a_phone
from tests.client import Api
from tests.identity import register
from wallet_api.people.errors import ContactTaken, PersonMissing
from wallet_api.people.model import Person
from wallet_api.people.use_cases import People
from wallet_api.storage.crypto import SealBroken
from wallet_api.storage.keys import Keys


def made(people: People, phone: str) -> Person:
    """A person, written as a registration writes one."""
    person = people.draft(phone=phone, email=None, locale="en", consents=("terms", "privacy"))
    with people.storage.atomic_write() as write:
        people.add(person, [("phone", phone)], write)
    return person


def found(people: People, phone: str) -> str | None:
    with people.storage.trip() as trip:
        read = people.resolve(trip, phone=phone)
    return read()


def test_a_person_is_found_by_phone_and_by_id_and_nobody_by_another_phone(cloud: LocalCloud) -> None:
    people, phone = cloud.wallet.people, a_phone()
    person = made(people, phone)
    with people.storage.trip() as trip:
        by_id = people.resolve(trip, person_id=person.id)
        by_mail = people.resolve(trip, email="nobody@example.com")
    assert (found(people, phone), found(people, a_phone()), by_id(), by_mail()) == (person.id, None, person.id, None)


def test_a_phone_has_one_wallet(cloud: LocalCloud) -> None:
    """M21: the claim on the number is an item of its own in the transaction that makes the person."""
    people, phone = cloud.wallet.people, a_phone()
    made(people, phone)
    with pytest.raises(ContactTaken):
        made(people, phone)


def test_a_phone_keeps_its_one_wallet_while_the_keys_are_rotated(cloud: LocalCloud) -> None:
    """D8: a hash is looked up under every version, and claimed under the newest."""
    people, phone = cloud.wallet.people, a_phone()
    person = made(people, phone)
    rotated = replace(people, keys=Keys({**people.keys.masters, people.keys.current + 1: b"n" * 32}))
    assert found(rotated, phone) == person.id
    with pytest.raises(ContactTaken):
        made(rotated, phone)
    later = a_phone()
    assert made(rotated, later).id == found(rotated, later)
    assert found(people, later) is None, "the old keys do not know the new version"


def test_a_sealed_phone_opens_for_its_own_person_and_field_alone(cloud: LocalCloud) -> None:
    """D5: copied to another person, or to another field, it does not open."""
    people, phone = cloud.wallet.people, a_phone()
    person, other = made(people, phone), made(people, a_phone())
    assert people.contact(person.id).phone == phone
    with pytest.raises(SealBroken):
        people.unseal(other, "phone", person.phone_sealed)
    with pytest.raises(SealBroken):
        people.unseal(person, "email", person.phone_sealed)
    with pytest.raises(SealBroken):
        people.unseal(replace(other, data_key=person.data_key), "phone", person.phone_sealed)


def test_no_phone_address_or_name_is_readable_in_any_table(api: Api, cloud: LocalCloud) -> None:
    """D5, D8, D9: neither those of people nor those of people to be."""
    someone = a_person(api, cloud)
    api.patch("/v1/me", {"display_name": "Zhang Wei"}, token=someone.token).ok()
    waiting = a_phone()
    register(api, phone=waiting, email="li.na@example.com").ok(202)
    dynamodb = cloud.session.create_client("dynamodb", region_name=cloud.region)
    rows = [
        repr(item)
        for table in cloud.wallet.settings.tables.values()
        for page in dynamodb.get_paginator("scan").paginate(TableName=table)
        for item in page["Items"]
    ]
    assert len(rows) > 5
    for secret in (someone.phone[3:], waiting[3:], "li.na", "Zhang Wei"):
        assert not [row for row in rows if secret in row]


def test_an_unknown_person_has_no_contact(cloud: LocalCloud) -> None:
    with pytest.raises(PersonMissing):
        cloud.wallet.people.contact("usr_00000000000000000000000000")
