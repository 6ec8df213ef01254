"""Who may see what of the admin: every page and action, for everybody there is."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission

from accounts.models import AuditEntry, Classroom, Membership, User
from accounts.tests.factories import make_user
from sandbox.models import Run
from staff.tests.makers import make_run
from staff.tests.school import School

pytestmark = pytest.mark.django_db


@pytest.fixture
def school() -> School:
    return School()


PEOPLE = ("root", "clerk", "ada", "bob", "sam", "anonymous")
YES, NO, AWAY = 200, 404, 302
Page = Callable[[School], str]
# What each gets: the operator, the clerk, the instructor, another class's, the student, nobody.
PAGES: dict[str, tuple[Page, tuple[int, ...]]] = {
    "front": (lambda s: "/admin/", (YES, YES, YES, YES, AWAY, AWAY)),
    "runs": (lambda s: "/admin/sandbox/run/", (YES, YES, YES, YES, AWAY, AWAY)),
    "a run": (lambda s: f"/admin/sandbox/run/{s.run.pk}/change/", (YES, YES, YES, NO, AWAY, AWAY)),
    "its output": (
        lambda s: f"/admin/sandbox/run/{s.run.pk}/output/", (YES, YES, YES, NO, AWAY, AWAY)
    ),
    "a guest's": (
        lambda s: f"/admin/sandbox/run/{s.guest_run.pk}/change/", (YES, YES, NO, NO, AWAY, AWAY)
    ),
    "users": (lambda s: "/admin/accounts/user/", (YES, YES, YES, YES, AWAY, AWAY)),
    "a student": (
        lambda s: f"/admin/accounts/user/{s.sam.pk}/change/", (YES, YES, YES, AWAY, AWAY, AWAY)
    ),
    "deactivation of a student": (
        lambda s: f"/admin/accounts/user/{s.sam.pk}/do/deactivate/",
        (YES, YES, YES, NO, AWAY, AWAY),
    ),
    "a colleague": (
        lambda s: f"/admin/accounts/user/{s.bob.pk}/change/", (YES, YES, AWAY, AWAY, AWAY, AWAY)
    ),
    "password of a student": (
        lambda s: f"/admin/accounts/user/{s.sam.pk}/password/", (YES, 403, 403, 403, AWAY, AWAY)
    ),
    "classes": (lambda s: "/admin/accounts/classroom/", (YES, YES, YES, YES, AWAY, AWAY)),
    "a class": (
        lambda s: f"/admin/accounts/classroom/{s.classroom.pk}/change/",
        (YES, YES, YES, AWAY, AWAY, AWAY),
    ),
    "a class, live": (
        lambda s: f"/admin/accounts/classroom/{s.classroom.pk}/watch/",
        (YES, YES, YES, NO, AWAY, AWAY),
    ),
    "import of a class list": (
        lambda s: "/admin/accounts/classroom/import/", (YES, YES, YES, YES, AWAY, AWAY)
    ),
    "removal from a class": (
        lambda s: f"/admin/accounts/classroom/{s.classroom.pk}/remove/{s.sam.pk}/",
        (YES, YES, YES, NO, AWAY, AWAY),
    ),
    "removal of nobody": (
        lambda s: f"/admin/accounts/classroom/{s.classroom.pk}/remove/{s.bob.pk}/",
        (NO, NO, NO, NO, AWAY, AWAY),
    ),
    "history of a class": (
        lambda s: f"/admin/accounts/classroom/{s.classroom.pk}/history/",
        (YES, YES, YES, AWAY, AWAY, AWAY),
    ),
    "deletion of a class": (
        lambda s: f"/admin/accounts/classroom/{s.classroom.pk}/delete/",
        (YES, 403, 403, 403, AWAY, AWAY),
    ),
    "deletion of a student": (
        lambda s: f"/admin/accounts/user/{s.sam.pk}/delete/", (YES, 403, 403, 403, AWAY, AWAY)
    ),
    "export of users": (
        lambda s: "/admin/accounts/user/export/", (YES, YES, YES, YES, AWAY, AWAY)
    ),
    "audit log": (lambda s: "/admin/accounts/auditentry/", (YES, 403, 403, 403, AWAY, AWAY)),
    "groups": (lambda s: "/admin/auth/group/", (YES, 403, 403, 403, AWAY, AWAY)),
    "calls": (lambda s: "/admin/assistant/call/", (YES, YES, YES, YES, AWAY, AWAY)),
    "workspaces": (lambda s: "/admin/ide/workspace/", (YES, YES, YES, YES, AWAY, AWAY)),
}  # fmt: skip


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("page", PAGES)
def test_pages(school: School, page: str, person: str) -> None:
    address, expected = PAGES[page]
    answer = school.client(person).get(address(school))
    assert answer.status_code == expected[PEOPLE.index(person)]


@pytest.mark.parametrize(
    "query", ["", "?q=print", "?language=python", "?reason=exception", "?by=sam"]
)
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
    data = {"action": action, "_selected_action": [school.sam.pk], "confirmed": "yes"}
    school.client(person).post("/admin/accounts/user/", data)
    school.sam.refresh_from_db()
    assert (school.sam.is_active, school.sam.stamp) == (True, stamp)
    assert not AuditEntry.objects.filter(subject=school.sam).exists()


@pytest.mark.parametrize("person", ["root", "clerk", "ada"])
def test_deactivation_is_asked_about_and_then_done(school: School, person: str) -> None:
    data = {"action": "deactivate", "_selected_action": [school.sam.pk]}
    client = school.client(person)
    page = client.post("/admin/accounts/user/", data).content.decode()
    assert User.objects.get(username="sam").is_active
    assert "<li><bdi>sam</bdi></li>" in page
    client.post("/admin/accounts/user/", {**data, "confirmed": "Deactivate"})
    assert not User.objects.get(username="sam").is_active
    entry = AuditEntry.objects.get(subject=school.sam)
    assert (entry.actor_name, entry.action) == (person, "deactivated")


@pytest.mark.parametrize("person", ["clerk", "ada"])
@pytest.mark.parametrize("victim", ["bob", "root", "boss"])
def test_whoever_has_staff_in_class_gets_no_hold_of_them(
    school: School, victim: str, person: str
) -> None:
    """Also not of an operator who is not staff: the boss."""
    make_user("boss", is_superuser=True)
    user = User.objects.get(username=victim)
    Membership.objects.create(classroom=school.classroom, user=user)
    for action in ACTIONS:
        data = {"action": action, "_selected_action": [user.pk], "confirmed": "yes"}
        school.client(person).post("/admin/accounts/user/", data)
    user.refresh_from_db()
    assert user.is_active
    assert victim not in {
        entry.subject and entry.subject.username for entry in AuditEntry.objects.all()
    }


def test_operator_is_no_student(school: School) -> None:
    boss = make_user("boss", is_superuser=True)
    Membership.objects.create(classroom=school.classroom, user=boss)
    run = make_run(boss)
    client = school.client("ada")
    assert "boss" not in client.get("/admin/accounts/user/").content.decode()
    assert client.get(f"/admin/sandbox/run/{run.pk}/change/").status_code == NO
    query = f"/admin/?days=7&classroom={school.classroom.pk}"
    assert "boss" not in client.get(query).content.decode()


def test_staff_in_a_class_are_no_students_of_it(school: School) -> None:
    school.classroom.students.add(school.bob)
    page = f"/admin/accounts/user/{school.bob.pk}/change/"
    for person, has_link in (("ada", False), ("root", True)):
        client = school.client(person)
        shown = client.get(f"/admin/accounts/classroom/{school.classroom.pk}/change/")
        content = shown.content.decode()
        assert "(staff)" in content
        assert (page in content) == has_link
        assert "sam</bdi></a> <a" in content
        listed = client.get("/admin/accounts/classroom/?q=").content.decode()
        assert '<td class="field-size">1</td>' in listed
        assert '<td class="field-size">2</td>' not in listed


@pytest.mark.parametrize("person", PEOPLE)
def test_removal_from_a_class_is_asked_about_and_then_done(school: School, person: str) -> None:
    address = f"/admin/accounts/classroom/{school.classroom.pk}/remove/{school.sam.pk}/"
    client = school.client(person)
    client.get(address)
    client.post(address)
    assert school.classroom.students.get() == school.sam
    client.post(address, {"confirmed": "Remove"})
    may = person in {"root", "clerk", "ada"}
    assert school.classroom.students.exists() != may
    entries = AuditEntry.objects.filter(subject=school.sam, action="changed")
    assert [entry.what for entry in entries] == [f"removed from class {school.classroom.pk}"] * may


def test_right_to_change_classes_is_needed(school: School) -> None:
    reader = make_user("reader", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_classroom"))
    school.classroom.teachers.add(reader)
    client = school.client("reader")
    page = client.get(f"/admin/accounts/classroom/{school.classroom.pk}/change/").content.decode()
    assert "sam" in page
    assert "Remove" not in page
    for page in ("import", f"{school.classroom.pk}/remove/{school.sam.pk}"):
        assert client.get(f"/admin/accounts/classroom/{page}/").status_code == 403
    assert client.get("/admin/accounts/user/export/").status_code == 403


def test_classes_of_others_are_not_asked_about(school: School) -> None:
    data = {"action": "renew_codes", "_selected_action": [school.classroom.pk]}
    answer = school.client("bob").post("/admin/accounts/classroom/", data, follow=True)
    assert "These are no classes of yours." in answer.content.decode()
    assert "Give new codes to" not in answer.content.decode()


@pytest.mark.parametrize("person", ["bob", "sam", "anonymous"])
def test_codes_of_others_stay(school: School, person: str) -> None:
    data = {"action": "renew_codes", "_selected_action": [school.classroom.pk], "confirmed": "yes"}
    school.client(person).post("/admin/accounts/classroom/", data)
    assert Classroom.objects.get(pk=school.classroom.pk).join_code == school.classroom.join_code


def test_new_codes_are_asked_about_and_then_given(school: School) -> None:
    data = {"action": "renew_codes", "_selected_action": [school.classroom.pk]}
    client = school.client("ada")
    page = client.post("/admin/accounts/classroom/", data).content.decode()
    assert "Give new codes to 1 class?" in page
    assert "<li><bdi>class of ada</bdi></li>" in page
    assert Classroom.objects.get(pk=school.classroom.pk).join_code == school.classroom.join_code
    client.post("/admin/accounts/classroom/", {**data, "confirmed": "Give new codes"})
    assert Classroom.objects.get(pk=school.classroom.pk).join_code != school.classroom.join_code


def test_looks_at_classes_are_in_the_audit_log(school: School) -> None:
    client = school.client("ada")
    client.get("/admin/accounts/classroom/")
    client.get(f"/admin/accounts/classroom/{school.classroom.pk}/change/")
    entries = AuditEntry.objects.filter(actor=school.ada).values_list("action", "what")
    assert set(entries) == {("listed", "classes"), ("viewed", f"class {school.classroom.pk}")}


@pytest.mark.parametrize("model", ["user", "classroom"])
def test_deletions_are_in_the_audit_log(school: School, model: str) -> None:
    gone: Any = make_user("gone") if model == "user" else school.classroom
    name = "user" if model == "user" else "class"
    data = {"action": "delete_selected", "_selected_action": [gone.pk], "post": "yes"}
    school.client("root").post(f"/admin/accounts/{model}/", data)
    assert not type(gone).objects.filter(pk=gone.pk).exists()
    entry = AuditEntry.objects.get(action="deleted")
    assert (entry.actor, entry.subject, entry.what) == (school.operator, None, f"{name} {gone.pk}")


@pytest.mark.parametrize("page", ["list", "own"])
def test_operator_deletes_users_with_all_that_is_theirs(school: School, page: str) -> None:
    sam = make_user("sam_2")
    run = make_run(sam)
    make_run(sam)
    school.classroom.students.add(sam)
    data: dict[str, Any] = {"action": "delete_selected", "_selected_action": [sam.pk]}
    address = "/admin/accounts/user/"
    if page == "own":
        data, address = {}, f"{address}{sam.pk}/delete/"
    client = school.client("root")
    asked = (client.post if data else client.get)(address, data).content.decode()
    for words in ("<li>Users: 1</li>", "<li>Runs: 2</li>", "<li>Places in classes: 1</li>"):
        assert words in asked
    assert run.pk not in asked
    client.post(address, {**data, "post": "yes"})
    assert not User.objects.filter(pk=sam.pk).exists()
    assert not Run.objects.filter(pk=run.pk).exists()
    assert AuditEntry.objects.get(action="deleted").what == f"user {sam.pk}"
    assert not LogEntry.objects.filter(object_repr__contains="sam_2").exists()


def test_instructor_cannot_rise(school: School) -> None:
    client = school.client("ada")
    data = {"action": "make_instructor", "_selected_action": [school.sam.pk], "confirmed": "yes"}
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
