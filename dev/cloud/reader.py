"""How the pump reads a table's stream: straight from an engine in this process, or over the Streams API from any other."""

import base64
from datetime import datetime
from typing import Any, Protocol

from botocore.session import Session

Records = list[dict[str, Any]]


class StreamReader(Protocol):
    """One consumer's place in one table's stream."""

    def read(self, limit: int) -> Records:
        """The next records, in order, in Lambda's form; moves on past them."""
        ...

    def rewind(self) -> None:
        """Back to the oldest record there is."""
        ...

    def skip(self) -> None:
        """Past everything there is."""
        ...


class DirectReader:
    """Reads the corrected engine's own records, without a call."""

    def __init__(self, engine: Any, table: str, region: str) -> None:
        self._engine, self._table, self._region = engine, table, region
        self._place = 0

    def read(self, limit: int) -> Records:
        records: Records
        records, self._place = self._engine.records(self._table, self._region, self._place, limit)
        return records

    def rewind(self) -> None:
        self._place = 0

    def skip(self) -> None:
        while self.read(10_000):
            pass


class WireReader:
    """Reads over the Streams API, one iterator per shard, whatever answers it."""

    def __init__(self, session: Session, table: str, region: str) -> None:
        streams: Any = session.create_client("dynamodbstreams", region_name=region)
        self._streams = streams
        self._table = table
        self._arn = ""
        self._iterators: dict[str, str | None] = {}
        self.rewind()

    def _shards(self) -> list[str]:
        described = self._streams.describe_stream(StreamArn=self._arn)["StreamDescription"]
        return [shard["ShardId"] for shard in described["Shards"]]

    def _start(self, kind: str) -> None:
        # A table that was made anew has another stream.
        found = self._streams.list_streams(TableName=self._table)["Streams"]
        if not found:
            raise LookupError(f"The engine shows no stream for {self._table}.")
        self._arn = found[-1]["StreamArn"]
        self._iterators.clear()
        for shard in self._shards():
            answer = self._streams.get_shard_iterator(StreamArn=self._arn, ShardId=shard, ShardIteratorType=kind)
            self._iterators[shard] = answer["ShardIterator"]

    def rewind(self) -> None:
        self._start("TRIM_HORIZON")

    def skip(self) -> None:
        self._start("LATEST")

    def read(self, limit: int) -> Records:
        for shard in self._shards():
            if shard not in self._iterators:
                answer = self._streams.get_shard_iterator(
                    StreamArn=self._arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON"
                )
                self._iterators[shard] = answer["ShardIterator"]
            iterator = self._iterators[shard]
            if iterator is None:
                continue
            answer = self._streams.get_records(ShardIterator=iterator, Limit=limit)
            self._iterators[shard] = answer.get("NextShardIterator")
            if answer["Records"]:
                return [{**wired(record), "eventSourceARN": self._arn} for record in answer["Records"]]
        return []


def wired(value: Any) -> Any:
    """botocore's parsed form back to JSON's: bytes in base64, times in whole seconds."""
    if isinstance(value, dict):
        return {name: wired(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [wired(inner) for inner in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return int(value.timestamp()) if isinstance(value, datetime) else value
