"""Who may see what of the admin: every page and action, for everybody there is."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import AuditEntry, Membership, User
from accounts.tests.factories import make_user
from staff.tests.makers import client_of, make_instructor, make_run

pytestmark = pytest.mark.django_db


class School:
    """Ada teaches Sam; Bob teaches nobody of hers; the operator sees all."""

    def __init__(self) -> None:
        self.operator = User.objects.create_superuser("root", "root@example.org", "x")
        self.sam = make_user("sam")
        self.ada, self.bob = make_instructor("ada", self.sam), make_instructor("bob")
        self.classroom = self.ada.taught_classes.get()
        self.run = make_run(self.sam, status="error", reason="exception", error="NameError")
        self.guest_run = make_run(None)

    def client(self, name: str) -> Client:
        is_anonymous = name == "anonymous"
        return Client() if is_anonymous else client_of(User.objects.get(username=name))


@pytest.fixture
def school() -> School:
    return School()


PEOPLE = ("root", "ada", "bob", "sam", "anonymous")
YES, NO, AWAY = 200, 404, 302
Page = Callable[[School], str]
# What each gets: the operator, the instructor, another class's, the student, nobody.
PAGES: dict[str, tuple[Page, tuple[int, ...]]] = {
    "front": (lambda s: "/admin/", (YES, YES, YES, AWAY, AWAY)),
    "runs": (lambda s: "/admin/sandbox/run/", (YES, YES, YES, AWAY, AWAY)),
    "a run": (lambda s: f"/admin/sandbox/run/{s.run.pk}/change/", (YES, YES, NO, AWAY, AWAY)),
    "its output": (lambda s: f"/admin/sandbox/run/{s.run.pk}/output/", (YES, YES, NO, AWAY, AWAY)),
    "a guest's": (
        lambda s: f"/admin/sandbox/run/{s.guest_run.pk}/change/", (YES, NO, NO, AWAY, AWAY)
    ),
    "users": (lambda s: "/admin/accounts/user/", (YES, YES, YES, AWAY, AWAY)),
    "a student": (
        lambda s: f"/admin/accounts/user/{s.sam.pk}/change/", (YES, YES, AWAY, AWAY, AWAY)
    ),
    "a colleague": (
        lambda s: f"/admin/accounts/user/{s.bob.pk}/change/", (YES, AWAY, AWAY, AWAY, AWAY)
    ),
    "password of a student": (
        lambda s: f"/admin/accounts/user/{s.sam.pk}/password/", (YES, 403, 403, AWAY, AWAY)
    ),
    "classes": (lambda s: "/admin/accounts/classroom/", (YES, YES, YES, AWAY, AWAY)),
    "a class": (
        lambda s: f"/admin/accounts/classroom/{s.classroom.pk}/change/",
        (YES, YES, AWAY, AWAY, AWAY),
    ),
    "a class, live": (
        lambda s: f"/admin/accounts/classroom/{s.classroom.pk}/watch/", (YES, YES, NO, AWAY, AWAY)
    ),
    "audit log": (lambda s: "/admin/accounts/auditentry/", (YES, 403, 403, AWAY, AWAY)),
    "groups": (lambda s: "/admin/auth/group/", (YES, 403, 403, AWAY, AWAY)),
    "calls": (lambda s: "/admin/assistant/call/", (YES, YES, YES, AWAY, AWAY)),
    "workspaces": (lambda s: "/admin/ide/workspace/", (YES, YES, YES, AWAY, AWAY)),
}  # fmt: skip


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("page", PAGES)
def test_pages(school: School, page: str, person: str) -> None:
    address, expected = PAGES[page]
    answer = school.client(person).get(address(school))
    assert answer.status_code == expected[PEOPLE.index(person)]


@pytest.mark.parametrize("query", ["", "?q=print", "?language=python", "?reason=exception"])
def test_lists_hold_nothing_of_another_class(school: School, query: str) -> None:
    address = f"/admin/sandbox/run/{query}"
    assert school.run.pk in school.client("ada").get(address).content.decode()
    assert school.run.pk not in school.client("bob").get(address).content.decode()
    assert "sam" not in school.client("bob").get("/admin/accounts/user/").content.decode()


def test_class_of_another_is_no_filter(school: School) -> None:
    address = f"/admin/sandbox/run/?class={school.classroom.pk}"
    assert school.run.pk not in school.client("bob").get(address).content.decode()


ACTIONS = ("deactivate", "log_out_everywhere", "send_reset_link")


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("person", ["bob", "sam", "anonymous"])
def test_actions_on_others_do_nothing(school: School, action: str, person: str) -> None:
    stamp = school.sam.stamp
    data = {"action": action, "_selected_action": [school.sam.pk]}
    school.client(person).post("/admin/accounts/user/", data)
    school.sam.refresh_from_db()
    assert (school.sam.is_active, school.sam.stamp) == (True, stamp)
    assert not AuditEntry.objects.filter(subject=school.sam).exists()


def test_instructor_deactivates_a_student_of_theirs(school: School) -> None:
    data = {"action": "deactivate", "_selected_action": [school.sam.pk]}
    school.client("ada").post("/admin/accounts/user/", data)
    school.sam.refresh_from_db()
    assert not school.sam.is_active
    entry = AuditEntry.objects.get(subject=school.sam)
    assert (entry.actor, entry.action) == (school.ada, "deactivated")


@pytest.mark.parametrize("victim", ["bob", "root"])
def test_instructor_who_has_staff_in_class_gets_no_hold_of_them(
    school: School, victim: str
) -> None:
    user = User.objects.get(username=victim)
    Membership.objects.create(classroom=school.classroom, user=user)
    for action in ACTIONS:
        data = {"action": action, "_selected_action": [user.pk]}
        school.client("ada").post("/admin/accounts/user/", data)
    user.refresh_from_db()
    assert user.is_active
    assert victim not in {
        entry.subject and entry.subject.username for entry in AuditEntry.objects.all()
    }


def test_instructor_cannot_rise(school: School) -> None:
    client = school.client("ada")
    data = {"action": "make_instructor", "_selected_action": [school.sam.pk]}
    client.post("/admin/accounts/user/", data)
    client.post(
        f"/admin/accounts/user/{school.sam.pk}/change/", {"username": "sam", "is_superuser": "on"}
    )
    school.sam.refresh_from_db()
    assert (school.sam.is_staff, school.sam.is_superuser) == (False, False)


def test_nobody_changes_the_audit_log(school: School) -> None:
    client = school.client("root")
    client.get(f"/admin/sandbox/run/{school.run.pk}/change/")
    entry = AuditEntry.objects.get(subject=school.sam)
    address = f"/admin/accounts/auditentry/{entry.pk}"
    assert client.post(f"{address}/change/", {"what": "nothing"}).status_code == 403
    assert client.post(f"{address}/delete/", {"post": "yes"}).status_code == 403
    data = {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"}
    client.post("/admin/accounts/auditentry/", data)
    assert AuditEntry.objects.filter(pk=entry.pk, what=entry.what).exists()


def test_log_outlives_both(school: School) -> None:
    school.client("ada").get(f"/admin/sandbox/run/{school.run.pk}/change/")
    school.sam.delete()
    school.ada.delete()
    entry = AuditEntry.objects.get(action="viewed")
    assert (entry.actor, entry.actor_name, entry.subject) == (None, "ada", None)
