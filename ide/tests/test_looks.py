"""A student reads who has looked at their work, in words and with ways to their own runs."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.audit import audit
from accounts.models import AuditAction, AuditEntry, Classroom, User
from ide.looks import looks_at
from ide.tests.makers import make_client, make_user, make_workspace
from ide.tests.past_runs import HOSTILE, make_run

pytestmark = pytest.mark.django_db

PATH = "/accounts/classes/"


@pytest.fixture
def ada() -> User:
    return make_user()


@pytest.fixture
def teacher() -> User:
    user = make_user("teacher")
    user.display_name = "Ms Teacher"
    user.save()
    return user


def told(user: User) -> list[str]:
    return [f"{look.who} {strip_tags(look.did)}" for look in looks_at(user)]


def test_watching_a_run_is_one_look_with_the_way_to_it(ada: User, teacher: User) -> None:
    workspace = make_workspace(ada)
    run = make_run(ada, workspace)
    for action in (AuditAction.VIEWED, AuditAction.WATCHED, AuditAction.VIEWED):
        audit(teacher, action, subject=ada, what=f"run {run.pk}")
    assert told(ada) == ["Ms Teacher watched your run of main.py in “My program”"]
    client = make_client(ada)
    page = client.get(PATH).content.decode()
    address = f"/w/{workspace.pk}/runs/{run.pk}"
    assert f'href="{address}"' in page
    assert client.get(address).status_code == 200


def test_looks_of_another_hour_and_by_others_stand_apart(ada: User, teacher: User) -> None:
    run = make_run(ada, make_workspace(ada))
    other = make_user("other")
    for minutes, actor in ((90, teacher), (5, teacher), (4, other), (0, teacher)):
        audit(actor, AuditAction.VIEWED, subject=ada, what=f"run {run.pk}")
        at = timezone.now() - timedelta(minutes=minutes)
        # Their own manager refuses every change.
        QuerySet(AuditEntry).filter(pk=AuditEntry.objects.latest("pk").pk).update(at=at)
    assert [(look.who, look.minutes) for look in looks_at(ada)] == [
        ("Ms Teacher", 5),
        ("other", 0),
        ("Ms Teacher", 0),
    ]


def test_what_reads_the_same_is_told_once(ada: User, teacher: User) -> None:
    for query in ("q=a", "q=b", "q=b"):
        audit(teacher, AuditAction.EXPORTED, subject=ada, what=f"runs as csv {query}")
    audit(teacher, AuditAction.EXPORTED, subject=ada, what="account")
    assert [(strip_tags(look.did), look.times) for look in looks_at(ada)] == [
        ("downloaded a list of users with you in it", 1),
        ("downloaded a list of runs, with yours in it", 3),
    ]
    assert ", 3 times</small>" in make_client(ada).get(PATH).content.decode()


@pytest.mark.parametrize(
    ("action", "what", "words"),
    [
        (AuditAction.VIEWED, "run 0a1b", "looked at a run of yours that is gone"),
        (AuditAction.VIEWED, "account", "looked at your account"),
        (AuditAction.VIEWED, "workspace 0a1b", "looked at a workspace of yours that is gone"),
        (
            AuditAction.VIEWED,
            "call of the assistant 7",
            "looked at a question of yours to the assistant",
        ),
        (
            AuditAction.EXPORTED,
            "runs as csv with code by=ada&q=x",
            "downloaded a list of runs and their code, with yours in it",
        ),
        (AuditAction.EXPORTED, "account", "downloaded a list of users with you in it"),
        (AuditAction.RESET_LINK, "", "sent you a link to set a new password"),
        (AuditAction.LISTED, "runs q=secret", "had you in what they searched or listed"),
        (
            AuditAction.WATCHED,
            "class 999999",
            "watched the class that is gone, and how your runs in it ended",
        ),
        (AuditAction.CHANGED, "is an instructor now", "made you an instructor"),
    ],
)
def test_every_entry_is_told_in_words(
    ada: User, teacher: User, action: AuditAction, what: str, words: str
) -> None:
    audit(teacher, action, subject=ada, what=what)
    assert told(ada) == [f"Ms Teacher {words}"]


def test_classes_are_named(ada: User, teacher: User) -> None:
    pk = Classroom.objects.create(name="Algorithms").pk
    audit(teacher, AuditAction.IMPORTED, subject=ada, what=f"invitation to class {pk}")
    audit(teacher, AuditAction.CHANGED, subject=ada, what=f"removed from class {pk}")
    assert told(ada) == [
        "Ms Teacher took you out of the class “Algorithms”",
        "Ms Teacher invited you to the class “Algorithms”",
    ]


def test_nothing_of_others_is_named(ada: User, teacher: User) -> None:
    eve = make_user("eve")
    theirs = make_run(eve, make_workspace(eve))
    audit(teacher, AuditAction.VIEWED, subject=ada, what=f"run {theirs.pk}")
    assert told(ada) == ["Ms Teacher looked at a run of yours that is gone"]
    assert "Ms Teacher" not in make_client(eve).get(PATH).content.decode()


def test_hostile_names_are_text(ada: User, teacher: User) -> None:
    teacher.display_name = HOSTILE[:100]
    teacher.save()
    workspace = make_workspace(ada)
    workspace.name = HOSTILE[:80]
    workspace.save()
    audit(teacher, AuditAction.VIEWED, subject=ada, what=f"run {make_run(ada, workspace).pk}")
    assert "<img" not in make_client(ada).get(PATH).content.decode()


def test_many_looks_need_no_query_each(ada: User, teacher: User) -> None:
    workspace = make_workspace(ada)
    for _ in range(20):
        run = make_run(ada, workspace)
        audit(teacher, AuditAction.VIEWED, subject=ada, what=f"run {run.pk}")
    with CaptureQueriesContext(connection) as queries:
        assert len(looks_at(ada)) == 20
    assert len(queries) <= 4
