"""Runs as CSV or as JSON lines, sent while they are read: a million take the memory of a few."""

import csv
import json
from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse

from ide.history.snapshots import program_events
from sandbox.models import Run

_CHUNK = 200
_OUTPUT = ("stdout", "stderr")
_FACTS = (
    "id", "username", "language", "status", "reason", "error", "exit_code", "created_at",
    "started_at", "ended_at", "first_output_ms", "duration_ms", "cpu_ms", "memory_bytes",
)  # fmt: skip
# What a spreadsheet would take for a formula: https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_export(runs: QuerySet[Run]) -> StreamingHttpResponse:
    """A line of facts for each run, without code and output."""
    return _download(_csv_lines(runs), "text/csv; charset=utf-8", "runs.csv")


def json_export(runs: QuerySet[Run]) -> StreamingHttpResponse:
    """An object a line for each run, with its code, input, files and output."""
    return _download(_json_lines(runs), "application/x-ndjson", "runs.jsonl")


def cell(value: Any) -> str:
    """What a spreadsheet shows as it is, and takes for no formula."""
    text = "" if value is None else str(value)
    is_number = isinstance(value, int | float)
    return f"'{text}" if text.startswith(_FORMULA) and not is_number else text


class _Line:
    """A file that `csv` writes to: gives back what is written."""

    def write(self, text: str) -> str:
        return text


def _csv_lines(runs: QuerySet[Run]) -> Iterator[str]:
    write: Callable[..., Any] = csv.writer(_Line()).writerow
    yield write(_FACTS)
    for run in runs.defer("source", "log", "search_text").iterator(chunk_size=_CHUNK):
        yield write([cell(value) for value in _facts(run).values()])


def _json_lines(runs: QuerySet[Run]) -> Iterator[str]:
    for run in runs.defer("search_text").iterator(chunk_size=_CHUNK):
        source = run.unpacked_source()
        given = {name: source[name] for name in ("code", "stdin", "args", "files")}
        events = program_events(run.log)
        output = "".join(event.content for event in events if event.type in _OUTPUT)
        yield json.dumps({**_facts(run), **given, "output": output}, default=str) + "\n"


def _facts(run: Run) -> dict[str, Any]:
    facts = {name: getattr(run, name) for name in _FACTS if name != "username"}
    username = run.user.username if run.user else ""
    return {name: username if name == "username" else facts[name] for name in _FACTS}


def _download(lines: Iterator[str], content_type: str, name: str) -> StreamingHttpResponse:
    disposition = f'attachment; filename="{name}"'
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
    return StreamingHttpResponse(lines, content_type=content_type, headers=headers)
