"""Errands of people: registering, signing in, devices, factors, recovering and freezing."""

import secrets
from collections.abc import Mapping

import pyotp

from chalicelib.samples import NAMED
from dev.fuzz.errands.led import Errand, Led
from dev.fuzz.world import PASSWORD, PIN, Person, World, a_phone, cny

OTHER_PASSWORD = "seven quiet 茶 rivers"
RESENT_AFTER = "61s"


def register(_world: World, _person: Person) -> Led:
    return Led(body={"phone": a_phone(), "password": PASSWORD, "consents": ["terms", "privacy"], "locale": "zh-CN"})


def _registration(world: World) -> tuple[str, str]:
    phone = a_phone()
    body = {"phone": phone, "password": PASSWORD, "consents": ["terms", "privacy"]}
    return world.ask("POST", "/v1/registrations", body)["id"], phone


def resend_registration(world: World, _person: Person) -> Led:
    made, _ = _registration(world)
    world.later(RESENT_AFTER)
    return Led({"registration_id": made}, {})


def confirm_registration(world: World, _person: Person) -> Led:
    made, phone = _registration(world)
    return Led({"registration_id": made}, {"code": world.code_to(phone)})


def sign_in(_world: World, person: Person) -> Led:
    return Led(body={"phone": person.phone, "password": PASSWORD})


def _challenge(world: World, person: Person) -> str:
    asked = world.ask("POST", "/v1/sessions", {"phone": person.phone, "password": PASSWORD})
    return str(asked["challenge_id"])


def send_sign_in_code(world: World, person: Person) -> Led:
    return Led({"challenge": _challenge(world, person)}, {"method": "sms"})


def verify_sign_in(world: World, person: Person) -> Led:
    challenge = _challenge(world, person)
    world.ask("POST", f"/v1/sessions/challenges/{challenge}/send", {"method": "sms"})
    return Led({"challenge": challenge}, {"method": "sms", "code": world.code_to(person.phone)})


def refresh(world: World, _person: Person) -> Led:
    return Led(body={"refresh_token": world.somebody().refresh_token})


def end_session(world: World, person: Person) -> Led:
    world.sign_in(Person(person.phone, ""))
    rows = world.ask("GET", "/v1/sessions", token=person.token)["data"]
    return Led({"session_id": next(row["id"] for row in rows if not row["current"])}, {"password": PASSWORD})


def remove_device(world: World, person: Person) -> Led:
    world.sign_in(Person(person.phone, ""))
    rows = world.ask("GET", "/v1/devices", token=person.token)["data"]
    return Led({"device_id": next(row["id"] for row in rows if not row["current"])}, {"password": PASSWORD})


def register_device_key(_world: World, _person: Person) -> Led:
    return Led(body={"public_key": NAMED["public_key"], "algorithm": "ES256", "pin": PIN})


def register_push(_world: World, _person: Person) -> Led:
    return Led(body={"service": "fcm", "token": secrets.token_urlsafe(24)})


def end_push(world: World, person: Person) -> Led:
    world.ask("PUT", "/v1/devices/current/push_token", register_push(world, person).body, person.token)
    return Led()


def end_payment_codes(world: World, person: Person) -> Led:
    world.ask("POST", "/v1/devices/current/payment_code_secret", {"pin": PIN}, person.token)
    return Led()


def _contact_change(world: World, person: Person) -> tuple[str, str]:
    email = f"{secrets.token_hex(6)}@example.com"
    body = {"email": email, "current_password": PASSWORD}
    return world.ask("POST", "/v1/contact_changes", body, person.token)["id"], email


def start_contact_change(_world: World, _person: Person) -> Led:
    return Led(body={"email": f"{secrets.token_hex(6)}@example.com", "current_password": PASSWORD})


def send_contact_proof(world: World, person: Person) -> Led:
    return Led({"change_id": _contact_change(world, person)[0]}, {"method": "sms"})


def resend_contact_code(world: World, person: Person) -> Led:
    change, _ = _contact_change(world, person)
    world.later(RESENT_AFTER)
    return Led({"change_id": change})


def confirm_contact_change(world: World, person: Person) -> Led:
    change, email = _contact_change(world, person)
    world.ask("POST", f"/v1/contact_changes/{change}/send", {"method": "sms"}, person.token)
    proof = {"code": world.code_to(email), "method": "sms", "factor_code": world.code_to(person.phone)}
    return Led({"change_id": change}, proof)


def confirm_totp(world: World, person: Person) -> Led:
    _without_totp(world, person)
    secret = world.ask("POST", "/v1/totp", {"password": PASSWORD}, person.token)["secret"]
    return Led(body={"code": pyotp.TOTP(secret).at(world.now())})


def _without_totp(world: World, person: Person) -> None:
    if codes := person.kept.pop("recovery_codes", None):
        world.ask("DELETE", "/v1/totp", {"code": codes[0]}, person.token)


def enrol_totp(world: World, person: Person) -> Led:
    _without_totp(world, person)
    return Led(body={"password": PASSWORD})


def with_recovery_code(world: World, person: Person) -> Led:
    """Removing an authenticator, and renewing the codes, with one of the codes."""
    body = confirm_totp(world, person).body
    codes = world.ask("POST", "/v1/totp/confirm", body, person.token)["recovery_codes"]
    person.kept["recovery_codes"] = codes[1:]
    return Led(body={"code": codes[0]})


def start_reset(_world: World, person: Person) -> Led:
    return Led(body={"phone": person.phone})


def confirm_password_reset(world: World, _person: Person) -> Led:
    forgetful = world.somebody()
    reset = world.ask("POST", "/v1/password_resets", {"phone": forgetful.phone})["id"]
    return Led({"reset_id": reset}, {"code": world.code_to(forgetful.phone), "new_password": OTHER_PASSWORD})


def confirm_unlock(world: World, person: Person) -> Led:
    unlock = world.ask("POST", "/v1/unlocks", {"phone": person.phone})["id"]
    return Led({"unlock_id": unlock}, {"method": "sms", "code": world.code_to(person.phone)})


def set_pin(_world: World, _person: Person) -> Led:
    return Led(body={"pin": PIN, "current_pin": PIN})


def confirm_pin_reset(world: World, person: Person) -> Led:
    reset = world.ask("POST", "/v1/payment_pin_resets", {"channel": "sms"}, person.token)["id"]
    return Led({"reset_id": reset}, {"code": world.code_to(person.phone), "pin": PIN})


def confirm_loss(world: World, _person: Person) -> Led:
    unlucky = world.somebody()
    report = world.ask("POST", "/v1/loss_reports", {"phone": unlucky.phone})["id"]
    return Led({"report_id": report}, {"code": world.code_to(unlucky.phone)})


def _frozen(world: World, person: Person) -> None:
    world.ask("POST", "/v1/freezes", {}, person.token)
    world.sign_in(person)


def start_unfreeze(world: World, person: Person) -> Led:
    _frozen(world, person)
    return Led(body={"password": PASSWORD})


def send_unfreeze_code(world: World, person: Person) -> Led:
    _frozen(world, person)
    unfreeze = world.ask("POST", "/v1/unfreezes", {"password": PASSWORD}, person.token)["id"]
    return Led({"unfreeze_id": unfreeze}, {"method": "sms"})


def confirm_unfreeze(world: World, person: Person) -> Led:
    path = send_unfreeze_code(world, person).path
    world.ask("POST", f"/v1/unfreezes/{path['unfreeze_id']}/send", {"method": "sms"}, person.token)
    return Led(path, {"sms_code": world.code_to(person.phone), "pin": PIN})


def ask_authorization(world: World, person: Person) -> Led:
    fields = {"to": {"phone": world.someone_else(person).phone}, "amount": cny(300)}
    return Led(body={"operation": "transfer", "fields": fields, "pin": PIN})


def send_authorization_code(world: World, person: Person) -> Led:
    asked = world.ask("POST", "/v1/authorizations", ask_authorization(world, person).body, person.token)
    return Led({"challenge_id": asked["challenge_id"]}, {"method": "sms"})


OF_PEOPLE: Mapping[str, Errand] = {
    "authorizations_ask_authorization": ask_authorization,
    "authorizations_send_authorization_code": send_authorization_code,
    "contact_changes_confirm": confirm_contact_change,
    "contact_changes_resend": resend_contact_code,
    "contact_changes_send": send_contact_proof,
    "contact_changes_start": start_contact_change,
    "devices_register_key": register_device_key,
    "devices_remove_device": remove_device,
    "freezes_confirm_loss": confirm_loss,
    "freezes_confirm_unfreeze": confirm_unfreeze,
    "freezes_send_unfreeze_code": send_unfreeze_code,
    "freezes_start_unfreeze": start_unfreeze,
    "notification_preferences_drop_push_token": end_push,
    "notification_preferences_register_push_token": register_push,
    "payment_codes_end_secret": end_payment_codes,
    "recoveries_confirm_reset": confirm_password_reset,
    "recoveries_confirm_unlock": confirm_unlock,
    "recoveries_start_reset": start_reset,
    "recoveries_start_unlock": start_reset,
    "registrations_confirm": confirm_registration,
    "registrations_register": register,
    "registrations_resend": resend_registration,
    "second_factors_confirm": confirm_totp,
    "second_factors_enrol": enrol_totp,
    "second_factors_remove": with_recovery_code,
    "second_factors_renew_recovery_codes": with_recovery_code,
    "sessions_end_session": end_session,
    "sessions_refresh": refresh,
    "sign_ins_send_code": send_sign_in_code,
    "sign_ins_sign_in": sign_in,
    "sign_ins_verify": verify_sign_in,
    "wallets_confirm_payment_pin_reset": confirm_pin_reset,
    "wallets_set_payment_pin": set_pin,
}
