"""Which addresses of others the wallet may call. A merchant chooses the URL that its events go to, and must not reach
with it what only the wallet can: its own network, its machines' metadata, itself.

A URL is taken apart here and nowhere else, so that nothing is checked by one reading and called by another.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence

from msgspec import Struct

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

MAX_URL = 2000
_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>/[\x21\x24-\x5b\x5d\x5f\x61-\x7a\x7e]*)?",
    re.ASCII,
)
_LABEL = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)", re.ASCII)
_NUMBER = re.compile(r"(0[xX][0-9A-Fa-f]*|[0-9]+)", re.ASCII)
_HERE = ("localhost", "127.0.0.1", "[::1]")
_PRIVATE_NAMES = ("localhost", "local", "internal", "localdomain", "lan", "home", "corp", "arpa", "onion", "invalid")

# Python calls these global, and each leads to, or holds, an IPv4 address of anybody's choice.
_LEADING_ELSEWHERE: tuple[Network, ...] = tuple(
    ipaddress.ip_network(text)
    for text in (
        "64:ff9b::/96",  # NAT64, RFC 6052
        "64:ff9b:1::/48",  # NAT64 for local use, RFC 8215
        "2002::/16",  # 6to4, RFC 3056
        "2001::/32",  # Teredo, RFC 4380
        "::/96",  # IPv4-compatible, RFC 4291
        "::ffff:0:0/96",  # IPv4-mapped, RFC 4291
        "::ffff:0:0:0/96",  # IPv4-translated, RFC 2765
        "fec0::/10",  # site-local, RFC 3879
        "192.0.0.0/24",  # protocol assignments, RFC 6890
        "192.88.99.0/24",  # 6to4 relays, RFC 7526
        "100.64.0.0/10",  # shared by carriers, RFC 6598
    )
)


class Target(Struct, frozen=True):
    """A URL in its parts. `host` is lower case and has no dot at its end; `path` begins with a slash and has the query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """As the Host header says it."""
        usual = 443 if self.scheme == "https" else 80
        return self.host if self.port == usual else f"{self.host}:{self.port}"


class Rules(Struct, frozen=True):
    """What may be called. `own_hosts` are the wallet's own names, which lead back into it; `also` are networks that count
    as public; `here` lets plain HTTP go to this very machine, which is for a developer's own.
    """

    ports: frozenset[int] = frozenset({443, 8443})
    own_hosts: tuple[str, ...] = ()
    also: tuple[Network, ...] = ()
    here: bool = False

    def target(self, url: str) -> Target | None:
        """The URL's parts when it may be called as far as its text tells, else None."""
        matched = _URL.fullmatch(url) if len(url) <= MAX_URL else None
        if matched is None:
            return None
        scheme, host = matched["scheme"], matched["host"].lower().removesuffix(".")
        port = int(matched["port"] or (443 if scheme == "https" else 80))
        target = Target(scheme, host, port, matched["path"] or "/")
        if self._is_here(target):
            return target
        good = scheme == "https" and port in self.ports and _is_name(host) and not self._is_own(host)
        return target if good else None

    def allows(self, target: Target, addresses: Sequence[str]) -> list[Address] | None:
        """The addresses that a name was resolved to, when each of them may be called; None otherwise.

        One that may not spoils all: a name that leads to both is an attempt.
        """
        found = [_parsed(each) for each in addresses]
        known = [each for each in found if each is not None]
        if not known or len(known) < len(found):
            return None
        here = self._is_here(target)
        good = all(each.is_loopback if here else self._is_public(each) for each in known)
        return known if good else None

    def _is_here(self, target: Target) -> bool:
        return self.here and target.scheme == "http" and target.host in _HERE and 0 < target.port < 65536

    def _is_public(self, address: Address) -> bool:
        if _within(address, self.also):
            return True
        return address.is_global and not address.is_multicast and not _within(address, _LEADING_ELSEWHERE)

    def _is_own(self, host: str) -> bool:
        return any(host == own or host.endswith(f".{own}") for own in self.own_hosts)


def _is_name(host: str) -> bool:
    """Whether a host is a name of the public DNS, and not an address in any of the ways to write one."""
    labels = host.split(".")
    return (
        len(labels) > 1
        and all(_LABEL.fullmatch(label) for label in labels)
        and not _NUMBER.fullmatch(labels[-1])
        and labels[-1] not in _PRIVATE_NAMES
    )


def _parsed(text: str) -> Address | None:
    try:
        return ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None


def _within(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks if network.version == address.version)
