"""Freezing, reporting a loss and having the wallet back over HTTP, step by step."""

from typing import Any

from dev.cloud.local import LocalCloud
from tests.build import PASSWORD, Someone, code_to
from tests.client import Answer, Api
from tests.identity import sign_in


def freeze(api: Api, someone: Someone) -> Answer:
    """By the owner, signed in."""
    return api.post("/v1/freezes", {}, token=someone.token)


def report(api: Api, **fields: Any) -> Answer:
    """By whoever names a contact, signed in nowhere."""
    return api.post("/v1/loss_reports", fields)


def confirm_report(api: Api, report_id: str, code: str) -> Answer:
    return api.post(f"/v1/loss_reports/{report_id}/confirm", {"code": code})


def back(api: Api, cloud: LocalCloud, someone: Someone, **more: Any) -> Someone:
    """The same person signed in anew, with both factors."""
    session = sign_in(api, cloud, someone, **more)["session"]
    return Someone(someone.id, someone.phone, session["access_token"], session["refresh_token"])


def ask_unfreeze(api: Api, someone: Someone, password: str = PASSWORD) -> Answer:
    return api.post("/v1/unfreezes", {"password": password}, token=someone.token)


def send_unfreeze(api: Api, someone: Someone, unfreeze_id: str, method: str) -> Answer:
    return api.post(f"/v1/unfreezes/{unfreeze_id}/send", {"method": method}, token=someone.token)


def unfreeze_code(api: Api, cloud: LocalCloud, someone: Someone, unfreeze_id: str, method: str, address: str) -> str:
    """The code that was sent over a channel."""
    send_unfreeze(api, someone, unfreeze_id, method).ok(202)
    return code_to(cloud, address)


def confirm_unfreeze(api: Api, someone: Someone, unfreeze_id: str, **codes: str) -> Answer:
    return api.post(f"/v1/unfreezes/{unfreeze_id}/confirm", codes, token=someone.token)


def status(api: Api, someone: Someone) -> str:
    return str(api.get("/v1/wallet", token=someone.token).ok(200)["status"])


def with_email(api: Api, cloud: LocalCloud, someone: Someone) -> str:
    """An e-mail address beside the phone, proven."""
    email = f"{someone.id[-8:].lower()}@example.com"
    body = {"email": email, "current_password": PASSWORD}
    change = api.post("/v1/contact_changes", body, token=someone.token).ok(202)
    api.post(f"/v1/contact_changes/{change['id']}/send", {"method": "sms"}, token=someone.token).ok(202)
    proof = {"code": code_to(cloud, email), "method": "sms", "factor_code": code_to(cloud, someone.phone)}
    api.post(f"/v1/contact_changes/{change['id']}/confirm", proof, token=someone.token).ok(200)
    return email
