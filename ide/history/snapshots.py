"""What can be looked back at: one run's program and output, from its row or from a shared copy."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Protocol

from django.template.defaultfilters import filesizeformat
from django.utils.safestring import SafeString

from cloudrun.sizes import size_words
from ide.history.extent import CODE_OF_PAGE, OUTPUT, Extent, Spent, tail
from ide.history.highlighting import code_html
from ide.history.terminal_text import terminal_html
from ide.history.visible import visible
from ide.history.words import Outcome, duration_words, outcome_words
from sandbox.events import Event, unpack
from sandbox.installing import own_events
from sandbox.languages import LANGUAGES, language_name
from sandbox.models import ALIVE
from sandbox.requests import BASE64, SourceFile
from sandbox.runners.base import Stream

_OUTPUT = frozenset(stream.value for stream in Stream)


class Row(Protocol):
    """What the rows of runs and of shared copies have in common."""

    language: str
    status: str
    reason: str
    exit_code: int | None
    duration_ms: int | None
    memory_bytes: int | None
    log: bytes | memoryview | None

    def unpacked_source(self) -> dict[str, Any]: ...


@dataclass(frozen=True)
class CodeFile:
    """One file as it was; `note` says what of it `html` does not show. It is None for no text.
    `url` downloads it, where it can be had alone."""

    path: str
    html: SafeString | None
    note: str
    url: str = ""


@dataclass(frozen=True)
class Snapshot:
    """One run as it was. `events` are the program's own, from its start to its end."""

    language: str
    language_name: str
    outcome: Outcome
    duration: str
    memory: str
    exit_code: int | None
    is_alive: bool
    source: dict[str, Any]
    events: list[Event]
    ran_at: datetime

    @property
    def entry(self) -> str:
        return entry_of(self.language)

    @cached_property
    def files(self) -> list[CodeFile]:
        """The one that Run started with comes first."""
        extent = Extent(CODE_OF_PAGE)
        return [code_file(file, extent) for file in self._sources()]

    @property
    def entry_file(self) -> CodeFile:
        """That one alone."""
        return code_file(next(self._sources()), Extent(CODE_OF_PAGE))

    def _sources(self) -> Iterator[SourceFile]:
        yield SourceFile(self.entry, self.source["code"])
        yield from (SourceFile(**file) for file in self.source["files"])

    @property
    def contents(self) -> dict[str, bytes]:
        """The same files by path, for a workspace to take."""
        return {file.name: file.data for file in self._sources()}

    @property
    def stdin(self) -> str:
        return visible(self.source["stdin"][:OUTPUT])

    @property
    def stdin_left_out(self) -> str:
        """How much of it is behind what a page shows; empty where nothing is."""
        return _size_words(self.source["stdin"][OUTPUT:])

    @property
    def args(self) -> str:
        """As one would write them in a shell."""
        return visible(shlex.join(self.source["args"]))

    @cached_property
    def output(self) -> str:
        """As the program wrote it."""
        return "".join(event.content for event in self.events if event.type in _OUTPUT)

    @property
    def output_html(self) -> SafeString:
        """Its end: what a program wrote last tells how it went."""
        return terminal_html(tail(self.output).rstrip("\r\n"))

    @property
    def output_left_out(self) -> str:
        """How much is before what a page shows; empty where nothing is."""
        return _size_words(self.output[: len(self.output) - len(tail(self.output))])

    @property
    def is_page(self) -> bool:
        """It was shown by the browser: there is no output."""
        return self.language in LANGUAGES and not LANGUAGES[self.language].is_sandboxed

    @property
    def cpu_time(self) -> str:
        """Empty where nothing counted it."""
        last = self.events[-1] if self.events else None
        return duration_words(last.fields.get("cpu_ms")) if last else ""

    @property
    def explanation(self) -> str:
        """What was said of a bad end; empty for a good one."""
        last = self.events[-1] if self.events and self.outcome.tone in ("bad", "warn") else None
        return str(last.fields.get("explanation") or "") if last else ""


def snapshot_of(row: Row, ran_at: datetime) -> Snapshot:
    return Snapshot(
        language=row.language,
        language_name=language_name(row.language),
        outcome=outcome_words(status=row.status, reason=row.reason, exit_code=row.exit_code),
        duration=duration_words(row.duration_ms),
        memory=filesizeformat(row.memory_bytes) if row.memory_bytes else "",
        exit_code=row.exit_code,
        is_alive=row.status in ALIVE,
        source=row.unpacked_source(),
        events=program_events(row.log),
        ran_at=ran_at,
    )


def program_events(log: bytes | memoryview | None) -> list[Event]:
    """Neither the wait in the queue nor the installation: what the program did, from its start."""
    events = own_events(unpack(bytes(log))) if log is not None else []
    is_start = (event.fields.get("state") == "running" for event in events)
    start = next((place for place, found in enumerate(is_start) if found), 0)
    return list(events[start:])


def entry_of(language: str) -> str:
    return LANGUAGES[language].file if language in LANGUAGES else "code.txt"


def code_file(file: SourceFile, extent: Extent, url: str = "") -> CodeFile:
    if file.encoding == BASE64 or "\x00" in file.content:
        return CodeFile(file.name, None, f"No text, {size_words(len(file.data))}.", url)
    head = extent.take_head(file.content)
    note = ""
    if len(head) < len(file.content):
        whole, shown = _size_words(file.content), _size_words(head)
        note = f"The first {shown} of {whole}." if head else f"Not shown here, {whole}."
    with Spent(extent):
        html = code_html(head, file.name, cpu_s=extent.cpu_s) if head or not note else None
    return CodeFile(file.name, html, note, url)


def _size_words(text: str) -> str:
    return size_words(len(text.encode(errors="replace"))) if text else ""
