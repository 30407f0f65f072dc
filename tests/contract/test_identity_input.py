"""What people and attackers type into the forms of identity: refused by its field, in the caller's language, before anything is
sent or written; and what only looks dangerous is kept as it was meant.
"""

from typing import Any

import pytest

from chalicelib.routes import (
    access,
    contact_changes,
    devices,
    freezes,
    passwords,
    people,
    recoveries,
    registrations,
    second_factors,
    sessions,
    sign_ins,
    wallets,
)
from dev.cloud.local import LocalCloud
from tests.build import PASSWORD, a_person, refused
from tests.client import Api
from tests.contract.bodies import fields, schema_of
from tests.identity import challenge
from tests.secrecy import rows_of

CONTROLS = {"nul": "\\u0000", "escape": "\\u001b", "right to left": "\\u202e", "isolate": "\\u2067", "mark": "\\u200f"}
LONE = "\\ud800"
NUMBERS = {
    "full width": "１２３４５６",
    "Arabic": "١٢٣٤٥٦",
    "Devanagari": "१२३४५६",
    "mathematical": "𝟏𝟐𝟑𝟒𝟓𝟔",
    "superscript": "¹²³⁴⁵⁶",
}
PHONES = (
    "+86１３８００１３８０００",
    "+8613800138000;ext=1",
    "tel:+8613800138000",
    "+86 (0)138 0013 8000\u200b",
    "=13800138000",
)
EMAILS = (
    "li na@example.com",
    "li@exa\u202emple.com",
    "li@例え.テスト\u0000",
    "ｌｉ@example.com",
    "=cmd|'/c calc'!A1@",
    "@example.com",
)
NAMES = (
    "O'Brien",
    "José 🐎",
    "李娜",
    "Ümit Ñandú",
    "<b>",
    "A=B",
    "👨\u200d👩\u200d👧",
    "می\u200cخواهم",
    "①②③",
    "２号店",
)
NOT_NAMES = (
    "=HYPERLINK(1)", "+86", "-1+1", "@SUM(A1)", " Li Na", "\u3000李娜", "李娜\u200b", "\ufeff李娜", "李\u2060娜", "Li\u00adNa",
    "\u3164", "\uffa0",
)  # fmt: skip
OF_IDENTITY = (
    *(registrations, sign_ins, sessions, devices, access, recoveries, freezes, passwords, second_factors),
    *(contact_changes, people, wallets),
)
JUDGED = {"phone", "email", "password", "new_password", "current_password", "refresh_token"}
"""Contacts have one canonical form, tokens are ours or unknown, and a password may be any text: its owner alone sees it."""
LANGUAGES = {"en": "Nothing was", "zh-CN": "未"}


def registration(**fields: Any) -> dict[str, Any]:
    return {"phone": "+8613955550000", "password": PASSWORD, "consents": ["terms", "privacy"], **fields}


def pointers(problem: dict[str, Any]) -> list[str]:
    return [each["pointer"] for each in problem["errors"]]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("sign", [*CONTROLS.values(), LONE])
def test_signs_that_nobody_types_are_refused_by_their_field(api: Api, cloud: LocalCloud, sign: str, lang: str) -> None:
    """P13: control and bidirectional signs and halves of pairs, in every text of a registration."""
    before = sorted(rows_of(cloud))
    for field in ("phone", "email", "password"):
        fields = {"phone": "+8613955550000", "email": "li.na@example.com", "password": "horse battery 42"}
        text = ", ".join(f'"{name}": "{value}{sign if name == field else ""}"' for name, value in fields.items())
        raw = f'{{{text}, "consents": ["terms", "privacy"]}}'.encode()
        answer = api.post("/v1/registrations", body=raw, lang=lang)
        if sign == LONE and answer.status == 400:
            refused(answer, 400, "not_json")
            continue
        problem = refused(answer, 422, "invalid_request")
        assert pointers(problem) == [f"/{field}"]
        assert problem["errors"][0]["code"] == "forbidden_characters"
        assert answer.headers["content-language"] == lang
        assert LANGUAGES[lang] in problem["detail"]
    assert sorted(rows_of(cloud)) == before
    assert cloud.inbox.messages("+8613955550000") == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_contacts_in_other_spellings_are_refused_and_send_nothing(api: Api, cloud: LocalCloud, lang: str) -> None:
    """P13, P14, A10: the answer is about the text, whether or not somebody has that number."""
    known = a_person(api, cloud)
    sent = len(cloud.inbox.messages())
    for phone in (*PHONES, known.phone.replace("1", "１", 1)):
        problem = refused(api.post("/v1/registrations", registration(phone=phone), lang=lang), 422, "invalid_request")
        assert pointers(problem) == ["/phone"], phone
    for email in EMAILS:
        body = registration(email=email)
        del body["phone"]
        answer = api.post("/v1/registrations", body, lang=lang)
        assert answer.status == 422, email
        assert pointers(answer.json) == ["/email"], email
    assert len(cloud.inbox.messages()) == sent


@pytest.mark.parametrize("script", NUMBERS)
def test_a_code_is_six_ascii_digits(api: Api, cloud: LocalCloud, script: str) -> None:
    """A28, A30: other scripts' digits are refused before a try is counted."""
    someone = a_person(api, cloud)
    open_challenge = challenge(api, someone)
    for path, method in (
        (f"/v1/sessions/challenges/{open_challenge}/verify", "POST"),
        ("/v1/payment_pin", "PUT"),
    ):
        body = {"method": "sms", "code": NUMBERS[script]} if method == "POST" else {"pin": NUMBERS[script]}
        answer = api.call(method, path, json=body, token=someone.token)
        problem = refused(answer, 422, "invalid_request")
        assert pointers(problem) == ["/code" if method == "POST" else "/pin"]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_only_looks_dangerous_is_kept_as_it_was_meant(api: Api, cloud: LocalCloud, name: str) -> None:
    """P13: what is no markup in JSON, what joins an emoji's parts, and digits of another alphabet in a name."""
    someone = a_person(api, cloud, pin=None)
    assert api.patch("/v1/me", {"display_name": name}, token=someone.token).ok(200)["display_name"] == name


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", NOT_NAMES)
def test_a_formula_or_a_name_that_looks_like_another_is_refused(
    api: Api, cloud: LocalCloud, name: str, lang: str
) -> None:
    """P13: of a person as of a device, by its field."""
    someone = a_person(api, cloud, pin=None)
    problem = refused(
        api.patch("/v1/me", {"display_name": name}, token=someone.token, lang=lang), 422, "invalid_request"
    )
    assert pointers(problem) == ["/display_name"]
    body = {"phone": someone.phone, "password": PASSWORD, "device": {"name": name}}
    assert pointers(refused(api.post("/v1/sessions", body, lang=lang), 422, "invalid_request")) == ["/device/name"]


@pytest.mark.parametrize(
    "name", ["\u200d", "\u200c\ufe0f", "\u2800", "\u2800 \u2800", "Li Na\U000e0041", "\U0001f3f4\U000e0067\U000e0062"]
)
def test_nobody_is_called_by_what_nobody_sees(api: Api, cloud: LocalCloud, name: str) -> None:
    """P13: whoever is shown it before they pay would see nobody, or somebody else."""
    someone = a_person(api, cloud, pin=None)
    problem = refused(api.patch("/v1/me", {"display_name": name}, token=someone.token), 422, "invalid_request")
    assert pointers(problem) == ["/display_name"]
    scotland = "Li \U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
    for shown in (scotland, "葛\U000e0100", "\u2764\ufe0f"):
        assert api.patch("/v1/me", {"display_name": shown}, token=someone.token).ok(200)["display_name"] == shown


def test_every_text_of_identity_has_a_form() -> None:
    """P2, P13: a field that is added takes no text that is not a name, a code, a contact, or one of a closed list."""
    loose = {
        f"{each.method} {each.path} {'/'.join(path)}"
        for module in OF_IDENTITY
        for each in module.routes.endpoints
        if each.body is not None
        for path, field in fields(*schema_of(each.body))
        if field.get("type") == "string" and not {"pattern", "enum", "const"} & set(field) and path[-1] not in JUDGED
    }
    assert loose == set()
