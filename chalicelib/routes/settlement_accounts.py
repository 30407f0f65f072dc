"""Settlement accounts over HTTP: where a merchant's money is paid out to."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta
from msgspec.structs import replace

from chalicelib.authorization_views import PROOF_REFUSALS
from chalicelib.http import Call, Routes, endpoint
from chalicelib.views import Body, Line, Pin, View
from wallet_api.clock import rfc3339
from wallet_api.errors import Invalid, NotFound
from wallet_api.merchants.model import MerchantCaller
from wallet_api.names import holder_name
from wallet_api.sessions.model import Customer
from wallet_api.settlement_accounts.errors import SettlementAccountMissing
from wallet_api.settlement_accounts.model import Details, SettlementAccount

routes = Routes(__name__)

BankName = Annotated[str, Meta(min_length=1, max_length=60, pattern=r"^[^\n\r\t]+$")]
AccountNumber = Annotated[
    str,
    Meta(pattern=r"^[A-Z0-9]{8,34}$", description="Digits, or an IBAN: no spaces.", examples=["8110701012800123456"]),
]


class AccountIn(Body):
    """A bank account of the merchant's own. Its number and holder are sealed, and never shown again."""

    bank: BankName
    holder_name: Line
    account_number: AccountNumber

    def details(self, place: str = "") -> Details:
        """As it is kept; `place` is where it stands in the body. Raises Invalid."""
        try:
            return Details(self.bank, holder_name(self.holder_name, "/holder_name"), self.account_number)
        except Invalid as refusal:
            raise Invalid(*(replace(each, pointer=place + each.pointer) for each in refusal.problems)) from None


class ChangeAccount(AccountIn):
    """The account, with the owner's payment PIN."""

    pin: Pin


class SettlementAccountView(View):
    """What may be seen of an account. Nothing is paid out to it before `usable_from`."""

    object: Literal["settlement_account"] = "settlement_account"
    merchant_id: str
    status: Literal["active", "cooling_down"]
    bank: str
    last4: str
    usable_from: str
    changed_at: str


@endpoint(
    routes,
    "GET",
    "/v1/merchants/{merchant_id}/settlement_account",
    summary="See where a merchant's money goes",
    callers=[Customer, MerchantCaller],
    scope="payouts:read",
    answer=SettlementAccountView,
    session="in_use_case",
    errors=[NotFound, SettlementAccountMissing],
)
def get_settlement_account(call: Call[None]) -> Any:
    """The bank and the last four signs of the number."""
    account = call.wallet.settlement_accounts.get(call.party, call.id("merchant_id", "mer"))
    return _view(call, account)


@endpoint(
    routes,
    "PUT",
    "/v1/merchants/{merchant_id}/settlement_account",
    summary="Say where a merchant's money goes",
    callers=[Customer],
    body=ChangeAccount,
    answer=SettlementAccountView,
    session="in_use_case",
    errors=[NotFound, *PROOF_REFUSALS],
)
def change_settlement_account(call: Call[ChangeAccount]) -> Any:
    """For the owner alone, no key can. An account that takes another's place is paid to after 48 hours, and the owner is told."""
    merchant_id, body = call.id("merchant_id", "mer"), call.body
    account = call.wallet.settlement_accounts.change(call.customer, merchant_id, body.details(), body.pin)
    return _view(call, account)


def _view(call: Call[Any], account: SettlementAccount) -> SettlementAccountView:
    return SettlementAccountView(
        merchant_id=account.merchant_id,
        status="active" if account.is_usable(call.wallet.clock.now()) else "cooling_down",
        bank=account.bank,
        last4=account.last4,
        usable_from=rfc3339(account.usable_from),
        changed_at=rfc3339(account.changed_at),
    )
