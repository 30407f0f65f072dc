"""What a client says of itself, what an operator says of its versions, and what follows from both."""

from __future__ import annotations

import re
from typing import Literal

from msgspec import Struct

from wallet_api.clients.errors import ClientMalformed, PolicyRefused
from wallet_api.errors import FieldProblem

Standing = Literal["supported", "update_advised", "update_required"]

_CLIENT = re.compile(
    r"(?P<app>[a-z][a-z0-9-]{0,31})/(?P<platform>[a-z][a-z0-9-]{0,15})/(?P<version>[0-9.]{1,31})", re.ASCII
)
_VERSION = re.compile(r"(?:0|[1-9][0-9]{0,5})(?:\.(?:0|[1-9][0-9]{0,5})){0,3}", re.ASCII)
_PLATFORM = re.compile(r"[a-z][a-z0-9-]{0,15}", re.ASCII)
_STORE = re.compile(r"https://[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/[!-~]*)?", re.ASCII)
"""People are sent there from a refusal: https and a host's plain name, with no user or port in the address."""
_PARTS = 4
MAX_STORE_URL = 500

Version = tuple[int, ...]
"""Four numbers, so that 3.2 and 3.2.0 are one version."""


class Client(Struct, frozen=True):
    """What asks: `app/ios/3.2.1`."""

    app: str
    platform: str
    version: Version


class ClientPolicy(Struct, frozen=True):
    """What is said of one platform's versions. Versions are texts as the store shows them, `minimum` the oldest that works,
    `advised` the oldest that nobody is asked to leave.
    """

    platform: str
    minimum: str
    advised: str
    store_url: str

    def standing(self, version: Version) -> Standing:
        """What a version of this platform is told."""
        if version < version_of(self.minimum):
            return "update_required"
        return "update_advised" if version < version_of(self.advised) else "supported"


def client_of(header: str) -> Client:
    """The client that an X-Client header names. Raises ClientMalformed."""
    found = _CLIENT.fullmatch(header)
    if found is None or not _VERSION.fullmatch(found["version"]):
        raise ClientMalformed
    return Client(found["app"], found["platform"], version_of(found["version"]))


def version_of(text: str) -> Version:
    """A version as it is compared: by numbers, so that 3.10 comes after 3.9."""
    numbers = tuple(int(part) for part in text.split("."))
    return numbers + (0,) * (_PARTS - len(numbers))


def admit(policy: ClientPolicy) -> ClientPolicy:
    """A policy that may be published. Raises PolicyRefused naming every field that is wrong.

    A minimum above what is advised would shut people out of what they were told is fine.
    """
    problems = [
        FieldProblem(f"/{name}", "wrong_format")
        for name, text in (("minimum", policy.minimum), ("advised", policy.advised))
        if not _VERSION.fullmatch(text)
    ]
    if not _PLATFORM.fullmatch(policy.platform):
        problems.append(FieldProblem("/platform", "wrong_format"))
    if len(policy.store_url) > MAX_STORE_URL or not _STORE.fullmatch(policy.store_url):
        problems.append(FieldProblem("/store_url", "wrong_format"))
    if not problems and version_of(policy.minimum) > version_of(policy.advised):
        problems.append(FieldProblem("/minimum", "above_advised_version"))
    if problems:
        raise PolicyRefused(*problems)
    return policy
