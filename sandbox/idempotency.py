"""`Idempotency-Key`: the same key of the same caller stands for one run, for a day."""

import hashlib
import json
from dataclasses import asdict
from datetime import timedelta

from django.utils import timezone

from sandbox.errors import KeyReusedError
from sandbox.models import IdempotencyKey
from sandbox.requests import Owner, RunRequest

KEY_LIFETIME = timedelta(hours=24)


def key_take(*, owner: Owner, key: str, request: RunRequest, run_id: str) -> str:
    """The id of the run that `key` stands for: `run_id` from now on, or an earlier call's.

    `KeyReusedError` where that one asked for something else.
    """
    expired = timezone.now() - KEY_LIFETIME
    IdempotencyKey.objects.filter(created_at__lt=expired).delete()
    fingerprint = _fingerprint(request)
    # Of two calls at once the unique constraint lets one through; the other gets its row.
    row, _ = IdempotencyKey.objects.get_or_create(
        owner_key=owner.key, key=key, defaults={"fingerprint": fingerprint, "run_id": run_id}
    )
    if row.fingerprint != fingerprint:
        raise KeyReusedError
    return row.run_id


def key_release(*, run_id: str) -> None:
    """The run was refused, so that its key stands for nothing."""
    IdempotencyKey.objects.filter(run_id=run_id).delete()


def _fingerprint(request: RunRequest) -> str:
    return hashlib.sha256(json.dumps(asdict(request), sort_keys=True).encode()).hexdigest()
