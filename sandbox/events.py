"""The numbered events of a run: one log, any number of readers, each from any number on."""

import asyncio
import json
import zlib
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cloudrun.errors import ApplicationError

_LAST_TYPES = frozenset({"complete", "error"})


@dataclass(frozen=True)
class Event:
    """One thing that happened in a run; `fields` are those that its type has more.

    `seq` counts 1, 2, 3 … with no gap; `timestamp` is ISO 8601 in UTC with a `Z`.
    """

    seq: int
    type: str
    content: str
    timestamp: str
    fields: Mapping[str, Any]

    def frame(self, execution_id: str) -> dict[str, Any]:
        """The event as the wire has it."""
        return {
            "type": self.type,
            "content": self.content,
            "timestamp": self.timestamp,
            "execution_id": execution_id,
            "seq": self.seq,
            **self.fields,
        }


class EventLog:
    """Appended to by the run, followed by its readers; whoever appends bounds it.

    Belongs to one event loop. `close()` ends the readers once they have read all.
    """

    def __init__(self) -> None:
        self._events: list[Event] = []
        self._closed = False
        self._changed = asyncio.Event()

    def __len__(self) -> int:
        return len(self._events)

    def __iter__(self) -> Iterator[Event]:
        return iter(self._events)

    def append(self, type: str, content: str, **fields: Any) -> Event:
        event = Event(len(self._events) + 1, type, content, now(), fields)
        self._events.append(event)
        self._wake()
        return event

    @property
    def is_closed(self) -> bool:
        return self._closed

    def close(self) -> None:
        self._closed = True
        self._wake()

    @property
    def has_last(self) -> bool:
        """The run's last frame is written; the log is closed once the run's row says the same."""
        return bool(self._events) and self._events[-1].type in _LAST_TYPES

    async def follow(self, after_seq: int = 0) -> AsyncGenerator[Event, None]:
        """Every event after that number, then those still to come, until the log is closed."""
        position = after_seq
        while True:
            while position < len(self._events):
                event = self._events[position]
                position += 1
                yield event
            if self._closed:
                return
            await self._changed.wait()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()


def refusal(error: ApplicationError) -> dict[str, Any]:
    """The last frame of a connection that is refused or over, which is no event of a run."""
    frame: dict[str, Any] = {
        "type": "error",
        "content": error.detail,
        "timestamp": now(),
        "code": error.code,
    }
    if error.errors:
        frame["errors"] = [vars(item) for item in error.errors]
    if error.retry_after is not None:
        frame["retry_after"] = error.retry_after
    return frame


def now() -> str:
    return time_stamp(datetime.now(UTC))


def time_stamp(time: datetime) -> str:
    """A time in UTC as frames have it."""
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def pack(events: Iterable[Event]) -> bytes:
    """The log for storing: zlib over one JSON array a line, packed event by event."""
    packer = zlib.compressobj(6)
    parts = []
    for event in events:
        line = [event.seq, event.type, event.content, event.timestamp, dict(event.fields)]
        parts.append(packer.compress(json.dumps(line, ensure_ascii=False).encode() + b"\n"))
    parts.append(packer.flush())
    return b"".join(parts)


def unpack(packed: bytes) -> list[Event]:
    """The events that `pack` stored."""
    lines = zlib.decompress(packed).splitlines()
    return [Event(*json.loads(line)) for line in lines]
