"""An owner's runs in pages, newest first."""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from cloudrun.errors import FieldError, InvalidRequestError
from sandbox.models import Run, is_run_id
from sandbox.requests import Owner


@dataclass(frozen=True)
class RunFilter:
    """Which runs; None for whatever there is. Both times are part of the range."""

    workspace: str | None = None
    language: str | None = None
    status: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None


@dataclass(frozen=True)
class RunPage:
    """`next_cursor` leads to older runs; None on the last page."""

    runs: list[Run]
    next_cursor: str | None


def run_page(*, owner: Owner, filter: RunFilter, limit: int, cursor: str = "") -> RunPage:
    """At most `limit` of the owner's runs, from where an earlier page ended.

    New runs come before the first page, so that they move nothing in the pages behind it.
    `InvalidRequestError` for a cursor that no page gave.
    """
    runs = _matching(_of(owner), filter)
    if cursor:
        created_at, run_id = _position(cursor)
        runs = runs.filter(Q(created_at__lt=created_at) | Q(created_at=created_at, pk__lt=run_id))
    # One more than asked for tells whether there is another page.
    found = list(runs.order_by("-created_at", "-pk").defer("source", "log")[: limit + 1])
    page = found[:limit]
    return RunPage(page, _cursor(page[-1]) if len(found) > limit else None)


def _of(owner: Owner) -> QuerySet[Run]:
    """A guest without a session has no list: their runs are anybody's who knows an id."""
    if owner.user_id is not None:
        return Run.objects.filter(user=owner.user_id)
    if owner.session_key:
        return Run.objects.filter(user=None, session_key=owner.session_key)
    return Run.objects.none()


def _matching(runs: QuerySet[Run], filter: RunFilter) -> QuerySet[Run]:
    conditions = {
        "workspace": filter.workspace,
        "language": filter.language,
        "status": filter.status,
        "created_at__gte": filter.created_after,
        "created_at__lte": filter.created_before,
    }
    return runs.filter(**{name: value for name, value in conditions.items() if value is not None})


def _cursor(run: Run) -> str:
    text = f"{run.created_at.isoformat()} {run.pk}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _position(cursor: str) -> tuple[datetime, str]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        text = base64.b64decode(padded, altchars="-_", validate=True).decode()
        when, _, run_id = text.partition(" ")
        created_at = datetime.fromisoformat(when)
        if created_at.utcoffset() != timedelta(0) or not is_run_id(run_id):
            raise ValueError(cursor)
    except (ValueError, binascii.Error) as error:
        problem = FieldError("cursor", "Must be the next_cursor of an earlier page.")
        raise InvalidRequestError(f"cursor: {problem.message}", errors=[problem]) from error
    return created_at, run_id
