"""Something to play with: made through use cases, never by writing items, so that every rule has held for it."""

from typing import TYPE_CHECKING, Any

from wallet_api.settlement_accounts.model import Details
from wallet_api.wallet import Wallet

if TYPE_CHECKING:
    from dev.cloud.local import LocalCloud

MERCHANT = {
    "name": "翠湖茶馆",
    "latin_name": "Green Lake Teahouse",
    "city": "昆明",
    "latin_city": "Kunming",
    "category": "5814",
}
BANK, HOLDER, ACCOUNT_NUMBER = "中国银行", "沙箱商户", "8110701012800123456"


def seed(cloud: "LocalCloud") -> dict[str, Any]:
    """Fills an empty wallet; returns what a developer needs to know of it.

    `merchant_key` is a test key, shown to whoever can reach this machine's loopback: it is worth nothing elsewhere.
    People are not seeded: anybody registers at once, and reads the code in the sandbox's inbox.
    """
    merchants = cloud.wallet.merchants
    merchant = merchants.create(**MERCHANT)
    give_account(cloud.wallet, merchant.id, Details(BANK, HOLDER, ACCOUNT_NUMBER))
    return {
        "merchant": MERCHANT["name"],
        "merchant_id": merchant.id,
        "merchant_key": merchants.issue_key(merchant.id),
    }


def give_account(wallet: Wallet, merchant_id: str, account: Details) -> None:
    """A merchant's first settlement account, which its owner gives with the PIN; a merchant that an operator made has no owner."""
    sealed = wallet.settlement_accounts.sealed(merchant_id, account)
    with wallet.storage.atomic_write() as write:
        wallet.settlement_accounts.put(sealed, None, write)
