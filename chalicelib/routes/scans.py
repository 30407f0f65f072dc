"""Scans over HTTP: what does this QR code ask for?"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from chalicelib.http import Call, Routes, endpoint
from chalicelib.payment_views import MerchantRef
from chalicelib.views import Body, MoneyView, View
from wallet_api.clock import rfc3339
from wallet_api.errors import NotFound
from wallet_api.mandates.model import Mandate
from wallet_api.mandates.model import Status as MandateStatus
from wallet_api.outlets.errors import MerchantUnavailable, OutletClosed
from wallet_api.outlets.model import Place
from wallet_api.payments.model import Payment, Status
from wallet_api.scans.errors import CodeDamaged, CodeNotGenuine, CodeNotOurs
from wallet_api.scans.model import MAX_CODE
from wallet_api.sessions.model import Customer

routes = Routes(__name__)


class Scan(Body):
    """The text of a QR code, exactly as it was read."""

    qr: Annotated[str, Meta(min_length=1, max_length=MAX_CODE)]


class ScannedPayment(View):
    """What is to be paid, from our records."""

    id: str
    status: Status
    amount: MoneyView
    description: str
    expires_at: str


class ScannedMandate(View):
    """What is to be agreed to, from our records: what the merchant may charge without asking each time."""

    id: str
    status: MandateStatus
    description: str
    max_per_payment: MoneyView
    max_per_month: MoneyView
    expires_at: str


class ScannedOutlet(View):
    """Where is to be paid; the customer types the amount."""

    id: str
    name: str
    address: str | None


class ScannedPerson(View):
    """Who can be sent money: a name they chose, or a masked contact of theirs. `user_id` is what a transfer is sent to."""

    user_id: str
    name: str


class ScanView(View):
    """What was scanned. Show the merchant's registered name, or the person's, and the amount before asking for the PIN."""

    object: Literal["scan"] = "scan"
    kind: Literal["payment", "outlet", "mandate", "person"]
    merchant: MerchantRef | None = None
    payment: ScannedPayment | None = None
    outlet: ScannedOutlet | None = None
    mandate: ScannedMandate | None = None
    person: ScannedPerson | None = None


class PersonCodeView(View):
    """The text of a QR code by which its owner is sent money. It says nothing personal."""

    object: Literal["qr"] = "qr"
    kind: Literal["person"] = "person"
    qr: str


@endpoint(
    routes,
    "POST",
    "/v1/scans",
    summary="Read a scanned QR code",
    callers=[Customer],
    body=Scan,
    answer=ScanView,
    errors=[CodeNotOurs, CodeDamaged, CodeNotGenuine, NotFound, OutletClosed, MerchantUnavailable],
)
def scan(call: Call[Scan]) -> Any:
    """Checks that the code is ours and unchanged, and answers with what it names: a payment (also by its `checkout_url`, as a
    merchant's app hands it over), an outlet, a mandate, or a person. Nothing moves.
    """
    found = call.wallet.scans.scan(call.body.qr)
    if isinstance(found, Payment):
        return _of_payment(found)
    if isinstance(found, Mandate):
        return _of_mandate(found)
    if isinstance(found, Place):
        outlet, standing = found.outlet, found.standing
        return ScanView(
            kind="outlet",
            merchant=MerchantRef(id=outlet.merchant_id, name=standing.profile.name),
            outlet=ScannedOutlet(id=outlet.id, name=outlet.name, address=outlet.address),
        )
    return ScanView(kind="person", person=ScannedPerson(user_id=found.person_id, name=found.name))


@endpoint(routes, "GET", "/v1/me/qr", summary="The code to be sent money by", callers=[Customer], answer=PersonCodeView)
def get_own_code(call: Call[None]) -> Any:
    """Whoever scans it sees the name that the caller chose, or a masked contact, and can send a transfer."""
    return PersonCodeView(qr=call.wallet.scans.code_of_person(call.customer.id))


def _of_payment(payment: Payment) -> ScanView:
    return ScanView(
        kind="payment",
        merchant=MerchantRef(id=payment.merchant_id, name=payment.order.merchant.name),
        payment=ScannedPayment(
            id=payment.id,
            status=payment.status,
            amount=MoneyView.of(payment.amount),
            description=payment.order.description,
            expires_at=rfc3339(payment.expires_at),
        ),
    )


def _of_mandate(mandate: Mandate) -> ScanView:
    terms = mandate.terms
    return ScanView(
        kind="mandate",
        merchant=MerchantRef(id=mandate.merchant_id, name=mandate.merchant.name),
        mandate=ScannedMandate(
            id=mandate.id,
            status=mandate.status,
            description=terms.description,
            max_per_payment=MoneyView.of(terms.max_per_payment),
            max_per_month=MoneyView.of(terms.max_per_month),
            expires_at=rfc3339(mandate.expires_at),
        ),
    )
