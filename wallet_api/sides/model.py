"""What the object of an event adds to it, and how another person is called."""

from __future__ import annotations

from msgspec import Struct

from wallet_api.money import Money
from wallet_api.people.model import Contact, mask_phone


class Side(Struct, frozen=True):
    """What the object of an event adds: who is on the other side, as they may be named in a message, and the fee on top.

    `moved` is whether money moved after all, `waits` whether the person is still waited for.
    """

    name: str | None = None
    fee: Money | None = None
    moved: bool = True
    waits: bool = True


def name_for_others(contact: Contact) -> str:
    """What another person is called in a message that bears our name: their masked number, or how their address begins.

    Never the name that they chose, nor where their mail is: both are a stranger's words, and would come from us.
    """
    if contact.phone is not None:
        return mask_phone(contact.phone)
    return f"{(contact.email or '')[:1]}***"
