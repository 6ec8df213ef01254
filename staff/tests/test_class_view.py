"""The class view: who needs help, by what is known of their runs."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import AuditEntry, Classroom, User
from accounts.tests.factories import make_user
from ide.models import Workspace
from sandbox.models import Run
from staff.class_view.board import Board, Shown
from staff.class_view.students import Need
from staff.tests.makers import client_of, make_instructor, make_run

pytestmark = pytest.mark.django_db

_ERROR: dict[str, Any] = {
    "status": "error",
    "reason": "exception",
    "exit_code": 1,
    "error": "NameError: '…'",
}
_STOPPED: dict[str, Any] = {"status": "stopped", "reason": "stopped", "exit_code": None}


@pytest.fixture
def ada() -> User:
    return make_user("ada")


@pytest.fixture
def teacher(ada: User) -> User:
    return make_instructor("teacher", ada)


@pytest.fixture
def classroom(teacher: User) -> Classroom:
    return teacher.taught_classes.get()


def ran(user: User, *, minutes_ago: float = 0, **columns: Any) -> Run:
    run = make_run(user, **columns)
    at = timezone.now() - timedelta(minutes=minutes_ago)
    Run.objects.filter(pk=run.pk).update(created_at=at, ended_at=at)
    return run


def changed(user: User, *, minutes_ago: float = 0) -> None:
    at = timezone.now() - timedelta(minutes=minutes_ago)
    Workspace.objects.create(user=user, name="x", language="python", entry="m.py", changed_at=at)


def needs(shown: Shown) -> list[Need]:
    return [tile.need for tile in shown.tiles]


@pytest.mark.parametrize(
    ("runs", "need", "times"),
    [
        ([(0, {})], Need.WORKING, None),
        ([(11, {})], Need.IDLE, None),
        ([(0, _ERROR)], Need.FAILING, 1),
        ([(2, _ERROR), (1, _ERROR), (0, _ERROR)], Need.STUCK, 3),
        ([(6, _ERROR), (0, _ERROR)], Need.STUCK, 2),
        ([(20, _ERROR)], Need.FAILING, 1),
        ([(2, _ERROR), (1, _ERROR), (0, {})], Need.WORKING, None),
        ([(2, _ERROR), (1, {}), (0, _ERROR)], Need.FAILING, 1),
        ([(2, _ERROR), (1, _ERROR | {"error": "TypeError"}), (0, _ERROR)], Need.FAILING, 1),
        # What was stopped or still runs says nothing.
        ([(3, _ERROR), (2, _ERROR), (1, _STOPPED), (0, _ERROR)], Need.STUCK, 3),
        ([(1, _ERROR), (0, {"status": "running", "exit_code": None})], Need.FAILING, 1),
    ],
)
def test_need_follows_from_the_latest_runs(
    ada: User,
    classroom: Classroom,
    runs: list[tuple[float, dict[str, Any]]],
    need: Need,
    times: int | None,
) -> None:
    for minutes_ago, columns in runs:
        ran(ada, minutes_ago=minutes_ago, **columns)
    (tile,) = Board(classroom.pk).look().tiles
    assert tile.need is need
    assert (tile.streak.times if tile.streak else None) == times


def test_who_needs_help_longest_comes_first(classroom: Classroom, ada: User) -> None:
    ben, cleo, dora, eve, zoe = (make_user(name) for name in ("ben", "cleo", "dora", "eve", "zoe"))
    classroom.students.add(ben, cleo, dora, eve, zoe)
    ran(ada)
    ran(ben, minutes_ago=2, **_ERROR)
    ran(cleo, minutes_ago=3, **_ERROR)
    for minutes_ago in (5, 4, 3):
        ran(dora, minutes_ago=minutes_ago, **_ERROR)
    ran(eve, minutes_ago=30)
    ran(zoe, minutes_ago=121)
    shown = Board(classroom.pk).look()
    assert [tile.name for tile in shown.tiles] == ["dora", "cleo", "ben", "ada", "eve"]
    assert shown.summary == (
        "5 of 6 students were active in the last 2 hours: 1 stuck, 2 failing, 1 working, 1 idle."
    )


def test_later_looks_see_what_has_changed(classroom: Classroom, ada: User) -> None:
    board = Board(classroom.pk)
    assert board.look().tiles == ()
    changed(ada)
    assert "Has not run anything yet" in board.look().drawn[ada.pk]
    run = ran(ada, status="running", exit_code=None)
    assert "Running" in board.look().drawn[ada.pk]
    Run.objects.filter(pk=run.pk).update(ended_at=timezone.now(), **_ERROR)
    last = board.look()
    assert needs(last) == [Need.FAILING]
    assert f"/admin/sandbox/run/{run.pk}/change/" in last.drawn[ada.pk]
    classroom.students.remove(ada)
    assert board.look().tiles == ()


def test_what_nothing_has_happened_to_is_not_drawn_again(classroom: Classroom, ada: User) -> None:
    ran(ada, **_ERROR)
    board = Board(classroom.pk)
    first, second = board.look(), board.look()
    assert second.drawn[ada.pk] is first.drawn[ada.pk]


def test_looks_take_as_many_queries_for_many_as_for_one(
    classroom: Classroom, ada: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(20):
        student = make_user(f"student{number}")
        classroom.students.add(student)
        ran(student, status="running", exit_code=None)
    board = Board(classroom.pk)
    board.look()
    with django_assert_num_queries(4):
        assert len(board.look().tiles) == 20


def test_staff_in_a_class_are_no_students(classroom: Classroom, ada: User) -> None:
    colleague = make_instructor("colleague")
    classroom.students.add(colleague)
    ran(colleague)
    assert Board(classroom.pk).look().tiles == ()


def test_what_a_program_wrote_is_text(classroom: Classroom, ada: User) -> None:
    ada.display_name = "<b>Ada</b>"
    ada.save()
    ran(ada, **(_ERROR | {"error": "<script>alert(1)</script>"}))
    drawn = Board(classroom.pk).look().drawn[ada.pk]
    assert "<script>" not in drawn
    assert "<b>" not in drawn


def test_looking_is_written_down_once_a_lesson(
    classroom: Classroom, ada: User, teacher: User
) -> None:
    ran(ada)
    client = client_of(teacher)
    for _ in range(2):
        answer = client.get(f"/admin/accounts/classroom/{classroom.pk}/watch/")
        assert "ada" in answer.content.decode()
    entry = AuditEntry.objects.get(subject=ada)
    assert (entry.actor, entry.action, entry.what) == (teacher, "watched", f"class {classroom.pk}")


def test_times_are_the_runs_own(classroom: Classroom, ada: User) -> None:
    run = ran(ada, minutes_ago=7)
    (tile,) = Board(classroom.pk).look().tiles
    run.refresh_from_db()
    ended_at: datetime | None = run.ended_at
    assert tile.active_at == ended_at


def test_students_have_no_class_view(classroom: Classroom, ada: User) -> None:
    for client, status in ((client_of(ada), 302), (Client(), 302)):
        for page in ("watch/", "watch/events/"):
            answer = client.get(f"/admin/accounts/classroom/{classroom.pk}/{page}")
            assert answer.status_code == status
