"""The run's row: made once, moved on by compare-and-swap, ended exactly once.

Plain functions for the run service's threads; they are the only ones that write a run.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from sandbox.events import Event, pack
from sandbox.models import ALIVE, Callback, IdempotencyKey, Run, RunStatus, pack_source
from sandbox.requests import Owner, RunRequest
from sandbox.summaries import searchable

_BEFORE = {
    RunStatus.STARTING: (RunStatus.QUEUED,),
    RunStatus.RUNNING: (RunStatus.STARTING,),
}


@dataclass(frozen=True)
class Outcome:
    """How a run ended. `exit_code` is None where no program ended.

    `error` is alike for all who made the same one, empty where it was none.
    """

    status: RunStatus
    reason: str
    log: tuple[Event, ...]
    exit_code: int | None = None
    truncated: bool = False
    duration_ms: int | None = None
    cpu_ms: int | None = None
    memory_bytes: int | None = None
    first_output_ms: int | None = None
    error: str = ""
    search_text: str = ""


def run_insert(
    *,
    run_id: str,
    owner: Owner,
    request: RunRequest,
    status: RunStatus,
    instance: str,
    runner: str,
    preview_token: str | None,
) -> None:
    """Store a run, and where it is to be called back in one with it."""
    run = Run(
        id=run_id,
        **_owner_columns(owner),
        language=request.language,
        workspace=request.workspace,
        status=status,
        instance=instance,
        runner=runner,
        preview_token=preview_token,
        search_text=searchable(request.code),
        source=pack_source(
            {
                "code": request.code,
                "stdin": request.stdin,
                "args": request.args,
                "files": [file.fields for file in request.files],
                "tty": request.tty,
                "cols": request.cols,
                "rows": request.rows,
            }
        ),
    )
    if not request.callback_url:
        run.save(force_insert=True)
        return
    with transaction.atomic():
        run.save(force_insert=True)
        Callback.objects.create(run=run, url=request.callback_url)


def _owner_columns(owner: Owner) -> dict[str, Any]:
    is_guest = owner.user_id is None
    return {"user_id": owner.user_id, "session_key": owner.session_key if is_guest else ""}


def run_advance(run_id: str, status: RunStatus) -> bool:
    """Move on to `status`; False where the run is not in the state before it."""
    times = {"started_at": timezone.now()} if status == RunStatus.RUNNING else {}
    rows = Run.objects.filter(pk=run_id, status__in=_BEFORE[status])
    return rows.update(status=status, **times) == 1


def run_end(run_id: str, outcome: Outcome, owner: Owner) -> bool:
    """End the run; False where it has ended already, and then nothing is written.

    The owner is written again: a guest may have become a user before the row was there.
    """
    columns = vars(outcome) | {"log": pack(outcome.log), "ended_at": timezone.now()}
    if owner.user_id is not None:
        columns |= _owner_columns(owner)
    return Run.objects.filter(pk=run_id, status__in=ALIVE).update(**columns) == 1


def runs_adopt(*, guest: str, user_id: int) -> int:
    """Give a guest's runs to a user; how many."""
    return Run.objects.filter(user=None, session_key=guest).update(user=user_id, session_key="")


def run_delete(run_id: str) -> None:
    """Forget the run, and what keys stood for it."""
    with transaction.atomic():
        IdempotencyKey.objects.filter(run_id=run_id).delete()
        Run.objects.filter(pk=run_id).delete()


def runs_prune(*, before: datetime, most: int) -> int:
    """Forget at most so many ended runs that were accepted before, the oldest first; how many."""
    ended = Run.objects.filter(created_at__lt=before).exclude(status__in=ALIVE)
    ids = list(ended.order_by("created_at").values_list("pk", flat=True)[:most])
    with transaction.atomic():
        IdempotencyKey.objects.filter(run_id__in=ids).delete()
        Run.objects.filter(pk__in=ids).delete()
    return len(ids)


def runs_lose(*, instance: str) -> int:
    """Mark what this instance's earlier life left alive as lost; how many."""
    return Run.objects.filter(instance=instance, status__in=ALIVE).update(
        status=RunStatus.LOST, reason="lost", ended_at=timezone.now()
    )
