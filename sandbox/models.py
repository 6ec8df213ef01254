"""The runs, as the database keeps them."""

import json
import secrets
import zlib
from typing import Any

from django.conf import settings
from django.db import models


class RunStatus(models.TextChoices):
    """`queued -> starting -> running -> ` one of the five ends."""

    QUEUED = "queued"
    STARTING = "starting"
    RUNNING = "running"
    COMPLETED = "completed"
    ERROR = "error"
    TIMEOUT = "timeout"
    STOPPED = "stopped"
    LOST = "lost"


ALIVE = (RunStatus.QUEUED, RunStatus.STARTING, RunStatus.RUNNING)


def new_run_id() -> str:
    """128 random bits: a guest's run without a session belongs to whoever knows its id."""
    return secrets.token_hex(16)


def new_token() -> str:
    return secrets.token_urlsafe(24)


def pack_source(source: dict[str, Any]) -> bytes:
    """Code, stdin and files, compressed; PostgreSQL's text could not hold their NULs."""
    return zlib.compress(json.dumps(source, ensure_ascii=False).encode(), 1)


class Run(models.Model):
    """One program run once. `source` and `log` are compressed (`pack_source`, `events.pack`)."""

    id = models.CharField(primary_key=True, max_length=32, default=new_run_id, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="runs"
    )
    session_key = models.CharField(max_length=40, blank=True, db_index=True)
    language = models.CharField(max_length=32)
    status = models.CharField(max_length=10, choices=RunStatus, default=RunStatus.QUEUED)
    instance = models.CharField(max_length=64, help_text="the server that runs it")
    runner = models.CharField(max_length=16, blank=True)
    source = models.BinaryField()
    log = models.BinaryField(null=True)
    # Null and not empty where there is no preview: unique lets any number of nulls stand.
    preview_token = models.CharField(max_length=32, null=True, unique=True)  # noqa: DJ001

    exit_code = models.IntegerField(null=True)
    reason = models.CharField(max_length=24, blank=True)
    truncated = models.BooleanField(default=False)
    duration_ms = models.BigIntegerField(null=True)
    cpu_ms = models.BigIntegerField(null=True)
    memory_bytes = models.BigIntegerField(null=True)

    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-created_at",)
        indexes = [
            models.Index(fields=["instance", "status"]),
            models.Index(fields=["user", "-created_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.language} run {self.id}"

    def unpacked_source(self) -> dict[str, Any]:
        """`{"code", "stdin", "files": [{name, content}]}`."""
        source: dict[str, Any] = json.loads(zlib.decompress(self.source))
        return source
