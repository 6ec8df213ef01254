"""The figures of the front page: tallies of the days that are over, and rows of the others."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncDate, TruncHour

from accounts.models import Classroom, Membership, User
from accounts.visibility import is_student, sees_everybody, students_of
from sandbox.models import Run
from staff.dashboard.facts import HAVING, NAMES, quantile_ms
from staff.dashboard.tallying import begin_of, tallied_until
from staff.models import Kind, Tally

_MOST = 10
_CANDIDATES = 1000
_HOURS = 24
_MOST_DAYS = 31  # beyond, weeks
_Key = tuple[str, str]


@dataclass(frozen=True)
class Scope:
    """Whose runs. `members` are their users' ids, None where it is everybody, guests too."""

    members: frozenset[int] | None

    @classmethod
    def of(cls, staff: User, classroom: Classroom | None) -> "Scope":
        """`classroom` must be one that they may see. Staff's own runs are no student's."""
        if sees_everybody(staff):
            if classroom is None:
                return cls(None)
            members = Membership.objects.filter(is_student("user"))
        else:
            members = students_of(staff)
        if classroom:
            members = members.filter(classroom=classroom)
        # By their numbers: of a query, PostgreSQL cannot tell how many rows are theirs.
        return cls(frozenset(members.order_by().values_list("user", flat=True)))

    def users(self) -> Q:
        return Q() if self.members is None else Q(user__in=self.members)

    def tallies(self) -> Q:
        return Q(user=None) if self.members is None else self.users()


@dataclass(frozen=True)
class Figures:
    """`units` are the hours, days or weeks, oldest first, and the others run beside them."""

    units: list[datetime]
    statuses: list[Counter[str]]
    languages: Counter[str]
    outcomes: Counter[str]
    p50_ms: list[int | None]
    p95_ms: list[int | None]
    all_p50_ms: int | None
    all_p95_ms: int | None
    busiest: list[tuple[int, str, int]]
    errors: list[tuple[str, int, int]]

    @property
    def runs(self) -> int:
        return sum(self.outcomes.values())


class Counted:
    """The runs of a scope in the last `days` (0: 24 hours), of which many must be whole weeks."""

    def __init__(self, scope: Scope, days: int, now: datetime) -> None:
        self.scope, self.hourly = scope, days == 0
        today = begin_of(now.astimezone(UTC).date())
        if self.hourly:
            hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
            self.step = timedelta(hours=1)
            self.units = [hour - n * self.step for n in reversed(range(_HOURS))]
        else:
            self.step = timedelta(days=1 if days <= _MOST_DAYS else 7)
            first = today - timedelta(days=days - 1)
            self.units = [first + n * self.step for n in range(days // self.step.days)]
        self.raw_since = self.units[0]
        if not self.hourly and (last := tallied_until()):
            self.raw_since = max(self.raw_since, begin_of(last + timedelta(days=1)))

    def raw(self, kind: Kind) -> QuerySet[Any]:
        runs = Run.objects.filter(self.scope.users(), created_at__gte=self.raw_since)
        return runs.filter(HAVING.get(kind, Q())).annotate(name=NAMES[kind]).order_by()

    def tallied(self, kind: Kind, users: Q) -> QuerySet[Tally]:
        since, until = self.units[0].date(), self.raw_since.date()
        days = Tally.objects.filter(users, kind=kind, day__gte=since, day__lt=until)
        return days.none() if self.hourly else days

    def by_unit(self, kind: Kind) -> list[Counter[str]]:
        """For each unit how many runs there are of each name."""
        found = [Counter[str]() for _ in self.units]
        trunc = TruncHour if self.hourly else TruncDate
        raw = self.raw(kind).annotate(unit=trunc("created_at", tzinfo=UTC))
        tallied = self.tallied(kind, self.scope.tallies())
        rows = [*raw.values_list("unit", "name").annotate(Count("pk"))]
        rows += tallied.values_list("day", "name").annotate(Sum("runs"))
        for unit, name, runs in rows:
            at = unit if isinstance(unit, datetime) else begin_of(unit)
            number = (at - self.units[0]) // self.step
            if 0 <= number < len(found):
                found[number][name] += runs
        return found

    def busiest(self) -> list[tuple[int, str, int]]:
        known = Q(user__isnull=False)
        runs: Counter[int] = Counter()
        raw = self.raw(Kind.RUNS).filter(known).values_list("user").annotate(Count("pk"))
        users = self.tallied(Kind.RUNS, known & self.scope.users())
        for user, count in [*raw, *users.values_list("user").annotate(Sum("runs"))]:
            runs[user] += count
        most = runs.most_common(_MOST)
        names = {pk: str(user) for pk, user in User.objects.in_bulk([*dict(most)]).items()}
        return [(user, names.get(user, ""), count) for user, count in most]

    def errors(self) -> list[tuple[str, int, int]]:
        """Error, runs, and how many users had it."""
        runs: Counter[str] = Counter()
        raw = self.raw(Kind.ERROR).values_list("name").annotate(n=Count("pk"))
        days = self.tallied(Kind.ERROR, self.scope.tallies()).values_list("name")
        for rows in (raw, days.annotate(n=Sum("runs"))):
            for name, count in rows.order_by("-n")[:_CANDIDATES]:
                runs[name] += count
        most = runs.most_common(_MOST)
        hit = self._hit([name for name, _ in most])
        return [(name, count, hit[name]) for name, count in most]

    def _hit(self, names: list[str]) -> Counter[str]:
        of = Q(name__in=names, user__isnull=False)
        raw = self.raw(Kind.ERROR).filter(of).values_list("name", "user")
        days = self.tallied(Kind.ERROR, self.scope.users()).filter(of)
        pairs = {*raw.distinct(), *days.values_list("name", "user").distinct()}
        return Counter(name for name, _ in pairs)


def figures(scope: Scope, days: int, now: datetime) -> Figures:
    """At most twelve queries, however many runs and users there are."""
    counted = Counted(scope, days, now)
    statuses = counted.by_unit(Kind.STATUS)
    buckets = [
        {int(name): runs for name, runs in unit.items()}
        for unit in counted.by_unit(Kind.FIRST_OUTPUT)
    ]
    total: Counter[int] = Counter()
    for unit in buckets:
        total.update(unit)
    return Figures(
        units=counted.units,
        statuses=statuses,
        languages=sum(counted.by_unit(Kind.LANGUAGE), Counter()),
        outcomes=sum(statuses, Counter()),
        p50_ms=[quantile_ms(unit, 50) for unit in buckets],
        p95_ms=[quantile_ms(unit, 95) for unit in buckets],
        all_p50_ms=quantile_ms(total, 50),
        all_p95_ms=quantile_ms(total, 95),
        busiest=counted.busiest(),
        errors=counted.errors(),
    )
