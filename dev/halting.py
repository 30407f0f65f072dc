"""`./wallet ops stop`, `start` and `restart`: a deployed wallet's functions stand still, go on, or begin anew.

A stopped wallet takes no request (the gateway answers 5xx and says that the outcome is unknown: the same Idempotency-Key tells it
later), runs no schedule, and reads no stream and no queue: Lambda keeps its place in each, and a stream keeps its records for
24 hours, so a stop is to be shorter. `start` gives back what infra/functions.yaml says.
`restart` lets every function begin anew with all that it read when it started, such as the master secrets.
"""

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session, get_session

from dev.functions import FUNCTIONS
from dev.stacks import NotInTheStack, Stack

BEGUN = "Begun"
"""The parameter that changes when every function is to begin anew."""


def stop(stack: Stack) -> None:
    """No function runs any more, from within seconds on; what is under way ends by itself."""
    functions, lambdas = stack.functions(), stack.client("lambda")
    for name in functions.values():
        _switch_sources(lambdas, name, on=False)
    for name, physical in functions.items():
        lambdas.put_function_concurrency(FunctionName=physical, ReservedConcurrentExecutions=0)
        print(f"stopped  {name}")


def start(stack: Stack) -> None:
    """Every function has the instances that infra/functions.yaml gives it, the API the last, and its sources bring again."""
    functions, lambdas = stack.functions(), stack.client("lambda")
    for name in sorted(functions, key=lambda each: each == "api_handler"):
        if stack.stage == "prod":
            instances = FUNCTIONS[name]["instances"]
            lambdas.put_function_concurrency(FunctionName=functions[name], ReservedConcurrentExecutions=instances)
        else:
            lambdas.delete_function_concurrency(FunctionName=functions[name])
        _switch_sources(lambdas, functions[name], on=True)
        print(f"started  {name}")


def restart(stack: Stack) -> None:
    """Another setting is another configuration: Lambda starts new instances, and the old ones end what they have in hand.

    It is a deployment of what is deployed. A version that was published beside CloudFormation would stop the next release: CodeDeploy
    asks that the alias is where CloudFormation left it.
    """
    if BEGUN not in stack.parameters:
        raise NotInTheStack(f"The stack {stack.name} knows no {BEGUN}: deploy this release first.")
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    kept = [{"ParameterKey": name, "UsePreviousValue": True} for name in stack.parameters if name != BEGUN]
    cloudformation = stack.client("cloudformation")
    cloudformation.update_stack(
        StackName=stack.name,
        UsePreviousTemplate=True,
        Parameters=[*kept, {"ParameterKey": BEGUN, "ParameterValue": now}],
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    )
    print(
        f"Every function begins anew ({BEGUN}={now}); in prod the API takes ten minutes, as a release does.", flush=True
    )
    cloudformation.get_waiter("stack_update_complete").wait(StackName=stack.name)
    for name in stack.functions():
        print(f"begun anew  {name}")


ACTS: dict[str, Callable[[Stack], None]] = {"stop": stop, "start": start, "restart": restart}


def main_of(act: str) -> Callable[..., int]:
    """The program of one act."""

    def main(arguments: list[str] | None = None, session: Session | None = None) -> int:
        parser = argparse.ArgumentParser(prog=f"./wallet ops {act}", description=__doc__)
        parser.add_argument("--stack", required=True, help="such as wallet-prod")
        parser.add_argument("--region", help="when the AWS configuration names none")
        options = parser.parse_args(arguments)
        try:
            ACTS[act](Stack(session or get_session(), options.stack, options.region))
        except (BotoCoreError, ClientError, NotInTheStack) as error:
            print(f"It ended half-way: {error}. Run it again: what is done is not done twice.", file=sys.stderr)
            return 1
        return 0

    return main


def _switch_sources(lambdas: Any, function: str, *, on: bool) -> None:
    pages = lambdas.get_paginator("list_event_source_mappings").paginate(FunctionName=function)
    for mapping in [each for page in pages for each in page["EventSourceMappings"]]:
        lambdas.update_event_source_mapping(UUID=mapping["UUID"], Enabled=on)
