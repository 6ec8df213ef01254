"""The figures of the front page: whose runs they are of, and that tallies say what the rows say."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Classroom, User
from accounts.tests.factories import make_user
from sandbox.models import Run
from staff.dashboard.figures import Figures, Scope, figures
from staff.models import Tally

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 10, 12, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def ran(user: User | None, *, ago: timedelta = timedelta(), **columns: Any) -> Run:
    columns = {"language": "python", "status": "completed", "source": b""} | columns
    run = Run.objects.create(user=user, instance="test", **columns)
    Run.objects.filter(pk=run.pk).update(created_at=NOW - ago)
    return run


def seen(staff: User, days: int = 7, classroom: Classroom | None = None) -> Figures:
    return figures(Scope.of(staff, classroom), days, NOW)


def teacher_of(name: str, *students: User) -> tuple[User, Classroom]:
    teacher = make_user(f"teacher-{name}", is_staff=True)
    room = Classroom.objects.create(name=name)
    room.teachers.add(teacher)
    room.students.add(*students)
    return teacher, room


def fill(users: list[User]) -> None:
    for number in range(60):
        ran(
            [*users, None][number % (len(users) + 1)],
            ago=timedelta(hours=3 * number),
            status="error" if number % 3 else "completed",
            error=f"Error {number % 4}" if number % 3 else "",
            first_output_ms=7 * number,
        )


@pytest.mark.parametrize("tallied", [False, True])
def test_another_class_counts_nowhere(tallied: bool) -> None:
    mine, other = make_user("mine"), make_user("other")
    teacher, room = teacher_of("a", mine)
    teacher_of("b", other)
    for user in (mine, other, None):
        ran(user, ago=timedelta(days=3), error="E", first_output_ms=5, status="error")
        ran(user, error="E", first_output_ms=5, status="error")
    if tallied:
        call_command("tally_runs", verbosity=0)
    for found in (seen(teacher), seen(teacher, classroom=room)):
        assert found.runs == 2
        assert [name for _, name, _ in found.busiest] == ["mine"]
        assert found.errors == [("E", 2, 1)]
        assert found.languages == {"python": 2}
    operator = User.objects.create_superuser("root", "root@example.org", "x")
    assert seen(operator).runs == 6
    assert seen(operator).errors == [("E", 6, 2)]
    assert seen(operator, classroom=room).runs == 2


@pytest.mark.parametrize("days", [0, 7, 30, 91])
def test_tallies_say_what_the_rows_say(days: int) -> None:
    users = [make_user(f"user-{number}") for number in range(3)]
    teacher, room = teacher_of("a", *users[:2])
    operator = User.objects.create_superuser("root", "root@example.org", "x")
    fill(users)
    looks = [(operator, None), (operator, room), (teacher, None)]
    before = [seen(staff, days, chosen) for staff, chosen in looks]
    call_command("tally_runs", verbosity=0)
    count = Tally.objects.count()
    call_command("tally_runs", verbosity=0)
    assert count == Tally.objects.count() > 0
    assert _sorted(before) == _sorted([seen(staff, days, chosen) for staff, chosen in looks])


def _sorted(all_figures: list[Figures]) -> list[Any]:
    """Those that are equally often come in any order."""
    return [
        {**vars(one), "errors": sorted(one.errors), "busiest": sorted(one.busiest)}
        for one in all_figures
    ]


def test_run_that_ends_late_is_counted_by_its_end() -> None:
    run = ran(None, ago=timedelta(hours=13), status="running")
    call_command("tally_runs", verbosity=0)
    Run.objects.filter(pk=run.pk).update(status="timeout")
    call_command("tally_runs", verbosity=0)
    operator = User.objects.create_superuser("root", "root@example.org", "x")
    assert seen(operator).outcomes == {"timeout": 1}


def test_borders_of_hours_and_days() -> None:
    operator = User.objects.create_superuser("root", "root@example.org", "x")
    for at in ("2026-03-03T23:59:59Z", "2026-03-04T00:00:00Z", "2026-03-09T23:59:59Z"):
        ran(None, ago=NOW - datetime.fromisoformat(at))
    call_command("tally_runs", verbosity=0)
    found = seen(operator)
    assert [sum(unit.values()) for unit in found.statuses] == [1, 0, 0, 0, 0, 1, 0]
    assert [sum(unit.values()) for unit in seen(operator, 0).statuses].index(1) == 10


def test_times_are_within_five_percent() -> None:
    operator = User.objects.create_superuser("root", "root@example.org", "x")
    for number in range(1, 101):
        ran(None, first_output_ms=10 * number)
    found = seen(operator)
    assert found.all_p50_ms == pytest.approx(500, rel=0.05)
    assert found.all_p95_ms == pytest.approx(950, rel=0.05)


def test_tallies_go_with_their_user_but_not_from_the_sum() -> None:
    user = make_user()
    ran(user, ago=timedelta(days=2))
    call_command("tally_runs", verbosity=0)
    user.delete()
    assert not Tally.objects.filter(user__isnull=False).exists()
    assert Tally.objects.filter(kind="runs").get().runs == 1


def test_queries_are_as_many_for_more_users() -> None:
    operator = User.objects.create_superuser("root", "root@example.org", "x")
    counts = []
    for name in "ab":
        fill([make_user(f"{name}{number}") for number in range(5)])
        with CaptureQueriesContext(
            connection,
        ) as queries:
            seen(operator)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 14
