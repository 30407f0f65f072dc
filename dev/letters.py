"""`./wallet ops letters`: what the functions of a deployed wallet gave up on, looked at, handed over again, thrown away.

./wallet ops letters --stack wallet-prod                          how many wait in each queue
./wallet ops letters --stack wallet-prod show FoldLedger          what each is about; nothing is taken out
./wallet ops letters --stack wallet-prod redrive FoldLedger       to their handler again; what fails again stays
./wallet ops letters --stack wallet-prod discard FoldLedger ID    one that nothing can be done about any more

A letter of a stream says which records it is about and holds none of them; one of the webhooks' queue holds ids. Redriving too
much changes nothing, since every handler counts a record once.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session, get_session

from dev.ledger import Opener, redrive_of, redriven
from dev.merchants import deployed
from dev.redrive import Letter
from dev.stacks import NotInTheStack, Stack
from dev.templates import OVERRIDES, load_template
from wallet_api.errors import Unavailable

ENDING = "DeadLetters"
LOOKING_SECONDS = 20
"""How long a letter that is shown is seen by nobody else; nobody else looks while somebody is on call."""
HELD_SECONDS = 120


class NoSuchLetter(Exception):
    """The queue does not hold it, or somebody else has it in hand."""


def main(arguments: list[str] | None = None, opener: Opener = deployed, session: Session | None = None) -> int:
    options = _options(arguments)
    stack = Stack(session or get_session(), options.stack, options.region)
    try:
        return ACTS[options.act or "count"](stack, options, opener)
    except (BotoCoreError, ClientError, NotInTheStack, NoSuchLetter) as error:
        print(f"The letters could not be taken care of: {error}", file=sys.stderr)
    except Unavailable as error:
        print(f"It ended half-way ({error.code}); what was handed over is done, so run it again.", file=sys.stderr)
    return 1


def _count(stack: Stack, _options: argparse.Namespace, _opener: Opener) -> int:
    sqs, waiting = stack.client("sqs"), 0
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    for queue in stack.of_kind("AWS::SQS::Queue"):
        if queue.endswith(ENDING):
            found = sqs.get_queue_attributes(QueueUrl=stack.physical(queue), AttributeNames=names)["Attributes"]
            letters = sum(int(found[name]) for name in names)
            waiting += letters
            print(f"{queue.removesuffix(ENDING):24} {letters}")
    print(f"{waiting} letters wait." if waiting else "Nothing was given up on.")
    return 1 if waiting else 0


def _show(stack: Stack, options: argparse.Namespace, _opener: Opener) -> int:
    sqs, url, shown = stack.client("sqs"), stack.physical(options.handler + ENDING), 0
    for message in _taken(sqs, url, LOOKING_SECONDS):
        shown += 1
        print(f"{message['MessageId']}  {about(message)}")
    print(f"{shown} letters; they can be taken again in {LOOKING_SECONDS} seconds." if shown else "There is none.")
    return 0


def about(message: Mapping[str, Any]) -> str:
    """What a letter says, without what any record holds."""
    try:
        letter = Letter.read(message)
        told = json.loads(message["Body"])
        table = letter.stream.split("/")[1]
        why = told.get("requestContext", {}).get("condition", "unknown reason")
        return (
            f"{letter.since.isoformat(timespec='seconds')} to {letter.until.isoformat(timespec='seconds')}  {why}  "
            f"{told['DDBStreamBatchInfo'].get('batchSize', '?')} records of {table}, {letter.shard}, from {letter.first}"
        )
    except (ValueError, KeyError, TypeError, IndexError):
        return f"message of {len(message['Body'])} characters: {message['Body'][:120]}"


def _redrive(stack: Stack, options: argparse.Namespace, opener: Opener) -> int:
    if queue := queue_of(options.handler):
        return _sent_back(stack, options.handler, queue)
    function = stack.physical(options.handler)
    return redriven(redrive_of(function, stack.region, opener, stack.session))


def queue_of(handler: str) -> str | None:
    """The queue that a handler is given messages from, by its name in infra/overrides.yaml; None for a reader of a stream."""
    handlers = load_template(OVERRIDES)["Resources"]
    events = handlers.get(handler, {}).get("Properties", {}).get("Events", {}).values()
    queues = [event["Properties"]["Queue"]["Fn::GetAtt"][0] for event in events if "Queue" in event["Properties"]]
    return str(queues[0]) if queues else None


def _sent_back(stack: Stack, handler: str, queue: str) -> int:
    """Into the queue that they came from. One that is sent and not deleted comes twice, which its worker notices."""
    sqs, moved = stack.client("sqs"), 0
    letters, url = stack.physical(handler + ENDING), stack.physical(queue)
    for message in _taken(sqs, letters, HELD_SECONDS):
        sqs.send_message(QueueUrl=url, MessageBody=message["Body"])
        sqs.delete_message(QueueUrl=letters, ReceiptHandle=message["ReceiptHandle"])
        moved += 1
    print(f"{moved} messages sent to {queue} again.")
    return 0


def _discard(stack: Stack, options: argparse.Namespace, _opener: Opener) -> int:
    sqs, url, found = stack.client("sqs"), stack.physical(options.handler + ENDING), False
    for message in list(_taken(sqs, url, LOOKING_SECONDS)):
        receipt = message["ReceiptHandle"]
        if message["MessageId"] == options.letter:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=receipt)
            print(f"thrown away: {about(message)}")
            found = True
        else:
            sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=receipt, VisibilityTimeout=0)
    if not found:
        raise NoSuchLetter(f"there is no {options.letter}, or somebody has it in hand; `show` lists them.")
    return 0


def _taken(sqs: Any, url: str, seconds: int) -> Iterator[Mapping[str, Any]]:
    """Every letter that nobody has in hand, each once."""
    while found := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=seconds).get("Messages"):
        yield from found


ACTS: Mapping[str, Callable[[Stack, argparse.Namespace, Opener], int]] = {
    "count": _count,
    "show": _show,
    "redrive": _redrive,
    "discard": _discard,
}


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./wallet ops letters", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--stack", required=True, help="such as wallet-prod")
    parser.add_argument("--region", help="when the AWS configuration names none")
    acts = parser.add_subparsers(dest="act")
    for act, what in (
        ("show", "what each letter is about"),
        ("redrive", "hand them to their handler again"),
        ("discard", "throw one away"),
    ):
        one = acts.add_parser(act, help=what)
        one.add_argument("handler", help="such as FoldLedger")
        if act == "discard":
            one.add_argument("letter", help="its id, as `show` tells it")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
