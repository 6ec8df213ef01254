"""Runs as CSV or as lines of JSON, sent while they are read, so that any number is possible."""

import csv
import io
import json
from codecs import BOM_UTF8
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from typing import Any

from channels.db import database_sync_to_async
from django.db.models import Q, QuerySet
from django.http import StreamingHttpResponse

from sandbox.models import Run

FORMATS = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}
_CHUNK = 500
_CHUNK_WITH_CODE = 50  # a source may have megabytes
_FACTS = (
    "id", "created_at", "user", "language", "status", "reason", "exit_code", "duration_ms",
    "first_output_ms", "cpu_ms", "memory_bytes", "truncated", "error",
)  # fmt: skip
_CODE = ("code", "stdin", "args", "files")
# What spreadsheets take for a formula: https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def export_response(runs: QuerySet[Run], format: str, *, with_code: bool) -> StreamingHttpResponse:
    """The file of these runs, the newest first; `format` is one of `FORMATS`."""
    disposition = f'attachment; filename="runs.{format}"'
    return StreamingHttpResponse(
        _lines(runs, format, with_code=with_code),
        content_type=FORMATS[format],
        headers={"Content-Disposition": disposition, "X-Content-Type-Options": "nosniff"},
    )


def harmless(cell: Any) -> Any:
    """A cell of CSV: what somebody wrote is no formula in a spreadsheet."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS) else cell


async def _lines(runs: QuerySet[Run], format: str, *, with_code: bool) -> AsyncIterator[bytes]:
    names = (*_FACTS, *(_CODE if with_code else ()))
    if format == "csv":
        yield csv_head(names)
    write = _csv_rows if format == "csv" else _json_rows
    async for chunk in _chunks(runs, with_code=with_code):
        yield await database_sync_to_async(write)(chunk, names)


async def _chunks(runs: QuerySet[Run], *, with_code: bool) -> AsyncIterator[list[Run]]:
    """A query for each, from where the one before ended: no cursor stays open meanwhile."""
    large = ("log", "search_text") if with_code else ("log", "search_text", "source")
    size = _CHUNK_WITH_CODE if with_code else _CHUNK
    rows = runs.defer(None).defer(*large).select_related("user").order_by("-created_at", "-pk")
    behind = Q()
    while chunk := await database_sync_to_async(_read)(rows.filter(behind)[:size]):
        yield chunk
        last = chunk[-1]
        behind = Q(created_at__lt=last.created_at) | Q(created_at=last.created_at, pk__lt=last.pk)


def _read(rows: QuerySet[Run]) -> list[Run]:
    return list(rows)


def _json_rows(runs: Iterable[Run], names: Sequence[str]) -> bytes:
    rows = (json.dumps(_values(run, names), ensure_ascii=False) + "\n" for run in runs)
    return "".join(rows).encode(errors="replace")


def _csv_rows(runs: Iterable[Run], names: Sequence[str]) -> bytes:
    return csv_lines(_cells(_values(run, names)) for run in runs)


def _cells(values: dict[str, Any]) -> Iterator[Any]:
    for value in values.values():
        yield harmless(json.dumps(value) if isinstance(value, list) else value)


def csv_head(names: Iterable[str]) -> bytes:
    """The first line, behind the mark by which Excel knows UTF-8."""
    return BOM_UTF8 + csv_lines([names])


def csv_lines(rows: Iterable[Iterable[Any]]) -> bytes:
    """Cells that somebody wrote must be `harmless` already."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode(errors="replace")


def _values(run: Run, names: Sequence[str]) -> dict[str, Any]:
    source = run.unpacked_source() if "code" in names else {}
    own = {
        "created_at": run.created_at.isoformat(),
        "user": run.user.username if run.user else "",
    }
    return {
        name: source[name] if name in _CODE else own.get(name, getattr(run, name)) for name in names
    }
