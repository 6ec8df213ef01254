"""Figures of the assistant, for staff."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Classroom, User
from accounts.tests.factories import make_user
from assistant.models import Call
from assistant.tests.makers import make_call
from staff.assistant_figures import Row, calls_between, tables

pytestmark = pytest.mark.django_db

PATH = "/admin/assistant/call/figures/"
TODAY = date(2026, 3, 10)


def asked(user: User | None = None, *, at: str = "2026-03-10T12:00Z", **changes: Any) -> Call:
    return make_call(user, at=datetime.fromisoformat(at), **changes)


def root() -> User:
    found = User.objects.filter(username="overseer").first()
    return found or make_user("overseer", is_staff=True, is_superuser=True)


def rows(title: str, since: date = TODAY, until: date = TODAY) -> dict[str, Row]:
    table = next(
        table for table in tables(calls_between(since, until), root()) if table.title == title
    )
    return {row.name: row for row in table.rows}


def test_nothing_asked_is_no_row() -> None:
    assert all(table.rows == [] for table in tables(calls_between(TODAY, TODAY), root()))


def test_days_without_calls_have_one_sentence(client: Client) -> None:
    client.force_login(root())
    page = client.get(PATH).content.decode()
    assert "Nobody asked the assistant anything" in page
    assert 'class="module figures"' not in page
    make_call(None, at=timezone.now())
    page = client.get(PATH).content.decode()
    assert "Nobody asked" not in page
    assert page.count('class="module figures"') == 8


def test_calls_are_counted_by_how_they_ended() -> None:
    asked(verdict="verified")
    asked(verdict="failed")
    asked()
    asked(outcome="failed", provider="", model="", latency_ms=60_000, prompt_tokens=0)
    asked(outcome="left", latency_ms=5, prompt_tokens=0, answer_tokens=0)
    (row,) = rows("All").values()
    assert row == Row(
        "all", calls=5, answered=3, failed=1, left=1, tried=2, verified=1,
        p50_ms=900, p95_ms=900, prompt_tokens=210, answer_tokens=120,
    )  # fmt: skip
    assert {name: row.calls for name, row in rows("Outcome").items()} == {
        "answered": 3,
        "failed": 1,
        "left": 1,
    }
    assert rows("Outcome")["failed"].p50_ms is None
    verdicts = rows("Verdict on what was proposed")
    assert {name: row.calls for name, row in verdicts.items()} == {
        "verified": 1,
        "failed": 1,
        "nothing tried": 3,
    }
    assert {name: row.calls for name, row in rows("Provider and model").items()} == {
        "groq llama": 4,
        "nobody": 1,
    }


@pytest.mark.parametrize(
    ("count", "p50", "p95"), [(1, 1, 1), (2, 1, 2), (20, 10, 19), (101, 51, 96)]
)
def test_quantiles_are_those_of_their_row(count: int, p50: int, p95: int) -> None:
    for number in range(count, 0, -1):
        asked(latency_ms=number)
        asked(latency_ms=number * 1000, action="explain_code")
    row, other = rows("Action")["fix_error"], rows("Action")["explain_code"]
    assert (row.p50_ms, row.p95_ms) == (p50, p95)
    assert (other.p50_ms, other.p95_ms) == (p50 * 1000, p95 * 1000)


def test_only_the_days_asked_for_count() -> None:
    for at in ("08T23:59:59Z", "09T00:00Z", "10T23:59:59Z", "11T00:00Z"):
        asked(at=f"2026-03-{at}")
    found = rows("Day", date(2026, 3, 9), date(2026, 3, 10))
    assert {name: row.calls for name, row in found.items()} == {"2026-03-09": 1, "2026-03-10": 1}


def test_people_and_their_classes() -> None:
    ada, bob = make_user("ada", display_name="Ada Byron"), make_user("bob")
    first, second = Classroom.objects.create(name="7a"), Classroom.objects.create(name="7b")
    first.students.add(ada)
    second.students.add(ada, bob)
    for user in (ada, bob, bob, None):
        asked(user)
    classes = {name: row.calls for name, row in rows("Class").items()}
    assert classes == {"7a": 1, "7b": 3, "in no class": 1}
    users = rows("Busiest users")
    assert {name: row.calls for name, row in users.items()} == {
        "bob": 2, "Ada Byron (ada)": 1, "guests": 1
    }  # fmt: skip
    assert users["guests"].p50_ms == users["bob"].p95_ms == 900


def test_only_the_busiest_are_named() -> None:
    for number in range(25):
        user = make_user(f"user{number}")
        for _ in range(1 + (number > 5)):
            asked(user)
    found = rows("Busiest users")
    assert len(found) == 20
    assert "user24" in found
    assert all(row.p50_ms == 900 for row in found.values())


def test_number_of_queries_stays_the_same() -> None:
    counts, staff = [], root()
    for _ in range(2):
        for number in range(20):
            asked(latency_ms=number, at=f"2026-03-{number + 1:02}T12:00Z", model=f"m{number}")
        with CaptureQueriesContext(connection) as queries:
            list(tables(calls_between(date(2026, 3, 1), date(2026, 3, 31)), staff))
        counts.append(len(queries))
    expected = 9 if connection.vendor == "postgresql" else 17
    assert counts == [expected, expected]


def client_of(name: str, *, permission: str = "", **fields: Any) -> Client:
    user = make_user(name, **fields)
    if permission:
        user.user_permissions.add(Permission.objects.get(codename=permission))
    client = Client()
    client.force_login(user)
    return client


def test_staff_see_the_figures_of_the_last_days() -> None:
    now = timezone.now()
    asked(at=now.isoformat(), model="seen")
    asked(at=(now - timedelta(days=31)).isoformat(), model="not-seen")
    client = client_of("root", is_staff=True, is_superuser=True)
    page = client.get(PATH).content.decode()
    assert "groq seen" in page
    assert "not-seen" not in page
    assert f'href="{PATH}"' in client.get("/admin/assistant/call/").content.decode()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("since=2026-03-10&until=2026-03-09", "must not be behind"),
        ("since=2024-01-01&until=2026-03-09", "At most 366 days"),
        ("since=yesterday&until=2026-03-09", "Enter a valid date"),
        ("since=2026-03-10", "This field is required"),
        ("since=9999-12-31&until=9999-12-31", "Nobody asked the assistant"),
    ],
)
def test_odd_days_are_explained(query: str, words: str) -> None:
    page = client_of("root", is_staff=True, is_superuser=True).get(f"{PATH}?{query}")
    assert page.status_code == 200
    assert words in page.content.decode()


def test_who_may_see_calls_may_see_figures() -> None:
    assert client_of("teacher", is_staff=True, permission="view_call").get(PATH).status_code == 200
    assert client_of("clerk", is_staff=True).get(PATH).status_code == 403
    for client in (client_of("student"), client_of("student2", permission="view_call"), Client()):
        answer = client.get(PATH)
        assert answer.status_code == 302
        assert "/admin/login/" in answer["Location"]


def test_instructors_see_figures_of_their_own_students_and_classes() -> None:
    client = client_of("teacher", is_staff=True, permission="view_call")
    ada, bob = make_user("ada"), make_user("bob")
    own, other = Classroom.objects.create(name="own-7a"), Classroom.objects.create(name="other-7b")
    own.teachers.add(User.objects.get(username="teacher"))
    own.students.add(ada)
    other.students.add(ada, bob)
    for user in (ada, bob, None):
        asked(user, at=timezone.now().isoformat(), model=f"of-{user}")
    page = client.get(PATH).content.decode()
    assert "of-ada" in page
    assert "own-7a" in page
    for hidden in ("of-bob", "of-None", "bob", "guests", "other-7b"):
        assert hidden not in page
