"""Where the list of runs shows somebody's."""

from datetime import UTC, datetime, time, timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

_WEEK = 7


def runs_url(user_id: int, **filters: str) -> str:
    query = urlencode({"user": user_id, **filters})
    return f"{reverse('admin:sandbox_run_changelist')}?{query}"


def week_begin() -> datetime:
    """Of seven days as the list knows them: those of UTC, of which today is the last."""
    first = timezone.now().astimezone(UTC).date() - timedelta(days=_WEEK - 1)
    return datetime.combine(first, time.min, UTC)


def week_url(user_id: int) -> str:
    return runs_url(user_id, since=week_begin().date().isoformat())
