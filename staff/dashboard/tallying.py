"""Counting the days that are over."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Count, Max, Min, Q
from django.utils import timezone

from sandbox.models import Run
from staff.dashboard.facts import HAVING, NAMES
from staff.models import Kind, TalliedDay, Tally

_DAY = timedelta(days=1)
_BATCH = 2000


def begin_of(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


def tally_days() -> int:
    """Tally each day that is over, and once more while its runs may still end. How many."""
    now = timezone.now()
    days = _due(now)
    for day in days:
        _tally(day, now)
    return len(days)


def _due(now: datetime) -> list[date]:
    """A day is final when it was tallied a day after its end: no run lasts that long."""
    final = max(
        (
            row.day
            for row in TalliedDay.objects.all()
            if row.tallied_at >= begin_of(row.day + 2 * _DAY)
        ),
        default=None,
    )
    first = final + _DAY if final else None
    if first is None:
        oldest = Run.objects.aggregate(at=Min("created_at"))["at"]
        first = oldest.astimezone(UTC).date() if oldest else now.date()
    return [first + number * _DAY for number in range((now.date() - first).days)]


@transaction.atomic
def _tally(day: date, now: datetime) -> None:
    TalliedDay.objects.get_or_create(day=day, defaults={"tallied_at": now})
    row = TalliedDay.objects.select_for_update().get(day=day)  # another server waits here
    row.tallied_at = now
    row.save()
    Tally.objects.filter(day=day).delete()
    for kind in Kind:
        Tally.objects.bulk_create(_tallies(day, kind), batch_size=_BATCH)


def _tallies(day: date, kind: Kind) -> list[Tally]:
    runs = Run.objects.filter(created_at__gte=begin_of(day), created_at__lt=begin_of(day + _DAY))
    runs = runs.filter(HAVING.get(kind, Q())).annotate(name=NAMES[kind]).order_by()
    counted = list(runs.values_list("user", "name").annotate(Count("pk")))
    everybody: Counter[str] = Counter()
    for _, name, count in counted:
        everybody[name] += count
    rows = [(None, name, count) for name, count in everybody.items()]
    rows += [row for row in counted if row[0] is not None]
    return [Tally(day=day, user_id=user, kind=kind, name=name, runs=n) for user, name, n in rows]


def tallied_until() -> date | None:
    """The last day of which the tallies stand."""
    last: date | None = TalliedDay.objects.aggregate(day=Max("day"))["day"]
    return last
