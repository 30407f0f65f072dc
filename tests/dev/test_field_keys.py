"""A deployment that changes the KMS key of its personal data, by the parameters of the template and the rights they give."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from msgspec.structs import replace

from dev import functions, rotation
from dev.cloud.local import LocalCloud
from dev.templates import RESOURCES, load_template
from tests.build import a_phone
from wallet_api.people.model import Person
from wallet_api.people.use_cases import People
from wallet_api.storage.crypto import FieldCipher, KeyServiceDown


class Deployment:
    """What the template makes of parameters: the key that the alias names, and what the functions may do with which key."""

    def __init__(self, own_key: str, **parameters: str) -> None:
        resources = load_template(RESOURCES)
        defaults = {name: one["Default"] for name, one in resources["Parameters"].items() if "Default" in one}
        self.parameters, self.own_key = {**defaults, **parameters, "FieldKey": own_key}, own_key
        self.conditions = resources["Conditions"]
        self.wrapping_key = self.value(resources["Resources"]["FieldKeyAlias"]["Properties"]["TargetKeyId"])

    def value(self, told: Any) -> Any:
        """What an expression of the template comes to."""
        if not isinstance(told, dict):
            return told
        ((how, what),) = told.items()
        if how == "Ref":
            return self.parameters.get(what)
        if how == "Fn::GetAtt":
            return self.own_key if what == ["FieldKey", "Arn"] else ".".join(what)
        if how == "Fn::Sub":
            return what
        if how == "Fn::If":
            return self.value(what[1] if self.holds(self.conditions[what[0]]) else what[2])
        raise AssertionError(told)

    def holds(self, condition: Any) -> bool:
        ((how, what),) = condition.items()
        if how == "Fn::Not":
            return not self.holds(what[0])
        return bool(self.value(what[0]) == self.value(what[1]))

    def may(self, action: str, key: str) -> bool:
        """Whether the role of the API allows this for a key, named by its ARN."""
        (policy,) = functions.resources()["ApiHandlerRole"]["Properties"]["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]:
            actions, where = statement["Action"], statement.get("Resource")
            named = {self.value(each) for each in (where if isinstance(where, list) else [where])}
            if action in ([actions] if isinstance(actions, str) else actions) and key in named - {None}:
                return True
        return False


class GuardedKms:
    """The local KMS, which refuses what the deployment's policy does not allow. It is asked by key, where AWS follows the
    alias.
    """

    def __init__(self, real: Any, deployment: Deployment) -> None:
        self.real, self.deployment = real, deployment

    def generate_data_key(self, **arguments: Any) -> Any:
        return self._allowed("GenerateDataKey", self.real.generate_data_key(**arguments))

    def decrypt(self, **arguments: Any) -> Any:
        return self._allowed("Decrypt", self.real.decrypt(**arguments))

    def _allowed(self, operation: str, answer: Any) -> Any:
        if not self.deployment.may(f"kms:{operation}", answer["KeyId"]):
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "denied"}}, operation)
        return answer


@pytest.fixture
def kms(cloud: LocalCloud) -> Any:
    return cloud.session.create_client("kms", region_name=cloud.region)


@pytest.fixture
def keys(kms: Any) -> list[str]:
    return [str(kms.create_key()["KeyMetadata"]["Arn"]) for _ in range(3)]


def deployed(cloud: LocalCloud, kms: Any, own_key: str, **parameters: str) -> People:
    """People as the functions of such a deployment see them."""
    deployment = Deployment(own_key, **parameters)
    cipher = FieldCipher(GuardedKms(kms, deployment), deployment.wrapping_key, cloud.clock)
    people: People = cloud.wallet.people
    return replace(people, cipher=cipher)


def made(people: People) -> tuple[Person, str]:
    phone = a_phone()
    person = people.draft(phone=phone, email=None, locale="en", consents=("terms", "privacy"))
    with people.storage.atomic_write() as write:
        people.add(person, [("phone", phone)], write)
    return person, phone


def rotated(cloud: LocalCloud, kms: Any, people: People) -> int:
    """An operator's run, who may re-encrypt."""
    with_rights = replace(people, cipher=FieldCipher(kms, people.cipher._key_id, cloud.clock))
    return rotation.rotate(with_rights)["data keys"]


def test_a_deployment_that_changes_its_key_opens_what_was_wrapped_before(
    cloud: LocalCloud, kms: Any, keys: list[str]
) -> None:
    """D6: from the stack's own key to another, and from that to a third, with nobody unreadable at any step."""
    own, second, third = keys
    first, phone = made(deployed(cloud, kms, own))
    now = deployed(cloud, kms, own, FieldKeyArn=second)
    assert now.contact(first.id).phone == phone, "wrapped under the stack's own key, which stays readable"
    later, other_phone = made(now)
    assert rotated(cloud, kms, now) == 1
    now = deployed(cloud, kms, own, FieldKeyArn=third, FormerFieldKeyArn=second)
    assert [now.contact(each.id).phone for each in (first, later)] == [phone, other_phone]
    assert rotated(cloud, kms, now) == 2
    alone = deployed(cloud, kms, own, FieldKeyArn=third)
    assert [alone.contact(each.id).phone for each in (first, later)] == [phone, other_phone]


def test_who_forgets_to_name_the_former_key_is_refused_and_loses_nobody(
    cloud: LocalCloud, kms: Any, keys: list[str]
) -> None:
    """D6, D7: personal data fails closed, and opens again as soon as the key is named."""
    own, second, third = keys
    person, phone = made(deployed(cloud, kms, own, FieldKeyArn=second))
    with pytest.raises(KeyServiceDown):
        deployed(cloud, kms, own, FieldKeyArn=third).contact(person.id)
    named = deployed(cloud, kms, own, FieldKeyArn=third, FormerFieldKeyArn=second)
    assert named.contact(person.id).phone == phone


def test_nothing_is_wrapped_under_a_former_key_any_more(keys: list[str]) -> None:
    """D6: the functions may open what it wrapped, and no more."""
    own, second, third = keys
    deployment = Deployment(own, FieldKeyArn=third, FormerFieldKeyArn=second)
    rights = {key: [deployment.may(f"kms:{what}", key) for what in ("Decrypt", "GenerateDataKey")] for key in keys}
    assert rights == {own: [True, False], second: [True, False], third: [True, True]}
    assert Deployment(own).wrapping_key == own
    assert not Deployment(own).may("kms:Decrypt", second)
