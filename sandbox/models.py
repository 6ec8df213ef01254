"""The runs, as the database keeps them."""

import json
import re
import secrets
import zlib
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from sandbox.file_names import FILE_NAME_MAX_LENGTH


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


WORKSPACE_MAX_LENGTH = 32
ERROR_MAX_LENGTH = 200
_RUN_ID = re.compile(r"[0-9a-f]{32}")
# What runs had that were stored before these fields were.
_BEFORE = {"args": [], "tty": False, "cols": 80, "rows": 24}


def new_run_id() -> str:
    """128 random bits: a guest's run without a session belongs to whoever knows its id."""
    return secrets.token_hex(16)


def is_run_id(text: str) -> bool:
    """False for what no run can be called; a database may not even take it."""
    return _RUN_ID.fullmatch(text) is not None


def new_token() -> str:
    return secrets.token_urlsafe(24)


def pack_source(source: dict[str, Any]) -> bytes:
    """Code, input, files and terminal, compressed; PostgreSQL's text could not hold their NULs."""
    return zlib.compress(json.dumps(source, ensure_ascii=False).encode(), 1)


def unpack_source(packed: bytes) -> dict[str, Any]:
    """`{"code", "stdin", "args", "files": [SourceFile], "tty", "cols", "rows"}`."""
    source: dict[str, Any] = json.loads(zlib.decompress(packed))
    return {**_BEFORE, **source}


class Run(models.Model):
    """One program run once. `source` and `log` are compressed (`pack_source`, `events.pack`)."""

    id = models.CharField(primary_key=True, max_length=32, default=new_run_id, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="runs"
    )
    # The guest that the session holds: see `sandbox.guests`. Empty where there is a user.
    session_key = models.CharField(max_length=40, blank=True, db_index=True)
    language = models.CharField(max_length=32)
    workspace = models.CharField(
        max_length=WORKSPACE_MAX_LENGTH,
        blank=True,
        db_index=True,
        help_text="what the caller keeps the program under",
    )
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
    first_output_ms = models.BigIntegerField(null=True, help_text="since it was accepted")
    # An error's last line without what is one's own, so that those of many are alike.
    error = models.CharField(max_length=ERROR_MAX_LENGTH, blank=True)
    # The first 8 KiB of code and output as plain text, for staff to search.
    search_text = models.TextField(blank=True)

    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-created_at",)
        indexes = [
            models.Index(fields=["instance", "status"]),
            models.Index(fields=["user", "-created_at"]),
            models.Index(fields=["-created_at", "-id"]),
            # For staff, who look for few among many.
            models.Index(fields=["language", "-created_at"]),
            models.Index(fields=["status", "-created_at"]),
            models.Index(fields=["reason", "-created_at"]),
            models.Index(
                fields=["error", "-created_at"], condition=~models.Q(error=""), name="run_error"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.language} run {self.id}"

    def unpacked_source(self) -> dict[str, Any]:
        """As `unpack_source`."""
        return unpack_source(bytes(self.source))


class Artifact(models.Model):
    """A file that a run's program has made, as its program left it: hostile."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="artifacts")
    name = models.CharField(max_length=FILE_NAME_MAX_LENGTH)
    content = models.BinaryField()
    size = models.PositiveIntegerField(help_text="bytes")

    class Meta:
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(fields=["run", "name"], name="one_artifact_of_a_name")
        ]

    def __str__(self) -> str:
        return f"{self.name} of run {self.run_id}"


class IdempotencyKey(models.Model):
    """The run that a caller's `Idempotency-Key` stands for. `owner_key` is `Owner.key`.

    No foreign key: it is written before the run, so that of two calls at once only one runs.
    """

    owner_key = models.CharField(max_length=64)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of what was asked for")
    run_id = models.CharField(max_length=32, db_index=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner_key", "key"], name="one_run_for_a_key")
        ]

    def __str__(self) -> str:
        return f"key of run {self.run_id}"


class Callback(models.Model):
    """Where a run's result is to be posted; `due_at` is null once that is over."""

    run = models.OneToOneField(Run, models.CASCADE, primary_key=True, related_name="callback")
    url = models.CharField(max_length=2048)
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True, default=timezone.now)

    def __str__(self) -> str:
        return f"callback of run {self.run_id}"
