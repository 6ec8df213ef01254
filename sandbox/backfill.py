"""Filling in what the rows of older runs lack: their columns were made after them."""

from datetime import datetime
from typing import Any

from django.db import transaction

from sandbox.diagnosis import Diagnosis, Reason, alike
from sandbox.diagnosis.facts import Problem
from sandbox.endings import error_text
from sandbox.events import Event, unpack
from sandbox.installing import own_events
from sandbox.models import ALIVE, Run, RunStatus
from sandbox.summaries import first_output_ms, output_head, searchable

_READ_AT_ONCE = 50  # a log may have megabytes
_FAILED = (RunStatus.ERROR, RunStatus.TIMEOUT)


def unfilled_ids(*, since: datetime, until: datetime) -> list[str]:
    """Of the runs from `since` to before `until` that lack something. A run without any code or
    output is always among them."""
    runs = Run.objects.filter(created_at__gte=since, created_at__lt=until, search_text="")
    return list(runs.exclude(status__in=ALIVE).order_by("created_at").values_list("pk", flat=True))


def runs_fill(ids: list[str]) -> None:
    """What can be searched and counted of these runs, from their code and their logs."""
    runs = Run.objects.filter(pk__in=ids)
    columns = {run.pk: _columns(run) for run in runs.iterator(_READ_AT_ONCE)}
    with transaction.atomic():
        for pk, values in columns.items():
            Run.objects.filter(pk=pk).update(**values)


def _columns(run: Run) -> dict[str, Any]:
    events = unpack(bytes(run.log)) if run.log is not None else []
    source = run.unpacked_source()
    return {
        "search_text": searchable(source["code"], output_head(events)),
        "first_output_ms": first_output_ms(events, own_events(events)),
        "error": _error(run, events, terminal=source["tty"]) if run.status in _FAILED else "",
    }


def _error(run: Run, events: list[Event], *, terminal: bool) -> str:
    """As it would have been at the run's end, as far as the log says what it was then."""
    reason = next((known for known in Reason if known == run.reason), Reason.EXCEPTION)
    fields = events[-1].fields if events else {}
    problems = tuple(Problem(**problem) for problem in fields.get("problems", ()))
    text = error_text(events, terminal=terminal, compiled=reason != Reason.COMPILE_ERROR)
    return alike(Diagnosis(reason, "", problems=problems), text)
