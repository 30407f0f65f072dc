"""Every Lambda function on one screen: the API's routes, the readers of streams and queues, and the schedules."""

from __future__ import annotations

from chalicelib import starting  # isort: skip  before all other imports, which it makes quicker

from typing import Any

from chalice.app import Chalice, CloudWatchEvent, DynamoDBEvent, Rate, SQSEvent

from chalicelib import schedules, streams, wiring
from chalicelib.routes import late

app = Chalice(app_name="wallet-api")
late.register(app)

# The real ARNs are laid over these by infra/overrides.yaml when the application is packaged.
LEDGER_STREAM = "arn:aws:dynamodb:eu-west-1:000000000000:table/ledger/stream/placeholder"
RECORDS_STREAM = "arn:aws:dynamodb:eu-west-1:000000000000:table/records/stream/placeholder"
WEBHOOKS_QUEUE = "arn:aws:sqs:eu-west-1:000000000000:webhooks"
CONFIRMATIONS_QUEUE = "arn:aws:sqs:eu-west-1:000000000000:confirmations"


@app.on_dynamodb_record(stream_arn=LEDGER_STREAM, batch_size=100)
def fold_ledger(event: DynamoDBEvent) -> Any:
    """Folds the journal into the balances and statements of busy accounts."""
    return streams.answer(event, "fold_ledger", lambda wallet: wallet.folding.fold)


@app.on_dynamodb_record(stream_arn=LEDGER_STREAM, batch_size=100)
def project_ledger_events(event: DynamoDBEvent) -> Any:
    """Writes the events of what moved money."""
    return streams.answer(event, "project_ledger_events", lambda wallet: wallet.events.project_ledger)


@app.on_dynamodb_record(stream_arn=RECORDS_STREAM, batch_size=100)
def project_record_events(event: DynamoDBEvent) -> Any:
    """Writes the events of what changed without moving money."""
    return streams.answer(event, "project_record_events", lambda wallet: wallet.events.project_records)


@app.on_dynamodb_record(stream_arn=RECORDS_STREAM, batch_size=100)
def dispatch_events(event: DynamoDBEvent) -> Any:
    """Sends new events on their way: to the webhook endpoints that want them, and to people where they want to be told."""
    return streams.answer(
        event,
        "dispatch_events",
        lambda wallet: streams.each(wallet.deliveries.dispatch, wallet.confirmation_dispatch.dispatch),
    )


@app.on_sqs_message(queue_arn=WEBHOOKS_QUEUE, batch_size=10)
def deliver_webhooks(event: SQSEvent) -> Any:
    """Posts events to merchants' servers."""
    return streams.answer_queue(event, "deliver_webhooks", lambda wallet: wallet.replays.take)


@app.on_sqs_message(queue_arn=CONFIRMATIONS_QUEUE, batch_size=1)
def send_confirmations(event: SQSEvent) -> Any:
    """Tells people what happened to their money."""
    return streams.answer_queue(event, "send_confirmations", lambda wallet: wallet.confirmations.take)


@app.schedule(Rate(1, unit=Rate.MINUTES))
def send_due_webhooks(event: CloudWatchEvent) -> None:
    """Finds the deliveries and replays whose time has come, or whose message was lost."""
    schedules.run(
        event,
        "send_due_webhooks",
        lambda wallet: wallet.deliveries.send_due(),
        lambda wallet: wallet.replays.send_due(),
    )


@app.schedule(Rate(1, unit=Rate.MINUTES))
def settle_processing(event: CloudWatchEvent) -> None:
    """Drives to an end what has none yet: top-ups, withdrawals, payments under review, lapsed holds, refunds, their requests, payouts.

    Delayed transfers come last: they are as many as people send, and all else is what went otherwise than it should.
    """
    schedules.run(
        event,
        "settle_processing",
        lambda wallet: wallet.top_ups.settle_due(),
        lambda wallet: wallet.withdrawals.settle_due(),
        lambda wallet: wallet.refund_requests.escalate_due(),
        lambda wallet: wallet.refunds.settle_due(),
        lambda wallet: wallet.payments.settle_due(),
        lambda wallet: wallet.payouts.settle_due(),
        lambda wallet: wallet.transfers.settle_due(),
    )


@app.schedule(Rate(1, unit=Rate.MINUTES))
def settle_days(event: CloudWatchEvent) -> None:
    """Closes merchants' days that are over, and pays out what was earned in them."""
    schedules.run(event, "settle_days", lambda wallet: wallet.payouts.settle_days())


@app.schedule(Rate(1, unit=Rate.DAYS))
def verify_ledger(event: CloudWatchEvent) -> None:
    """Checks every balance, line and entry of the ledger, and tells an alarm how much differs."""
    from wallet_api.ledger.watch import watch

    schedules.run(event, "verify_ledger", lambda wallet: watch(wallet.ledger, wallet.metrics))


@app.schedule(Rate(1, unit=Rate.MINUTES))
def send_notices(event: CloudWatchEvent) -> None:
    """Tells people what happened to their access, and finds the confirmations whose time has come, or whose message was lost."""
    schedules.run(
        event,
        "send_notices",
        lambda wallet: wallet.notifications.send_due(wallet.phones),
        lambda wallet: wallet.confirmation_dispatch.send_due(),
    )


wiring.open_while_starting()
starting.done()
