"""Something to play with: made through use cases, never by writing items, so that every rule has held for it."""

from typing import Any

MERCHANT = {
    "name": "翠湖茶馆",
    "latin_name": "Green Lake Teahouse",
    "city": "昆明",
    "latin_city": "Kunming",
    "category": "5814",
}


def seed(cloud: Any) -> dict[str, Any]:
    """Fills an empty wallet; returns what a developer needs to know of it.

    `merchant_key` is a test key, shown to whoever can reach this machine's loopback: it is worth nothing elsewhere.
    People are not seeded: anybody registers at once, and reads the code in the sandbox's inbox.
    """
    merchants = cloud.wallet.merchants
    merchant = merchants.create(**MERCHANT)
    return {
        "merchant": MERCHANT["name"],
        "merchant_id": merchant.id,
        "merchant_key": merchants.issue_key(merchant.id),
    }
