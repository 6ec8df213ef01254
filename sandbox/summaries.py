"""What a run's row says of its log beside the outcome, for staff to search and to count."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sandbox.events import Event
from sandbox.runners.base import Stream

_SEARCHED_BYTES = 8192
_OUTPUT = frozenset(stream.value for stream in Stream)


def first_output_ms(log: Iterable[Event], own: Iterable[Event]) -> int | None:
    """From the log's first event, with which the run is accepted, to its program's first output.

    `own` are the program's own events, without an installer's. None where it wrote nothing.
    """
    accepted = next(iter(log), None)
    first = next((event for event in own if event.type in _OUTPUT), None)
    if accepted is None or first is None:
        return None
    began, wrote = (datetime.fromisoformat(event.timestamp) for event in (accepted, first))
    return max(0, (wrote - began) // timedelta(milliseconds=1))  # the clock may be set back


def output_head(log: Iterable[Event]) -> str:
    """The beginning of what the program wrote, as much as is searched."""
    head = ""
    for event in log:
        if event.type in _OUTPUT:
            head += event.content[:_SEARCHED_BYTES]
            if len(head) >= _SEARCHED_BYTES:
                break
    return head


def searchable(code: str, output: str = "") -> str:
    """The first 8 KiB of both as text that any database takes; half of it is for each, and what
    one does not need is for the other."""
    code, output = _head(code, _SEARCHED_BYTES), _head(output, _SEARCHED_BYTES - 1)
    room = _SEARCHED_BYTES - 1 - min(len(output.encode()), _SEARCHED_BYTES // 2)
    code = _head(code, room)
    output = _head(output, _SEARCHED_BYTES - 1 - len(code.encode()))
    return f"{code}\n{output}" if output else code


def _head(text: str, size: int) -> str:
    """At most `size` bytes of UTF-8; PostgreSQL takes no NUL."""
    head = text[:size].replace("\x00", " ").encode(errors="replace")[:size]
    return head.decode(errors="ignore")
