"""`./wallet ops trace`: what is known of one thing by its reference number, for whoever answers its owner; no personal data.

A payment, top-up, refund, transfer, payout, delivery or any other record by its id; a person (`usr_…`) or a merchant (`mer_…`)
with how their account stands and what was last done on it; a transaction (`ent_…`) with `--of usr_…`, its owner. Names, addresses,
notes and whatever else somebody wrote are not read out, whatever an item holds: only what stands in the lists below.
Operations are told with the request id that an answer carried, by which `./wallet ops log --request` finds its line.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session, get_session

from dev.merchants import Opener, deployed
from dev.speaking import deployed_wallet, sorry
from wallet_api.clock import rfc3339
from wallet_api.ledger import chart
from wallet_api.ledger.lines import Line
from wallet_api.ledger.store import BALANCE, OPERATION
from wallet_api.settings import SettingsIncomplete
from wallet_api.storage.errors import StorageFault
from wallet_api.wallet import Wallet

OWNERS = ("customer_id", "person_id", "payer_id", "payee_id")
LINKS = (
    *OWNERS,
    "merchant_id",
    "payment_id",
    "refund_request_id",
    "endpoint_id",
    "event_id",
    "outlet_id",
    "mandate_id",
)
FACTS = (
    "status", "kind", "mode", "amount", "fee", "currency", "refundable", "refunded", "destination", "diverted", "day", "attempts",
    "decline_code", "last_decline", "failure_code", "problem", "entry_id", "delay", "tier", "version", "event_type", "balances", "held",
    "spent", "spent_day", "freezes", "aside",
)  # fmt: skip
TIMES = ("_at", "_before", "_until", "_since")
"""How the names of attributes end that hold a moment."""
SHOWN = 20


class Unknown(Exception):
    """Nothing of this number is kept."""


def main(arguments: list[str] | None = None, opener: Opener | None = None, session: Session | None = None) -> int:
    options = _options(arguments)
    try:
        wallet = (opener or deployed)(options.function, options.region)
        dynamodb: Any = (session or get_session()).create_client("dynamodb", region_name=wallet.settings.region)
        for line in Trace(wallet, dynamodb).told(options.reference, options.of):
            print(line)
    except (BotoCoreError, ClientError, SettingsIncomplete, StorageFault) as error:
        return sorry(f"The function {options.function!r} or its tables could not be read: {error}")
    except Unknown:
        more = " A transaction is found with --of and its owner's id." if options.reference.startswith("ent_") else ""
        return sorry(f"Nothing is kept under {options.reference}.{more}")
    return 0


class Trace:
    """Reads of one wallet; nothing is written."""

    def __init__(self, wallet: Wallet, dynamodb: Any) -> None:
        self.wallet = wallet
        self.dynamodb = dynamodb

    def told(self, reference: str, owner: str | None = None) -> Iterator[str]:
        """A line for each thing that is known. Raises Unknown when nothing is."""
        rows = [*self._rows("people", reference), *self._rows("records", reference)]
        own = chart.merchant(reference) if reference.startswith("mer_") else chart.customer(reference)
        accounts = self._rows("accounts", own, BALANCE)
        lines = self._lines(reference, owner, rows)
        if not (rows or accounts or lines):
            raise Unknown
        for row in (*rows, *accounts):
            yield f"{row['pk']['S']}  {row['sk']['S']}"
            yield from (f"    {name:22} {text}" for name, text in facts_of(row))
        for line in lines:
            yield f"{line.entry_id}  {rfc3339(line.at)}  {line.kind}  {line.subject}  {line.money}  on {line.account}"
            yield from self._decided(line)

    def _lines(self, reference: str, owner: str | None, rows: list[Mapping[str, Any]]) -> list[Line]:
        """The statement lines of a thing on its people's wallets; of a person, the newest."""
        if reference.startswith("usr_"):
            return self._newest(reference)
        if owner is not None:
            with self.wallet.storage.trip() as trip:
                found = self.wallet.transactions.statements.find(chart.customer(owner), reference, trip)
            line = found()
            return [] if line is None else [line]
        named = {row[name]["S"] for row in rows for name in OWNERS if "S" in row.get(name, {})}
        entries = {row["entry_id"]["S"] for row in rows if "S" in row.get("entry_id", {})}
        since = min((moment for row in rows for moment in _moments(row)), default=None)
        return [
            line
            for person in sorted(named)
            for line in self._newest(person, since, limit=1000)
            if line.subject == reference or line.entry_id in entries
        ]

    def _newest(self, person: str, since: datetime | None = None, limit: int = SHOWN) -> list[Line]:
        with self.wallet.storage.trip() as trip:
            found = self.wallet.transactions.statements.newest(chart.customer(person), trip, since=since, limit=limit)
        return list(reversed(found()))

    def _decided(self, line: Line) -> Iterator[str]:
        """The operation that a line's entry was decided in, and the request that asked for it."""
        for row in self._rows("ledger", line.operation, OPERATION):
            item = self.wallet.ledger.operation_items.from_raw_data(dict(row))
            yield f"    {'decided_at':22} {rfc3339(item.decided_at)}"
            yield f"    {'request_id':22} {item.request_id or 'none: a schedule decided'}"
            for posting in item.postings or ():
                yield f"    {'posting':22} {posting.money}  {posting.account}"

    def _rows(self, table: str, pk: str, sk: str = "") -> list[Mapping[str, Any]]:
        names, values = {"#pk": "pk"}, {":pk": {"S": pk}}
        condition = "#pk = :pk"
        if sk:
            names, values, condition = (
                {**names, "#sk": "sk"},
                {**values, ":sk": {"S": sk}},
                f"{condition} AND #sk = :sk",
            )
        found = self.dynamodb.query(
            TableName=self.wallet.settings.tables[table],
            KeyConditionExpression=condition,
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=values,
            ConsistentRead=True,
            Limit=SHOWN,
        )
        rows: list[Mapping[str, Any]] = found["Items"]
        return rows


def facts_of(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What may be told of an item: states, amounts, times and the ids that it points to."""
    for name, value in sorted(row.items()):
        if name in FACTS or name in LINKS or name.endswith(TIMES):
            text = _plain(value)
            if text is not None:
                yield name, text


def _plain(value: Mapping[str, Any]) -> str | None:
    """A text or number, an amount, or amounts by currency; whatever else an item holds is not told."""
    if "S" in value or "N" in value:
        return str(value.get("S", value.get("N")))
    parts = {name: each.get("S", each.get("N")) for name, each in value.get("M", {}).items()}
    if not parts or None in parts.values():
        return None
    return "  ".join(f"{parts[name]} {name}" if len(name) == 3 else f"{parts[name]}" for name in sorted(parts))


def _moments(row: Mapping[str, Any]) -> Iterator[datetime]:
    if "S" in row.get("created_at", {}):
        yield datetime.fromisoformat(row["created_at"]["S"])


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = deployed_wallet("./wallet ops trace", __doc__)
    parser.add_argument("reference", help="pay_…, top_…, wdr_…, ref_…, trf_…, po_…, dlv_…, usr_…, mer_…, ent_…")
    parser.add_argument("--of", help="whose a transaction is: usr_…")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
