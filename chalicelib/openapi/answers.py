"""What stands in examples of answers: by a field's name, by an object's kind, and what is nothing where all went well."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

UNIQUE = "01KAMS3Q0V5T1C9D9SZ3GZ2WQY"
WHEN = "2026-11-22T01:05:00Z"

PREFIXES = {
    "api_key": "key", "card": "crd", "challenge": "chl", "contact_change": "ctc", "counterparty": "mer",
    "device": "dev", "endpoint": "whk", "event": "evt", "fee_quote": "quo", "fee_schedule": "fee", "freeze": "frz", "loss_report": "los",
    "mandate": "man", "merchant": "mer", "merchant_application": "app", "notification": "evt",
    "outlet": "out", "password_reset": "pwr", "payment": "pay", "payment_code_secret": "pcs", "payment_pin_reset": "otc",
    "payout": "po", "refund": "ref", "refund_request": "rfr", "registration": "reg", "result": "pay", "rolled_to": "key",
    "session": "ses", "signing_key": "sgk", "timeline": "pay", "top_up": "top", "transaction": "ent", "transfer": "trf", "unfreeze": "unf",
    "unlock": "unl", "user": "usr", "wallet": "usr", "webhook_delivery": "dlv", "webhook_endpoint": "whk",
    "webhook_replay": "rpl", "withdrawal": "wdr",
}  # fmt: skip
"""What an id begins with: by the `object` that it is the id of, or by the name of the field that holds it or its object."""

OBJECTS = {"endpoint": "webhook_endpoint"}
"""What an object is called that a path names by a shorter word."""

STANDING = (
    "succeeded", "active", "enabled", "paid", "open", "final", "done", "supported", "merchant", "debit", "yes", "payment", "share",
    "out", "sms", "balance", "returned", "requested", "daily", "customer",
)  # fmt: skip
"""Of the values that a field may have, the first of these is shown; of others the first that it may have."""

NOTHING = frozenset({
    "allowance", "cancellation_reason", "decline_code", "decline_reason", "disabled_reason", "diverted_reason", "failure_code",
    "freeze", "mandate_id", "next_action", "next_cursor", "problem", "rolled_to", "suspension_reason",
})  # fmt: skip
"""What is null where all went well, or where there is no more."""

AMOUNTS = {
    "amount_refunded": 0, "fee": 0, "fee_returned": 0, "limit": 20_000_00, "max_per_month": 500_00, "max_per_payment": 100_00,
    "merchant_fee": 0, "per_transaction": 5_000_00, "remaining": 19_987_50, "used": 12_50,
}  # fmt: skip
"""Amounts of money by the name of their field, in minor units; all others are `AMOUNT`."""
AMOUNT = 12_50

NUMBERS = {
    "available": 12_50, "basis_points": 60, "closing": 12_50, "fixed": 0, "free": 0, "held": 0, "lines": 1, "maximum": 100_00,
    "minimum": 1, "net": 12_50, "opening": 0, "pending": 0, "reserved": 0, "schedule_version": 1, "sequence": 1795309500000,
    "expires_in": 900,
}  # fmt: skip

TEXTS: Mapping[str, str] = {
    "access_token": "wat_AaIDaB2pXMFfj2-mzDp2dAGiA2gdJx_KEWSGqNSY_YprAu8QJwI6",
    "address": "翠湖东路 3 号",
    "advised_version": "3.4",
    "alias": "439497527",
    "as_of": WHEN,
    "bank": "中国银行",
    "bank_reference": "BNKDA68EEA8E95E",
    "brand": "visa",
    "categories": "5814",
    "challenge": "g-z-e3dkf108ASN6BN9Lq21KY9NYPYSknqyoEiCOa80",
    "checkout_url": f"https://wallet.example.com/checkout/pay_{UNIQUE}",
    "city": "昆明",
    "consents": "terms",
    "currency": "CNY",
    "decline_code": "insufficient_funds",
    "description": "乌龙茶",
    "device_token": "wdt_AaIDaB2pab6_mFzR1cm3GQAAAADxg2IL1FROOLKxta6gK4T9",
    "display_name": "梅",
    "event_type": "payment.succeeded",
    "event_types": "payment.*",
    "kind": "payment",
    "label": "CUIHU EAST",
    "last4": "0005",
    "latin_city": "KUNMING",
    "latin_name": "CUIHU TEA HOUSE",
    "legal_name": "昆明翠湖茶馆有限公司",
    "locale": "zh-CN",
    "methods": "sms",
    "minimum_version": "3.2",
    "missing": "settlement_account",
    "mode": "test",
    "month": "2026-11",
    "next": "Top up the wallet, or pay a smaller amount, and try again.",
    "otpauth_uri": "otpauth://totp/Wallet:%2B86138%2A%2A%2A%2A8000?secret=HE2UMOU66AMM3RUUKRLL3RA4ZAJNHIPU&issuer=Wallet",
    "path": "/v1/reconciliation/2026-11-22",
    "prefix": "sk_test_4eC3",
    "recovery_codes": "EBA9DG-0C3V63-JBXKMD-4EX28R",
    "reference": "member-4711",
    "refunds": f"ref_{UNIQUE}",
    "registration_number": "91350100M000100Y43",
    "request": "POST /v1/payments/{payment_id}/confirm",
    "rolled_to": f"key_{UNIQUE}",
    "says": "Not enough money in the wallet",
    "scopes": "payments:read",
    "secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
    "sent_to": "+86138****8000",
    "status": "succeeded",
    "store_url": "https://apps.example.com/wallet",
    "text": "您已支付 12.50 CNY。",
    "tier": "basic",
    "time": WHEN,
    "title": "支付成功",
    "type": "payment.succeeded",
    "url": "https://shop.example/wallet/events",
    "version": "2026-11-22",
    "what": "payment.succeeded",
}
"""Texts by the name of their field; those of a list by the list's."""

OF_KIND: Mapping[str, Mapping[str, Any]] = {
    "api_key": {
        "name": "till 1",
        "secret": f"sk_test_AaIDaB9yHaGefSprv2jZPAGiA2gfd925-0FC3ASFxcqz2LZc8yFHK1{UNIQUE[:8]}",
    },
    "fee_quote": {"lines": []},
    "merchant": {"name": "翠湖茶馆"},
    "operation": {"id": "6c78d2f0b1e94a53a7c80d1f2e3b4c5d"},
    "outlet": {"name": "翠湖茶馆 东门店"},
    "payment": {"refunds": []},
    "refund": {"card": None, "refund_request_id": None, "submitted_at": None},
    "signing_key": {"name": "till 1", "secret": None},
    "top_up": {"quote_id": None},
    "payout": {"returned_at": None},
    "totp": {"secret": "HE2UMOU66AMM3RUUKRLL3RA4ZAJNHIPU"},
    "transaction": {
        "balance_change": {"amount": -AMOUNT, "currency": "CNY"},
        "counterparty": {"kind": "merchant", "id": f"mer_{UNIQUE}", "name": "翠湖茶馆"},
        "refund_id": None,
        "refunds": [],
        "top_up_id": None,
        "transfer_id": None,
    },
    "transfer": {"delay": None},
    "wallet": {"status": "active"},
    "decline_code": {"code": "insufficient_funds"},
}
"""Fields of an object of a kind that are not as their names say."""
