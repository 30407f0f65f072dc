"""The DynamoDB Streams API over our streams: one shard per table, iterators that name a table and a place in it."""

from collections.abc import Callable
from typing import Any

from dev.cloud.dynamo.refusals import Invalid, Refusal
from dev.cloud.dynamo.stream import Stream
from dev.cloud.dynamo.table import ItemTable

_SHARD = "shardId-00000001541626099285-f35f62ef"
_MAX_RECORDS = 1000


class StreamOperations:
    """DescribeStream, ListStreams, GetShardIterator and GetRecords."""

    def __init__(self, streamed: Callable[[], list[ItemTable]]) -> None:
        self._streamed = streamed

    def run(self, name: str, request: dict[str, Any]) -> dict[str, Any]:
        operations = {
            "ListStreams": self._list,
            "DescribeStream": self._describe,
            "GetShardIterator": self._iterator,
            "GetRecords": self._records,
        }
        if name not in operations:
            raise Refusal("UnknownOperationException", f"The local engine does not do {name}.")
        return operations[name](request)

    def _find(self, arn: str) -> tuple[ItemTable, Stream]:
        for table in self._streamed():
            if table.stream is not None and table.stream.arn == arn:
                return table, table.stream
        raise Refusal("ResourceNotFoundException", f"Requested resource not found: Stream: {arn} not found")

    def _list(self, request: dict[str, Any]) -> dict[str, Any]:
        wanted = request.get("TableName")
        shown = [
            {"StreamArn": table.stream.arn, "TableName": table.name, "StreamLabel": table.stream.label}
            for table in self._streamed()
            if table.stream is not None and wanted in (None, table.name)
        ]
        return {"Streams": shown}

    def _describe(self, request: dict[str, Any]) -> dict[str, Any]:
        table, stream = self._find(request["StreamArn"])
        schema = [{"AttributeName": table.keys.hash_name, "KeyType": "HASH"}]
        if table.keys.range_name is not None:
            schema.append({"AttributeName": table.keys.range_name, "KeyType": "RANGE"})
        shard = {"ShardId": _SHARD, "SequenceNumberRange": {"StartingSequenceNumber": str(stream.first_sequence)}}
        return {
            "StreamDescription": {
                "StreamArn": stream.arn,
                "StreamLabel": stream.label,
                "StreamStatus": "ENABLED",
                "StreamViewType": stream.view,
                "TableName": table.name,
                "KeySchema": schema,
                "Shards": [shard],
            }
        }

    def _iterator(self, request: dict[str, Any]) -> dict[str, Any]:
        _, stream = self._find(request["StreamArn"])
        if request["ShardId"] != _SHARD:
            raise Refusal("ResourceNotFoundException", "Requested resource not found: Shard does not exist")
        kind = request["ShardIteratorType"]
        if kind == "TRIM_HORIZON":
            place = stream.first_sequence
        elif kind == "LATEST":
            place = stream.next_sequence
        elif kind in ("AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"):
            place = int(request["SequenceNumber"]) + (kind == "AFTER_SEQUENCE_NUMBER")
        else:
            raise Invalid(f"Unknown ShardIteratorType {kind}")
        return {"ShardIterator": f"{stream.arn}|{place}"}

    def _records(self, request: dict[str, Any]) -> dict[str, Any]:
        arn, _, place = request["ShardIterator"].rpartition("|")
        _, stream = self._find(arn)
        records = stream.read(int(place), min(request.get("Limit") or _MAX_RECORDS, _MAX_RECORDS))
        after = (
            int(records[-1]["dynamodb"]["SequenceNumber"]) + 1 if records else max(int(place), stream.first_sequence)
        )
        return {"Records": records, "NextShardIterator": f"{arn}|{after}"}
