"""What the parameters of paths and queries mean, by their names; where one operation means something else, by both names."""

from __future__ import annotations

FEWER = "Such a page may hold fewer rows than `limit`, even none, and have a next one."
MEANINGS = {
    "application_id": "The `id` of the merchant application.",
    "card_id": "The `id` of the card.",
    "challenge": "The `challenge_id` of the sign-in.",
    "challenge_id": "The `challenge_id` of the authorization.",
    "change_id": "The `id` of the contact change.",
    "code": "The `code` of the problem.",
    "cursor": "The `next_cursor` of the page before.",
    "date": "A day of China, such as 2026-11-22.",
    "device_id": "The `id` of the device.",
    "endpoint_id": "The `id` of the webhook endpoint.",
    "event_id": "The `id` of the event.",
    "from": "From when on: RFC 3339, or a day such as 2026-11-22 (Beijing time).",
    "key": "The Idempotency-Key of the request, encoded as one segment of the path.",
    "key_id": "The `id` of the key.",
    "kind": f"Only movements of this kind. {FEWER}",
    "limit": "At most how many rows a page has.",
    "mandate_id": "The `id` of the mandate.",
    "merchant_id": "The `id` of the merchant.",
    "name": "The name of the file or the guide.",
    "notification_id": "The `id` of the notification.",
    "object_id": f"Only what happened to this object. {FEWER}",
    "order_id": "The one payment of this order. It goes with no other filter.",
    "outlet_id": "The `id` of the outlet.",
    "payment_id": "The `id` of the payment.",
    "payout_id": "The `id` of the payout.",
    "q": f"A text that stands in descriptions, notes, names, order ids or ids. {FEWER}",
    "quote_id": "The `id` of the quote.",
    "reference": "For a merchant: the one mandate of this reference.",
    "refund_id": "The `id` of the refund.",
    "registration_id": "The `id` of the registration.",
    "replay_id": "The `id` of the replay.",
    "report_id": "The `id` of the loss report.",
    "request_id": "The `id` of the refund request.",
    "reset_id": "The `id` of the reset.",
    "session_id": "The `id` of the session.",
    "to": "Until when, not included: RFC 3339, or a day such as 2026-11-22 (Beijing time), which counts whole.",
    "top_up_id": "The `id` of the top-up.",
    "transaction_id": "The `id` of the transaction.",
    "transfer_id": "The `id` of the transfer.",
    "withdrawal_id": "The `id` of the withdrawal.",
    "type": f"One type, or the beginning of some (`payment.*`). {FEWER}",
    "unfreeze_id": "The `id` of the unfreezing.",
    "unlock_id": "The `id` of the unlock.",
    "deliveries_list_webhook_deliveries.status": "Only deliveries that stand so: `failed` lists what never arrived.",
    "events_list_events.from": "From when on, in RFC 3339.",
    "events_list_events.to": "Until when, not included, in RFC 3339.",
    "fees_get_fees.at": "When the schedule was or is in force: RFC 3339, or a day such as 2026-11-22 (Beijing time). Left away, it is now.",
    "mandates_list_mandates.status": "For a customer: what may still charge (`active`), or what ended (`ended`).",
    "outlets_list_outlets.merchant_id": "For an owner: the merchant whose outlets are listed. A merchant's key lists its own.",
    "payments_list_payments.outlet_id": f"Only payments at this outlet. {FEWER}",
    "payments_list_payments.status": f"Only payments in this state. {FEWER}",
    "reconciliation_get_report.cursor": "The `Wallet-Next-Cursor` of the part before.",
    "reconciliation_get_report.limit": "At most how many lines a part has.",
    "refund_requests_list_refund_requests.status": f"Only requests in this state. {FEWER}",
    "refunds_list_refunds.payment_id": "The payment whose refunds are listed. For a merchant, left away, all of its own are.",
    "refunds_list_refunds.status": f"Only refunds in this state. {FEWER}",
}


def described(operation: str, name: str) -> dict[str, str]:
    """The `description` of an operation's parameter."""
    meaning = MEANINGS.get(f"{operation}.{name}", MEANINGS.get(name))
    return {} if meaning is None else {"description": meaning}
