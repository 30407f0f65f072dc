"""Whether an account can take the wallet is told before anything is made there; each thing that would stop a deployment stops this."""

from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.session import get_session
from botocore.validate import validate_parameters

from dev import readiness

MISSING = {
    "DescribeStacks": "ValidationError",
    "DescribeTable": "ResourceNotFoundException",
    "DescribeSecret": "ResourceNotFoundException",
}
READY: dict[str, Any] = {
    "GetCallerIdentity": {"Account": "123456789012", "Arn": "arn:aws:iam::123456789012:user/ada", "UserId": "A"},
    "DescribeLogGroups": {"logGroups": []},
    "GetAccountSettings": {"AccountLimit": {"ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": 1000}},
    "apigateway.GetAccount": {},
    "sesv2.GetAccount": {"ProductionAccessEnabled": True},
    "GetEmailIdentity": {"VerifiedForSendingStatus": True},
    "GetSMSSandboxAccountStatus": {"IsInSandbox": False},
    "GetSMSAttributes": {"attributes": {"MonthlySpendLimit": "100"}},
    "DescribeCertificate": {
        "Certificate": {
            "Status": "ISSUED",
            "DomainName": "*.bank.example",
            "SubjectAlternativeNames": ["*.bank.example", "bank.example"],
        }
    },
}
DEPLOYING = ["--mail-sender", "no-reply@bank.example", "--domain-name", "wallet.bank.example"]
DEPLOYING += ["--certificate-arn", "arn:aws:acm:eu-west-1:123456789012:certificate/1"]
ALL_IS_WELL = 0
SESSION = get_session()
SESSION.set_credentials("testing", "testing")


class Account:
    """Stands in for a botocore session; every question and answer is held against AWS's own models."""

    def __init__(self, **answers: Any) -> None:
        self.answers = READY | {name.replace("_", "."): answer for name, answer in answers.items()}
        self.asked: list[str] = []

    def create_client(self, service: str, region_name: str | None = None) -> Any:
        client: Any = SESSION.create_client(service, region_name=region_name or "eu-west-1")
        client.meta.events.register_first("before-call.*.*", self._answer)
        return client

    def _answer(self, model: Any, **_: Any) -> Any:
        self.asked.append(model.name)
        service = f"{model.service_model.service_name}.{model.name}"
        answer = self.answers.get(service, self.answers.get(model.name))
        if answer is None or isinstance(answer, str):
            raise ClientError({"Error": {"Code": answer or MISSING[model.name], "Message": ""}}, model.name)
        validate_parameters(answer, model.output_shape)
        return SimpleNamespace(status_code=200), {**answer, "ResponseMetadata": {"HTTPStatusCode": 200}}


def ready(account: Any, *more: str) -> int:
    return readiness.main([*DEPLOYING, *more], account)


def test_a_fresh_account_with_what_it_needs_is_ready_and_nothing_was_changed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    account = Account()
    assert ready(account) == ALL_IS_WELL, capsys.readouterr()
    told = capsys.readouterr().out
    assert "123456789012" in told
    assert "STOP" not in told
    assert {name for name in account.asked if not name.startswith(("Get", "Describe"))} == set()


def for_domain(status: str, domain: str) -> dict[str, Any]:
    return {"DescribeCertificate": {"Certificate": {"Status": status, "DomainName": domain}}}


LEFT_OVER = {"Table": {"TableStatus": "ACTIVE"}}


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ({"GetAccountSettings": {"AccountLimit": {"ConcurrentExecutions": 10, "UnreservedConcurrentExecutions": 10}}}, "has 10, and 809"),
        ({"DescribeTable": LEFT_OVER}, "wallet-prod-ledger"),
        ({"DescribeSecret": {"Name": "wallet-prod-keys"}}, "wallet-prod-keys"),
        ({"DescribeLogGroups": {"logGroups": [{"logGroupName": "/wallet/prod/api"}]}}, "/wallet/prod/api"),
        ({"sesv2_GetAccount": {"ProductionAccessEnabled": False}}, "SES's sandbox"),
        ({"GetEmailIdentity": {"VerifiedForSendingStatus": False}}, "neither no-reply@bank.example nor bank.example"),
        ({"GetEmailIdentity": "NotFoundException"}, "neither no-reply@bank.example nor bank.example"),
        ({"GetSMSSandboxAccountStatus": {"IsInSandbox": True}}, "SNS's sandbox"),
        ({"GetSMSAttributes": {"attributes": {}}}, "1 USD a month"),
        (for_domain("PENDING_VALIDATION", "wallet.bank.example"), "PENDING_VALIDATION"),
        (for_domain("ISSUED", "other.example"), "it is for other.example"),
        ({"GetCallerIdentity": "ExpiredToken"}, "could not be asked"),
        ({"DescribeTable": "AccessDeniedException"}, "could not be asked"),
    ],
)  # fmt: skip
def test_what_would_stop_a_deployment_is_told_in_words(
    answers: dict[str, Any], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ready(Account(**answers)) == 1
    (line,) = [line for text in capsys.readouterr() for line in text.splitlines() if line.startswith("STOP")]
    assert told in line


@pytest.mark.parametrize(
    ("status", "well"),
    [
        ("CREATE_COMPLETE", True),
        ("UPDATE_ROLLBACK_COMPLETE", True),
        ("ROLLBACK_COMPLETE", False),
        ("CREATE_FAILED", False),
        ("UPDATE_IN_PROGRESS", False),
    ],
)
def test_a_stack_that_is_there_says_whether_it_can_be_deployed_over(
    status: str, well: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its own names are in use then, by itself."""
    found = {"Stacks": [{"StackName": "wallet-prod", "CreationTime": "2026-11-22T00:00:00Z", "StackStatus": status}]}
    assert (ready(Account(DescribeStacks=found, DescribeTable=LEFT_OVER)) == ALL_IS_WELL) is well
    assert status in capsys.readouterr().out


def test_where_the_account_has_a_role_for_logs_the_parameter_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    account = Account(apigateway_GetAccount={"cloudwatchRoleArn": "arn:aws:iam::123456789012:role/logs"})
    assert ready(account) == ALL_IS_WELL
    assert "GatewayLogRole=there: arn:aws:iam::123456789012:role/logs" in capsys.readouterr().out


def test_a_trial_may_stay_in_the_sandboxes_of_a_new_account(capsys: pytest.CaptureFixture[str]) -> None:
    few = {"AccountLimit": {"ConcurrentExecutions": 10, "UnreservedConcurrentExecutions": 10}}
    account = Account(
        GetAccountSettings=few,
        sesv2_GetAccount={"ProductionAccessEnabled": False},
        GetSMSSandboxAccountStatus={"IsInSandbox": True},
        GetSMSAttributes={"attributes": {}},
    )
    session: Any = account
    assert readiness.main(["--stage", "dev"], session) == ALL_IS_WELL
    assert "reaches verified" in capsys.readouterr().out
