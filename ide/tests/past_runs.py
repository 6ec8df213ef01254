"""Runs that have been, as the run service leaves them behind."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from ide.models import Workspace
from sandbox.events import EventLog, pack
from sandbox.models import Run, RunStatus, pack_source
from sandbox.requests import Owner

HOSTILE = "\"'><img src=x onerror=hacked=1><script>hacked=1</script>{{hacked}}"


def make_run(
    owner: Owner | User,
    workspace: Workspace,
    *,
    code: str = "print('hello')\n",
    output: str = "hello\n",
    status: RunStatus = RunStatus.COMPLETED,
    minutes_ago: int = 0,
    source: dict[str, Any] | None = None,
    **columns: Any,
) -> Run:
    if isinstance(owner, User):
        owner = Owner(owner.pk, "", "")
    log = EventLog()
    log.append("status", "Starting execution...", state="starting")
    log.append("html_preview", "secret page", preview_url="/preview/secret-token/")
    log.append("status", "Running...", state="running")
    if output:
        log.append("stdout", output)
    log.append("complete", "Ended", status=status, explanation=columns.pop("explanation", ""))
    terminal = {"tty": False, "cols": 80, "rows": 24}
    run = Run.objects.create(
        user_id=owner.user_id,
        session_key="" if owner.user_id else owner.session_key,
        language=columns.pop("language", "python"),
        workspace=workspace.pk,
        status=status,
        instance="test",
        source=pack_source({"code": code, "stdin": "", "files": [], **terminal, **(source or {})}),
        log=pack(log),
        **{"exit_code": 0, "duration_ms": 41, "memory_bytes": 9_000_000, **columns},
    )
    if minutes_ago:
        Run.objects.filter(pk=run.pk).update(
            created_at=timezone.now() - timedelta(minutes=minutes_ago)
        )
        run.refresh_from_db()
    return run
