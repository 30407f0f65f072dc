"""Applications over HTTP: how a person becomes the owner of a merchant."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType, structs

from chalicelib.http import Call, Routes, endpoint
from chalicelib.routes.merchants import Category, Country, Latin, Website, given
from chalicelib.routes.settlement_accounts import AccountIn
from chalicelib.views import Body, Line, ListView, PageQuery, View
from wallet_api.clock import rfc3339
from wallet_api.errors import NotFound
from wallet_api.ledger.operations import Decided
from wallet_api.merchant_applications.errors import ApplicationApproved
from wallet_api.merchant_applications.model import Application, Contact
from wallet_api.merchant_applications.use_cases import Applying
from wallet_api.merchants.model import Profile
from wallet_api.names import person_name
from wallet_api.people.model import canonical_email, canonical_phone
from wallet_api.sessions.model import Customer
from wallet_api.storage.pages import Page

routes = Routes(__name__)

LegalName = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\n\r\t]+$")]
RegistrationNumber = Annotated[
    str,
    Meta(
        pattern=r"^[A-Z0-9][A-Z0-9./-]{3,29}$",
        description="In China the unified social credit code, whose check sign is checked.",
        examples=["91350100M000100Y43"],
    ),
]
PersonName = Annotated[str, Meta(min_length=1, max_length=60, pattern=r"^[^\n\r\t]+$")]


class ContactIn(Body):
    """Whom we call about the merchant. Sealed, and shown masked."""

    name: PersonName
    phone: Annotated[str, Meta(min_length=5, max_length=32)]
    email: Annotated[str, Meta(min_length=3, max_length=254)]

    def contact(self) -> Contact:
        """As it is kept. Raises Invalid for a name, a phone or an e-mail that cannot be one."""
        phone = canonical_phone(self.phone, "/contact/phone")
        return Contact(person_name(self.name, "/contact/name"), phone, canonical_email(self.email, "/contact/email"))


class Apply(Body):
    """`name` is what payers see, `latin_name` and `latin_city` what QR codes carry; these may be left away when the others are
    ASCII. `contact` and `settlement_account` may follow later.
    """

    legal_name: LegalName
    registration_number: RegistrationNumber
    name: Line
    latin_name: Latin | None = None
    city: Line
    latin_city: Latin | None = None
    country: Country = "CN"
    category: Category
    website: Website | None = None
    contact: ContactIn | None = None
    settlement_account: AccountIn | None = None

    def applying(self) -> Applying:
        """As the use case takes it. Raises Invalid."""
        contact = None if self.contact is None else self.contact.contact()
        latin = self.latin_name or self.name, self.latin_city or self.city
        profile = Profile(self.name, latin[0], self.city, latin[1], self.country, self.category)
        account = None if self.settlement_account is None else self.settlement_account.details("/settlement_account")
        return Applying(self.legal_name, self.registration_number, profile, self.website, contact, account)


class ChangeApplication(Body):
    """What was missing, or is to be put right. A declined application is handed in again by this."""

    legal_name: LegalName | UnsetType = UNSET
    registration_number: RegistrationNumber | UnsetType = UNSET
    name: Line | UnsetType = UNSET
    latin_name: Latin | UnsetType = UNSET
    city: Line | UnsetType = UNSET
    latin_city: Latin | UnsetType = UNSET
    country: Country | UnsetType = UNSET
    category: Category | UnsetType = UNSET
    website: Website | UnsetType = UNSET
    contact: ContactIn | UnsetType = UNSET
    settlement_account: AccountIn | UnsetType = UNSET


class MaskedContact(View):
    """What may be seen of a contact."""

    phone: str
    email: str


class ApplicationView(View):
    """An application. `missing` names the fields to give before it can be decided. In test mode the merchant works from the start,
    in live mode once the application is approved; `reason` is why it was declined.
    """

    id: str
    object: Literal["merchant_application"] = "merchant_application"
    status: Literal["incomplete", "pending", "approved", "declined"]
    missing: list[str]
    merchant_id: str
    legal_name: str
    registration_number: str
    name: str
    latin_name: str
    city: str
    latin_city: str
    country: str
    category: str
    website: str | None
    contact: MaskedContact | None
    reason: str | None
    decided_at: str | None
    created_at: str


@endpoint(
    routes,
    "POST",
    "/v1/merchant_applications",
    summary="Apply for a merchant",
    callers=[Customer],
    body=Apply,
    answer=ApplicationView,
    status=201,
    idempotency="required",
    session="in_use_case",
)
def apply(call: Call[Apply]) -> Any:
    """The caller becomes the merchant's owner. An operator decides, and the owner is told."""
    decided = call.wallet.merchant_applications.apply(call.customer, call.body.applying(), call.asked)
    return Decided(_view(decided.value), decided.replayed)


@endpoint(
    routes,
    "GET",
    "/v1/merchant_applications",
    summary="See your applications",
    callers=[Customer],
    query=PageQuery,
    answer=ListView[ApplicationView],
    session="in_use_case",
)
def list_applications(call: Call[None]) -> Any:
    """Newest first, a moment after the facts."""
    page = call.wallet.merchant_applications.list(call.customer, call.query.page())
    return ListView.of(Page(tuple(_view(application) for application in page.rows), page.next_cursor))


@endpoint(
    routes,
    "GET",
    "/v1/merchant_applications/{application_id}",
    summary="Look at an application",
    callers=[Customer],
    answer=ApplicationView,
    session="in_use_case",
    errors=[NotFound],
)
def get_application(call: Call[None]) -> Any:
    """One of the caller's own."""
    return _view(call.wallet.merchant_applications.get(call.customer, call.id("application_id", "app")))


@endpoint(
    routes,
    "PATCH",
    "/v1/merchant_applications/{application_id}",
    summary="Complete or correct an application",
    callers=[Customer],
    body=ChangeApplication,
    answer=ApplicationView,
    session="in_use_case",
    errors=[NotFound, ApplicationApproved],
)
def change_application(call: Call[ChangeApplication]) -> Any:
    """Until it is approved; afterwards the merchant itself is changed."""
    body = call.body
    contact = None if body.contact is UNSET else body.contact.contact()
    account = None if body.settlement_account is UNSET else body.settlement_account.details("/settlement_account")
    application_id = call.id("application_id", "app")
    whole = structs.replace(body, contact=UNSET, settlement_account=UNSET)
    changed = call.wallet.merchant_applications.change(call.customer, application_id, given(whole), contact, account)
    return _view(changed)


def _view(application: Application) -> ApplicationView:
    profile, contact = application.profile, application.contact
    return ApplicationView(
        id=application.id,
        status=application.status,
        missing=list(application.missing),
        merchant_id=application.merchant_id,
        legal_name=application.legal_name,
        registration_number=application.registration_number,
        name=profile.name,
        latin_name=profile.latin_name,
        city=profile.city,
        latin_city=profile.latin_city,
        country=profile.country,
        category=profile.category,
        website=application.website,
        contact=None if contact is None else MaskedContact(phone=contact.phone_masked, email=contact.email_masked),
        reason=application.reason,
        decided_at=None if application.decided_at is None else rfc3339(application.decided_at),
        created_at=rfc3339(application.created_at),
    )
