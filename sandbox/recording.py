"""A run's output as a terminal recording: asciicast v2, which any asciinema player plays.

https://docs.asciinema.org/manual/asciicast/v2/
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sandbox.events import Event
from sandbox.models import Run
from sandbox.runners.base import Stream

CONTENT_TYPE = "application/x-asciicast"

_OUTPUT = frozenset(stream.value for stream in Stream)


def asciicast(run: Run, log: Iterable[Event]) -> Iterator[str]:
    """The recording line by line: the header, then each output at its time since the start."""
    title = f"{run.language} run {run.pk}"
    return recording(run.unpacked_source(), log, created_at=run.created_at, title=title)


def recording(
    source: Mapping[str, Any], log: Iterable[Event], *, created_at: datetime, title: str
) -> Iterator[str]:
    """The same of whatever has a run's source (`Run.unpacked_source`) and its log."""
    yield _line(
        {
            "version": 2,
            "width": source["cols"],
            "height": source["rows"],
            "timestamp": int(created_at.timestamp()),
            "title": title,
        }
    )
    began = None
    elapsed_s = 0.0
    for event in log:
        now = datetime.fromisoformat(event.timestamp)
        began = began or now
        # The clock may be set back; a player's time cannot go back.
        elapsed_s = max(elapsed_s, (now - began).total_seconds())
        if event.type in _OUTPUT:
            text = event.content if source["tty"] else _as_on_terminal(event.content)
            yield _line([round(elapsed_s, 3), "o", text])


def _as_on_terminal(text: str) -> str:
    """A pipe's line feeds, with the carriage return that a terminal's driver puts before each."""
    return text.replace("\n", "\r\n")


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"
