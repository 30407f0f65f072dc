"""Scans over HTTP: what does this QR code ask for?"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from chalicelib.http import Call, Routes, endpoint
from chalicelib.payment_views import MerchantRef
from chalicelib.views import Body, MoneyView, View
from wallet_api.clock import rfc3339
from wallet_api.errors import NotFound
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


class ScanView(View):
    """What was scanned. Show the merchant's name and the amount before asking for the PIN."""

    object: Literal["scan"] = "scan"
    kind: Literal["payment"] = "payment"
    merchant: MerchantRef
    payment: ScannedPayment


@endpoint(
    routes,
    "POST",
    "/v1/scans",
    summary="Read a scanned QR code",
    callers=[Customer],
    body=Scan,
    answer=ScanView,
    errors=[CodeNotOurs, CodeDamaged, CodeNotGenuine, NotFound],
)
def scan(call: Call[Scan]) -> Any:
    """Checks that the code is ours and unchanged, and answers with what it names. Nothing moves."""
    return _view(call.wallet.scans.scan(call.body.qr))


def _view(payment: Payment) -> ScanView:
    return ScanView(
        merchant=MerchantRef(id=payment.merchant_id, name=payment.order.merchant.name),
        payment=ScannedPayment(
            id=payment.id,
            status=payment.status,
            amount=MoneyView.of(payment.amount),
            description=payment.order.description,
            expires_at=rfc3339(payment.expires_at),
        ),
    )
