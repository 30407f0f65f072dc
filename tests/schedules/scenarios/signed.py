"""Moves that a device signs, or that a code beside the PIN allows: whatever runs beside them, a challenge is used once."""

from tests.build import PIN, code_to
from tests.schedules.conductor import Conductor
from tests.schedules.scenario import PAID, SENT, SENT_AGAIN, scenario
from tests.schedules.scenarios.ends import stop
from tests.schedules.stage import Act, Stage, yuan
from tests.signing import Phone
from wallet_api.authorizations.model import CodeShown, SignatureShown
from wallet_api.authorizations.use_cases import Registering
from wallet_api.devices.model import Signature
from wallet_api.transfers.model import Payee

USED, OUT = "authorization_used", "session_ended"
DONE = "done"


def signed(on: Stage) -> None:
    """Ada's phone has signed 30 yuan to Bo."""
    asked = on.wallet.transfers.ask(on.customer(on.ada), Payee(phone=on.bo.phone), yuan(30), None, None, "/to")
    challenge = asked.challenge
    on.made["yes"] = SignatureShown(on.phone.id, challenge.id, Signature(on.phone.sign(challenge.signed_bytes)))


def signed_payment(on: Stage) -> None:
    """Ada's phone has signed a payment of 40 yuan."""
    challenge = on.wallet.payments.ask(on.customer(on.ada), on.waiting[40], None, None).challenge
    on.made["yes"] = SignatureShown(on.phone.id, challenge.id, Signature(on.phone.sign(challenge.signed_bytes)))


def coded(on: Stage) -> None:
    """Ada was sent a code for 30 yuan to Bo, after she had shown her PIN."""
    caller = on.customer(on.ada)
    asked = on.wallet.transfers.ask(caller, Payee(phone=on.bo.phone), yuan(30), None, PIN, "/to")
    on.wallet.transfers.challenges.send(caller, asked.challenge.id, None)
    on.made["yes"] = CodeShown(asked.challenge.id, code_to(on.cloud, on.ada.phone))


def send(on: Stage, key: str, amount: int = 30) -> Act:
    return on.send(on.ada, on.bo, amount, key, shown=on.made["yes"])


def remove_phone(on: Stage) -> Act:
    """Ada removes the phone that signs, from which she is signed in."""

    def act(_: Conductor) -> None:
        on.wallet.sessions.end_device(on.customer(on.ada), on.phone.id)

    return act


def give_another_key(on: Stage) -> Act:
    """The phone gets a new key in place of the one that signed."""

    def act(_: Conductor) -> None:
        asked = Registering(on.made["new"].public_key, "ES256", PIN, None)
        on.wallet.device_keys.register(on.customer(on.ada), asked)

    return act


def signed_and_new_key(on: Stage) -> None:
    signed(on)
    on.made["new"] = Phone()


ONE_OF_TWO = (SENT, USED), (USED, SENT)
FIRST_AND_AGAIN = (SENT, SENT_AGAIN), (SENT_AGAIN, SENT)

PAIRS = [
    scenario("one signed challenge for two transfers", lambda on: [send(on, "a"), send(on, "b")], *ONE_OF_TWO, before=signed),
    scenario(
        "one code for two transfers", lambda on: [send(on, "a"), send(on, "b")], *ONE_OF_TWO, before=coded,
        alike={"code_used_up": USED},
    ),
    scenario(
        "one challenge for its move and for another", lambda on: [send(on, "a"), send(on, "b", 31)],
        (SENT, USED), (USED, USED), before=signed, alike={"authorization_mismatch": USED},
    ),
    scenario("replay and first signed transfer", lambda on: [send(on, "k"), send(on, "k")], *FIRST_AND_AGAIN, before=signed),
    scenario("replay and first transfer by code", lambda on: [send(on, "k"), send(on, "k")], *FIRST_AND_AGAIN, before=coded),
    scenario(
        "a signed payment and one with the pin",
        lambda on: [on.pay(on.ada, 40, "a", shown=on.made["yes"]), on.pay(on.ada, 40, "b")],
        (PAID, "payment_already_paid"), ("payment_already_paid", PAID), before=signed_payment,
    ),
    scenario(
        "another key and send signed", lambda on: [give_another_key(on), send(on, "a")],
        (DONE, SENT), (DONE, "wrong_signature"), before=signed_and_new_key,
    ),
    scenario(
        "remove the phone and send signed", lambda on: [remove_phone(on), send(on, "a")],
        (DONE, SENT), (DONE, OUT), before=signed, alike={"wrong_signature": OUT},
    ),
    scenario(
        "stop and send signed", lambda on: [stop(on, on.ada), send(on, "a")],
        (DONE, SENT), (DONE, OUT), before=signed, alike={"wrong_signature": OUT, "wallet_frozen": OUT},
    ),
    scenario(
        "freeze and send signed", lambda on: [on.freeze(on.ada), send(on, "a")],
        (DONE, SENT), (DONE, "wallet_frozen"), before=signed,
    ),
]  # fmt: skip

TRIPLES = [
    scenario(
        "three uses of one signed challenge", lambda on: [send(on, "a"), send(on, "b"), send(on, "a")], before=signed
    ),
    scenario(
        "replay, first by code and freeze", lambda on: [send(on, "k"), send(on, "k"), on.freeze(on.ada)], before=coded
    ),
]
