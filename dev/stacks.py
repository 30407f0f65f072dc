"""A deployed stack: what CloudFormation made, by the names that infra/ gives.

Functions, queues and alarms are called by names that CloudFormation makes up (`wallet-prod-FoldLedger-1AB2…`). An operator says
`wallet-prod/FoldLedger`, the stack and the name in the template, and this finds the rest.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from botocore.session import Session

from dev.functions import FUNCTIONS, logical
from wallet_api.settings import SettingsIncomplete


class NotInTheStack(SettingsIncomplete):
    """The deployment lacks something of this name, in a sentence."""


@dataclass(frozen=True)
class Resource:
    """One thing of a stack: CloudFormation's type and the name that AWS knows it by."""

    kind: str
    physical: str


@dataclass(frozen=True)
class Stack:
    """A stack by its name, such as `wallet-prod`. What is asked once is remembered."""

    session: Session
    name: str
    region: str | None = None

    def client(self, service: str) -> Any:
        """A client of botocore's with the operator's own credentials."""
        return self.session.create_client(service, region_name=self.region or None)

    @cached_property
    def resources(self) -> Mapping[str, Resource]:
        """Everything in the stack, by its name in the template."""
        pages = self.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=self.name)
        return {
            each["LogicalResourceId"]: Resource(each["ResourceType"], each["PhysicalResourceId"])
            for page in pages
            for each in page["StackResourceSummaries"]
            if "PhysicalResourceId" in each
        }

    @cached_property
    def parameters(self) -> Mapping[str, str]:
        """What the stack was deployed with, its defaults among it."""
        (found,) = self.client("cloudformation").describe_stacks(StackName=self.name)["Stacks"]
        return {each["ParameterKey"]: each["ParameterValue"] for each in found.get("Parameters", ())}

    @property
    def stage(self) -> str:
        """`dev` or `prod`."""
        return self.parameters["Stage"]

    def physical(self, name: str) -> str:
        """What AWS calls a thing of the stack. Raises NotInTheStack."""
        found = self.resources.get(name)
        if found is None:
            raise NotInTheStack(f"The stack {self.name} has nothing that is called {name}.")
        return found.physical

    def of_kind(self, kind: str) -> dict[str, str]:
        """What AWS calls each thing of a type, by its name in the template."""
        return {name: each.physical for name, each in sorted(self.resources.items()) if each.kind == kind}

    def functions(self) -> dict[str, str]:
        """Lambda's name of each function, by that in infra/functions.yaml. Raises NotInTheStack."""
        return {name: self.physical(logical(name)) for name in FUNCTIONS}


def function_named(session: Session, given: str, region: str | None) -> str:
    """Lambda's name of what an operator calls `wallet-prod/FoldLedger`; a name without a stack is Lambda's own already.
    Raises NotInTheStack.
    """
    stack, slash, name = given.partition("/")
    return Stack(session, stack, region).physical(name) if slash else given
