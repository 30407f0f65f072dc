"""`./wallet ops ready`: whether an account and region can take the wallet, before anything is made there.

A stack takes twenty minutes to find out what can be asked in seconds: that a name is in use, that the account has too few instances
for the functions' shares, that nobody verified the sender. Nothing is written.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session, get_session

from dev.functions import FUNCTIONS
from dev.packaging import STAGES
from dev.templates import table_names

UNSHARED_INSTANCES = 100
"""What Lambda leaves to functions without a share. https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html"""
_MISSING = {"ResourceNotFoundException", "NotFoundException", "ValidationError"}

Finding = tuple[bool, str]
"""Whether it may stay so, and what is to be known."""


@dataclass(frozen=True)
class Asked:
    """An account and region, and what is to be deployed there."""

    session: Session
    region: str | None
    stage: str
    mail_sender: str = ""
    domain_name: str = ""
    certificate_arn: str = ""

    def client(self, service: str) -> Any:
        """A client of botocore's with the operator's own credentials."""
        return self.session.create_client(service, region_name=self.region or None)


def main(arguments: list[str] | None = None, session: Session | None = None) -> int:
    options = _options(arguments)
    asked = Asked(
        session or get_session(),
        options.region,
        options.stage,
        options.mail_sender,
        options.domain_name,
        options.certificate_arn,
    )
    in_the_way = 0
    for name, check in CHECKS.items():
        try:
            for well, told in check(asked):
                in_the_way += not well
                print(f"{'ok  ' if well else 'STOP'}  {name}: {told}")
        except (BotoCoreError, ClientError) as error:
            in_the_way += 1
            print(f"STOP  {name}: it could not be asked: {error}", file=sys.stderr)
    print(f"{in_the_way} to mend first." if in_the_way else "Ready: docs/deploying.md goes on from here.")
    return 1 if in_the_way else 0


def account(asked: Asked) -> Iterator[Finding]:
    """Whose it is: the wrong profile is found here, and not in somebody's console."""
    identity = asked.client("sts").get_caller_identity()
    yield True, f"{identity['Account']} as {identity['Arn']}"


def names(asked: Asked) -> Iterator[Finding]:
    """Things with names of their own are made by the stack, or are in its way."""
    stack = f"wallet-{asked.stage}"
    status = _found(lambda: asked.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"])
    if status is not None:
        whole = status.endswith("_COMPLETE") and status not in ("ROLLBACK_COMPLETE", "DELETE_COMPLETE")
        yield whole, f"the stack {stack} is {status}" + ("" if whole else "; docs/deploying.md says how to go on")
        return
    dynamodb, secrets = asked.client("dynamodb"), asked.client("secretsmanager")
    left = [
        table
        for table in table_names(stage=asked.stage).values()
        if _found(lambda table=table: dynamodb.describe_table(TableName=table)) is not None  # type: ignore[misc]
    ]
    if _found(lambda: secrets.describe_secret(SecretId=f"{stack}-keys")) is not None:
        left.append(f"{stack}-keys")
    groups = asked.client("logs").describe_log_groups(logGroupNamePrefix=f"/wallet/{asked.stage}/")["logGroups"]
    left += [group["logGroupName"] for group in groups]
    yield not left, f"in use without a stack: {', '.join(left)}" if left else f"nothing is called {stack} yet"


def instances(asked: Asked) -> Iterator[Finding]:
    """The functions' shares and the hundred that Lambda leaves to others; a new account may have ten."""
    if asked.stage != "prod":
        yield True, "this stage takes no share of the account's"
        return
    shares = sum(function["instances"] for function in FUNCTIONS.values())
    limit = asked.client("lambda").get_account_settings()["AccountLimit"]
    has, wanted = limit["ConcurrentExecutions"], shares + UNSHARED_INSTANCES
    if has < wanted:
        yield False, f"the account has {has}, and {wanted} are needed: ask for more (quota L-B99A9384 of lambda)"
        return
    # What is in use already is counted by no quota: a stack that is there has its shares.
    free = limit["UnreservedConcurrentExecutions"]
    taken = "" if free >= wanted else f"; {has - free} are shared out already, this stack's own perhaps among them"
    yield True, f"the account has {has}, and {wanted} are needed{taken}"


def gateway_log(asked: Asked) -> Iterator[Finding]:
    """One role of the whole account and region; a second would take the place of the first."""
    role = asked.client("apigateway").get_account().get("cloudwatchRoleArn")
    yield True, f"deploy with GatewayLogRole=there: {role}" if role else "none yet, the stack makes it"


def mail(asked: Asked) -> Iterator[Finding]:
    """Out of SES's sandbox, from a sender that it has verified."""
    ses = asked.client("sesv2")
    out = ses.get_account().get("ProductionAccessEnabled", False)
    yield (
        out or asked.stage != "prod",
        "SES sends to everybody" if out else "SES's sandbox reaches verified addresses only",
    )
    if not asked.mail_sender:
        return
    domain = asked.mail_sender.rpartition("@")[2]
    for identity in (asked.mail_sender, domain):
        found = _found(lambda identity=identity: ses.get_email_identity(EmailIdentity=identity))  # type: ignore[misc]
        if found is not None and found.get("VerifiedForSendingStatus"):
            yield True, f"{identity} is verified"
            return
    yield False, f"neither {asked.mail_sender} nor {domain} is verified"


def text_messages(asked: Asked) -> Iterator[Finding]:
    """Out of SNS's sandbox, with money to spend: a new account's limit is one dollar a month."""
    sns = asked.client("sns")
    inside = sns.get_sms_sandbox_account_status()["IsInSandbox"]
    yield (
        not inside or asked.stage != "prod",
        "SNS's sandbox reaches verified numbers only" if inside else "SNS sends to everybody",
    )
    limit = sns.get_sms_attributes(attributes=["MonthlySpendLimit"])["attributes"].get("MonthlySpendLimit", "1")
    yield Decimal(limit) > 1 or asked.stage != "prod", f"{limit} USD a month may be spent on them"


def certificate(asked: Asked) -> Iterator[Finding]:
    """Issued, for that domain, in this region."""
    if not asked.domain_name:
        yield True, "no domain of its own: it is reached at API Gateway's address"
        return
    if not asked.certificate_arn:
        yield False, "a domain needs --certificate-arn"
        return
    described = asked.client("acm").describe_certificate(CertificateArn=asked.certificate_arn)["Certificate"]
    covered = {described["DomainName"], *described.get("SubjectAlternativeNames", ())}
    wildcard = "*." + asked.domain_name.partition(".")[2]
    if described["Status"] != "ISSUED":
        yield False, f"it is {described['Status']}"
    elif not covered & {asked.domain_name, wildcard}:
        yield False, f"it is for {', '.join(sorted(covered))}"
    else:
        yield True, f"issued for {asked.domain_name}"


CHECKS: dict[str, Callable[[Asked], Iterator[Finding]]] = {
    "account": account,
    "names": names,
    "instances": instances,
    "API Gateway's log": gateway_log,
    "mail": mail,
    "text messages": text_messages,
    "certificate": certificate,
}


def _found(ask: Callable[[], Any]) -> Any:
    """The answer; None when there is no such thing."""
    try:
        return ask()
    except ClientError as error:
        if error.response["Error"]["Code"] in _MISSING:
            return None
        raise


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./wallet ops ready", description=__doc__)
    parser.add_argument("--stage", choices=STAGES, default="prod", help="default: prod")
    parser.add_argument("--mail-sender", default="", help="the MailSender that you will deploy with")
    parser.add_argument("--domain-name", default="", help="the DomainName, if there will be one")
    parser.add_argument("--certificate-arn", default="", help="the CertificateArn of that domain")
    parser.add_argument("--region", help="when the AWS configuration names none")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
