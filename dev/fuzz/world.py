"""Who calls: people with money, one of them the owner of a merchant that has earned something, made over HTTP as anybody is.

Whoever ends on the way (signs out, is frozen, locks their PIN) is followed by somebody new.
"""

import re
import secrets
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from dev.client import Answer, Api
from dev.listen import NotThere, told

PIN, PASSWORD, CARD = "428617", "a cup of pu-erh", "6200000000000005"
CONFIRMED_CARD = "4000000000003220"
"""A card whose issuer asks for a code at each top-up."""
PEOPLE = 3
"""People that call in turn beside the owner."""
EARNED = 4
"""Payments that the merchant is paid on a day, so that there is something to pay out and to report."""
SHOP: dict[str, Any] = {
    "legal_name": "昆明翠湖茶馆有限公司",
    "registration_number": "91350100M000100Y43",
    "name": "翠湖茶馆",
    "latin_name": "CUIHU TEA HOUSE",
    "city": "昆明",
    "latin_city": "KUNMING",
    "category": "5814",
    "contact": {"name": "李梅", "phone": "+8613800138000", "email": "mei@tea.example"},
    "settlement_account": {
        "bank": "中国银行",
        "holder_name": "昆明翠湖茶馆有限公司",
        "account_number": "8110701012800123456",
    },
}


@dataclass
class Person:
    """Somebody who is signed in."""

    phone: str
    token: str
    refresh_token: str = ""
    id: str = ""
    kept: dict[str, Any] = field(default_factory=dict)
    """What an errand left for a later one."""


class World:
    """Everybody there is, and the calls by which they do what comes before a call."""

    def __init__(self, port: int) -> None:
        self.api = Api(port, timeout=120)
        self._alone = threading.RLock()
        self._people: list[Person] = []
        self._everybody: dict[str, Person] = {}
        self._turn = 0
        self._owner: Person | None = None
        self.merchant_id = ""
        self._key = self._key_id = ""
        self.asking = ""
        """The token of who makes the call that an errand is for."""

    def ask(self, method: str, path: str, body: Any = None, token: str | None = None) -> Any:
        """One call under a fresh key. Raises NotThere with what a refusal says."""
        answer = self._answer(method, path, json=body, token=token, key=str(uuid.uuid4()), lang="en")
        try:
            return told(answer) if answer.body else None
        except NotThere as refusal:
            raise NotThere(f"{method} {path}: {answer.status} {refusal}") from None

    def _answer(self, method: str, path: str, **options: Any) -> Answer:
        """On a connection of its own: between two calls a kept one may have been idle for so long that the server closed it."""
        api = self.api.fresh()
        try:
            return api.call(method, path, **options)
        finally:
            api.close()

    def person(self) -> Person:
        """The next of the people in turn."""
        with self._alone:
            self._turn = (self._turn + 1) % PEOPLE
            while len(self._people) < PEOPLE:
                self._people.append(self.somebody())
            return self._people[self._turn]

    def someone_else(self, person: Person) -> Person:
        """Another one than this."""
        return next(each for each in iter(self.person, None) if each is not person)

    def known(self, token: str) -> Person | None:
        """Whose token this is."""
        return self._everybody.get(token)

    def renewed(self, token: str) -> str:
        """What shows today who showed this token once."""
        person = self.known(token)
        return person.token if person else token

    def owner(self) -> Person:
        """The merchant's owner."""
        with self._alone:
            self.key()
            if self._owner is None:
                raise NotThere("the merchant has no owner")
            return self._owner

    def key(self) -> str:
        """The merchant's key, which may do everything."""
        with self._alone:
            if not self._key:
                self._open_shop()
            return self._key

    def forget(self, token: str, *, for_good: bool = False) -> None:
        """Who shows a token that is refused is nobody any more; `for_good` when they cannot come back by signing in.

        The merchant stays as long as it can be mended: it gets a new key, its owner a new session.
        """
        with self._alone:
            self._people = [each for each in self._people if each.token != token]
            owner = self._owner
            if owner is None or token not in (self._key, owner.token):
                return
            try:
                if for_good and token == owner.token:
                    raise NotThere("the owner can do little more")
                self._mend_shop(owner)
            except NotThere:
                self._open_shop()

    def _mend_shop(self, owner: Person) -> None:
        if self._answer("GET", "/v1/me", token=owner.token).status != 200:
            self.sign_in(owner)
        path = f"/v1/merchants/{self.merchant_id}"
        if self.ask("GET", path, token=owner.token)["signed_requests_only"]:
            self.ask("PATCH", path, {"signed_requests_only": False}, owner.token)
        if self._answer("GET", "/v1/balance", token=self._key).status != 200:
            self._key = self._new_key(owner)

    def _open_shop(self) -> None:
        owner = self._owner = self.somebody()
        made = self.ask("POST", "/v1/merchant_applications", SHOP, owner.token)
        self.merchant_id = str(made["merchant_id"])
        self._key = self._new_key(owner)

    def _new_key(self, owner: Person) -> str:
        self.end_spare_keys(owner)
        made = self.ask("POST", f"/v1/merchants/{self.merchant_id}/api_keys", {"name": "till"}, owner.token)
        self._key_id = str(made["id"])
        return str(made["secret"])

    def end_spare_keys(self, owner: Person) -> None:
        """Revokes every key but the one that calls: a merchant has no more than fifty."""
        path = f"/v1/merchants/{self.merchant_id}/api_keys"
        for row in self.ask("GET", f"{path}?limit=100", token=owner.token)["data"]:
            if row["status"] == "active" and row["id"] != self._key_id:
                self.ask("DELETE", f"{path}/{row['id']}", token=owner.token)

    def a_day_later(self) -> None:
        """What was earned can be paid out and is reported; whoever was signed in signs in again."""
        with self._alone:
            owner, payer = self.owner(), self.somebody()
            for _ in range(EARNED):
                self.paid(payer)
            self.later("49h")
            self._people = []
            self.sign_in(owner)

    def somebody(self) -> Person:
        """A new person with a PIN, a card and 500 yuan."""
        phone = a_phone()
        body = {"phone": phone, "password": PASSWORD, "consents": ["terms", "privacy"]}
        begun = self.ask("POST", "/v1/registrations", body)
        made = self.ask("POST", f"/v1/registrations/{begun['id']}/confirm", {"code": self.code_to(phone)})
        session = made["session"]
        person = Person(phone, session["access_token"], session["refresh_token"], made["user"]["id"])
        self._everybody[person.token] = person
        self.ask("PUT", "/v1/payment_pin", {"pin": PIN}, person.token)
        card_id = self.card(person)
        top_up = {"amount": cny(50_000), "source": {"card_id": card_id}}
        self.ask("POST", "/v1/top_ups", top_up, person.token)
        return person

    def sign_in(self, person: Person) -> None:
        """Password, then a code by SMS."""
        challenge = self.ask("POST", "/v1/sessions", {"phone": person.phone, "password": PASSWORD})["challenge_id"]
        path = f"/v1/sessions/challenges/{challenge}"
        self.ask("POST", f"{path}/send", {"method": "sms"})
        made = self.ask("POST", f"{path}/verify", {"method": "sms", "code": self.code_to(person.phone)})["session"]
        person.token, person.refresh_token = made["access_token"], made["refresh_token"]
        self._everybody[person.token] = person

    def another_card(self, person: Person, number: str = CARD) -> dict[str, Any]:
        """What a card is bound with. One of this number that is bound already is unbound."""
        for row in self.ask("GET", "/v1/cards", token=person.token)["data"]:
            if row["last4"] == number[-4:]:
                self.ask("DELETE", f"/v1/cards/{row['id']}", token=person.token)
        named = {"holder_name": "LI MEI", "phone": person.phone}
        return {"number": number, "expiry_month": 12, "expiry_year": 2035, **named}

    def unverified_card(self, person: Person, number: str = CARD) -> str:
        """A card whose issuer has sent a code."""
        return str(self.ask("POST", "/v1/cards", self.another_card(person, number), person.token)["id"])

    def card(self, person: Person, number: str = CARD) -> str:
        """A new card that can be used."""
        card_id = self.unverified_card(person, number)
        self.ask("POST", f"/v1/cards/{card_id}/verify", {"code": self.code_to(person.phone)}, person.token)
        return card_id

    def a_card_of(self, person: Person) -> str:
        """A card that can be used: one that is there, or else a new one."""
        rows = self.ask("GET", "/v1/cards", token=person.token)["data"]
        found = [row["id"] for row in rows if row["status"] == "active"]
        return str(found[0]) if found else self.card(person)

    def an_outlet(self) -> str:
        """A place of the merchant's that is open."""
        return str(self.ask("POST", "/v1/outlets", {"name": f"Cuihu {uuid.uuid4().hex[:6]}"}, self.key())["id"])

    def payment(self, **more: Any) -> Any:
        """A payment that waits for its customer."""
        body = {"amount": cny(1250), "description": "tea", "order_id": str(uuid.uuid4()), **more}
        return self.ask("POST", "/v1/payments", body, self.key())

    def paid(self, person: Person, **more: Any) -> str:
        """A payment that a person confirmed."""
        payment_id = self.payment(**more)["id"]
        self.ask("POST", f"/v1/payments/{payment_id}/confirm", {"authorization": {"pin": PIN}}, person.token)
        return str(payment_id)

    def later(self, by: str) -> None:
        """Moves the clock."""
        self.ask("POST", "/sandbox/clock", {"advance": by})

    def now(self) -> datetime:
        """What the clock shows."""
        return datetime.fromisoformat(self.ask("GET", "/sandbox/clock")["now"])

    def ago(self, *, days: int) -> str:
        """A time as the API reads it."""
        return (self.now() - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")

    def code_to(self, address: str) -> str:
        """The six digits of the newest message to a phone or an e-mail address. Raises NotThere."""
        for text in self.texts_to(address):
            if found := re.findall(r"(?<!\d)\d{6}(?!\d)", text):
                return str(found[0])
        raise NotThere(f"no code was sent to {address}")

    def texts_to(self, address: str) -> list[str]:
        """What was sent to an address, newest first."""
        found = self.ask("GET", f"/sandbox/messages?to={address.replace('+', '%2B')}")["data"]
        return [message["text"] for message in found]


def a_phone() -> str:
    """A number that nobody has yet."""
    return f"+86138{secrets.randbelow(10**8):08}"


def cny(amount: int) -> Mapping[str, Any]:
    """Money in whole fen."""
    return {"amount": amount, "currency": "CNY"}
