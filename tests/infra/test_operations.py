"""docs/operations.md: its commands are run as they stand, in their order, on a deployment that the local cloud plays; each alarm has
its section; and what it asks of AWS's own command line is held against botocore's models.
"""

import inspect
import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from botocore import xform_name
from botocore.model import ListShape, ServiceModel, Shape, StructureShape
from botocore.session import get_session

from dev import ledger, ops, packaging, reconcile
from dev.cloud.local import LocalCloud
from dev.runbook import PAGE, commands_in, section_of
from dev.templates import ACCOUNT, ROOT, Template
from tests.build import PIN, a_merchant, a_person, cny, key
from tests.client import Api
from tests.deployment import Deployment
from tests.refunding import refund_to_card
from tests.settling import earn, next_day, payouts, with_account
from tests.withdrawing import with_card, withdraw
from wallet_api.errors import WalletError

TEXT = PAGE.read_text("utf-8")
COMMANDS = list(dict.fromkeys(commands_in(TEXT)))
OURS = [command for command in COMMANDS if command.startswith("./wallet ")]
PAGES = (PAGE, ROOT / "docs/deploying.md", ROOT / "docs/rotating-keys.md")
# Commands of the AWS command line that are its own and no service's call, with their options:
# https://docs.aws.amazon.com/cli/latest/reference/cloudformation/package.html and deploy.html
CUSTOM = {
    ("cloudformation", "package"): {
        "template-file", "s3-bucket", "s3-prefix", "kms-key-id", "output-template-file", "use-json", "force-upload", "metadata",
    },
    ("cloudformation", "deploy"): {
        "template-file", "stack-name", "s3-bucket", "force-upload", "s3-prefix", "kms-key-id", "parameter-overrides", "capabilities",
        "no-execute-changeset", "disable-rollback", "no-disable-rollback", "role-arn", "notification-arns", "fail-on-empty-changeset",
        "no-fail-on-empty-changeset", "tags",
    },
}  # fmt: skip

# What the command line calls otherwise than the models do: awscli/customizations/s3, and argrename.py.
SERVICES = {"s3api": "s3"}
RENAMED = {("sns", "subscribe", "endpoint"): "notification-endpoint"}


@pytest.fixture
def deployed(cloud: LocalCloud) -> Iterator[Any]:
    store: Any = cloud.session.create_client("secretsmanager", region_name=cloud.region)
    name = cloud.wallet.settings.keys_secret
    before = store.get_secret_value(SecretId=name)["SecretString"]
    made = Deployment(cloud)
    yield made
    made.close()
    store.put_secret_value(SecretId=name, SecretString=before)


@pytest.fixture
def meant(api: Api, cloud: LocalCloud, tmp_path: Path) -> dict[str, str]:
    """What stands for the words that an operator fills in: a wallet with people, a shop and money in it."""
    ada, shop = a_person(api, cloud, balance=5_000), a_merchant(cloud)
    asked = {"amount": cny(300), "order_id": "1", "description": "tea"}
    paid = api.post("/v1/payments", asked, token=shop.key, key=key()).ok(201)
    answer = api.post(f"/v1/payments/{paid['id']}/confirm", {"authorization": {"pin": PIN}}, token=ada.token, key=key())
    answer.ok(200)
    card = api.get("/v1/cards", token=ada.token).ok()["data"][0]["id"]
    topped = api.post("/v1/top_ups", {"amount": cny(500), "source": {"card_id": card}}, token=ada.token, key=key())
    cloud.pump.drain()
    (line, *_) = api.get("/v1/transactions", token=ada.token).ok()["data"]
    withdrawn = withdraw(api, *with_card(api, cloud)).ok(201)
    refunded = refund_to_card(api, shop, a_person(api, cloud, balance=2_000_00), 1250)
    earning = with_account(cloud, a_merchant(cloud))
    earn(api, cloud, earning)
    assert next_day(cloud)
    (paid_out,) = payouts(api, earning)
    file = tmp_path / "bank.csv"
    file.write_text("reference,status,amount,currency\n")
    return {
        "pay_…": paid["id"], "top_…": topped.ok(201)["id"], "usr_…": ada.id, "mer_…": shop.id, "ent_…": line["id"],
        "wdr_…": withdrawn["id"], "ref_…": refunded["id"], "po_…": paid_out["id"],
        "REQUEST_ID": answer.headers["x-request-id"], "FILE": str(file), "build/prod": str(tmp_path / "build"),
    }  # fmt: skip


def given(program: Callable[..., int], words: list[str], deployed: Any) -> int:
    """Runs a verb's own program with the local wallet in place of the deployed one."""
    taken = inspect.signature(program).parameters
    more: dict[str, Any] = {}
    if "opener" in taken:
        more["opener"] = lambda _function, _region: deployed.cloud.wallet
    if "session" in taken:
        more["session"] = deployed
    return program(words, **more)


def run(command: str, meant: dict[str, str], deployed: Any) -> int:
    for word, one in meant.items():
        command = command.replace(word, one)
    verb, *words = shlex.split(command.removeprefix("./wallet "))
    if verb == "package":
        return packaging.main([*words, "--template-only"])
    if verb == "ops":
        return given(ops.TASKS[words[0]], words[1:], deployed)
    programs = {"ledger": ledger.main, "reconcile": reconcile.main}
    return given(programs[verb], words, deployed)


def test_the_commands_of_the_page_do_what_it_says_in_its_order(
    deployed: Any, meant: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """O6, O8, D10: on a wallet with people and money in it, that is well; and it is well afterwards."""
    failed = []
    for command in OURS:
        status = run(command, meant, deployed)
        told = capsys.readouterr()
        # Nobody has heard of anything new, which is what its status says.
        if status and not (" ops ask " in command and told.out.count("as before") == told.out.count("\n") == 3):
            failed.append(f"{command}\n{told.out}{told.err}")
    assert not failed, "\n".join(failed)
    assert ledger.main(["--function", "f", "verify", "--grace", "0"], lambda *_: deployed.cloud.wallet) == 0


def test_every_task_of_operators_stands_on_the_page() -> None:
    named = {shlex.split(command)[2] for command in OURS if command.startswith("./wallet ops ")}
    inline = set(re.findall(r"`\./wallet ops ([a-z-]+)`", TEXT))
    assert named | inline == set(ops.TASKS)
    for verb in ("verify", "rebuild", "redrive", "again", "package", "reconcile"):
        assert any(verb in command for command in OURS), verb


def test_every_alarm_says_what_it_means_what_to_do_and_when_it_is_over(template: Template) -> None:
    """O8: what it means for customers' money, at least three commands, and what ends it."""
    alarms = {name for name, one in template["Resources"].items() if one["Type"] == "AWS::CloudWatch::Alarm"}
    assert alarms
    for alarm in sorted(alarms):
        section = section_of(alarm)
        assert section is not None, alarm
        assert section.text.strip().startswith("Money: "), alarm
        assert len(section.commands) >= 3, alarm
        assert "\nOver when " in section.text, alarm
        if not alarm.endswith(("Fails", "Throttled")):
            assert alarm in section.heading, alarm


def test_no_section_is_about_an_alarm_that_there_is_not(template: Template) -> None:
    headings = TEXT.partition("\n## The alarms\n")[2].partition("\n## ")[0]
    named = {name for line in re.findall(r"^### (.+)$", headings, re.MULTILINE) for name in line.split(", ")}
    assert named - {"FunctionFails", "FunctionThrottled"} <= set(template["Resources"])


def test_an_outcome_that_the_page_looks_for_is_one_that_there_is() -> None:
    outcomes = {word for command in OURS for word in re.findall(r"--outcome (\S+)", command)}
    assert outcomes
    assert outcomes <= set(WalletError.by_code)


def of_aws() -> list[tuple[str, str]]:
    """Every command of AWS's on the pages, with the page; a line that ends with a backslash goes on in the next."""
    found = []
    for page in PAGES:
        text = page.read_text("utf-8").replace("\\\n", " ")
        lines = [*commands_in(text), *re.findall(r"`(aws [^`]+)`", text)]
        found += [(page.name, line) for line in lines if line.startswith("aws ")]
    return sorted(set(found))


@pytest.mark.parametrize(("page", "command"), of_aws())
def test_a_command_of_aws_is_one_that_there_is(page: str, command: str) -> None:
    """Service, operation, and each option with the fields that are given to it, by botocore's models."""
    _, service, operation, *words = shlex.split(command)
    options = options_of(words)
    if (service, operation) in CUSTOM:
        assert set(options) <= CUSTOM[service, operation], page
        return
    session = get_session()
    service = SERVICES.get(service, service)
    assert service in session.get_available_services(), page
    model: ServiceModel = session.get_service_model(service)
    operations = {xform_name(name, "-"): name for name in model.operation_names}
    assert operation in operations, page
    shape = model.operation_model(operations[operation]).input_shape
    kebab = {name: xform_name(name, "-") for name in (shape.members if shape is not None else {})}
    kebab = {name: RENAMED.get((service, operation, option), option) for name, option in kebab.items()}
    members = {option: shape.members[name] for name, option in kebab.items()} if shape is not None else {}
    members |= {f"no-{option}": one for option, one in members.items() if one.type_name == "boolean"}
    # The command line's own, for what comes in pages.
    unknown = set(options) - set(members) - {"max-items", "query", "output", "region"}
    assert not unknown, f"{page}: {command}"
    for name, values in options.items():
        for value in values if name in members else ():
            named = members[name].type_name != "map"
            assert not named or fields_of(value) <= fields_in(members[name]), f"{page}: {command}"
    required = {kebab[name] for name in (shape.required_members if shape is not None else ())}
    assert required <= set(options), f"{page}: {command}"


LARGEST_INLINE, LARGEST = 51_200, 1_048_576
"""Bytes of a template that CloudFormation takes in a call, and from a bucket.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
"""


def test_the_template_fits_and_each_deployment_goes_by_a_bucket_as_its_size_asks(template: Template) -> None:
    """As `aws cloudformation package` writes it; without the bucket, `deploy` would refuse a template of this size."""
    written = len(yaml.safe_dump(template, sort_keys=False).encode())
    assert LARGEST_INLINE < written < LARGEST * 0.8
    deploying = [command for _, command in of_aws() if command.startswith("aws cloudformation deploy ")]
    assert len(deploying) >= 3
    small = [command for command in deploying if "--template-file infra/account.yaml" in command]
    assert ACCOUNT.stat().st_size <= LARGEST_INLINE, "it makes the bucket"
    assert all("--s3-bucket BUCKET" in command for command in deploying if command not in small)


def options_of(words: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for word in words:
        if word.startswith("--"):
            found[word[2:]] = []
        else:
            found[next(reversed(found))].append(word)
    return found


def fields_of(value: str) -> set[str]:
    """The names in the command line's short form of a structure: `Name=value,Name=value`."""
    return set(re.findall(r"(?:^|,)([A-Z]\w+)=", value))


def fields_in(shape: Shape) -> set[str]:
    inner = shape.member if isinstance(shape, ListShape) else shape
    return set(inner.members) if isinstance(inner, StructureShape) else set()
