"""Counting the days that are over."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Count, Max, Min, Q
from django.utils import timezone

from sandbox.backfill import runs_fill, unfilled_ids
from sandbox.models import Run
from staff.dashboard.facts import HAVING, NAMES
from staff.models import Kind, TalliedDay, Tally

_DAY = timedelta(days=1)
_BATCH = 2000
_FILLED_AT_ONCE = 500
_FILLED_KINDS = (Kind.ERROR, Kind.FIRST_OUTPUT)


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
    _count(day, Kind)


def fill_in_runs() -> int:
    """Fill in what older runs lack, the oldest first, and tally their days by that. How many.

    It can be broken off at any time, and goes on from there the next time.
    """
    oldest = Run.objects.aggregate(at=Min("created_at"))["at"]
    if oldest is None:
        return 0
    first, today = oldest.astimezone(UTC).date(), timezone.now().astimezone(UTC).date()
    return sum(_fill_in(first + n * _DAY) for n in range((today - first).days + 1))


def _fill_in(day: date) -> int:
    ids = unfilled_ids(since=begin_of(day), until=begin_of(day + _DAY))
    for begin in range(0, len(ids), _FILLED_AT_ONCE):
        with transaction.atomic():
            runs_fill(ids[begin : begin + _FILLED_AT_ONCE])
            # Not the others: of whom is gone since, they know more than the rows.
            if TalliedDay.objects.select_for_update().filter(day=day).first():
                _count(day, _FILLED_KINDS)
    return len(ids)


def _count(day: date, kinds: Iterable[Kind]) -> None:
    for kind in kinds:
        Tally.objects.filter(day=day, kind=kind).delete()
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
