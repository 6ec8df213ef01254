"""Who may see what of the admin: every page and action, for everybody there is."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core import mail
from django.test import Client

from accounts.models import AuditEntry, Classroom, Membership, User
from accounts.tests.factories import make_user
from sandbox.models import Run
from staff.tests.makers import client_of, make_instructor, make_run

pytestmark = pytest.mark.django_db


class School:
    """Ada teaches Sam; Bob teaches nobody of hers; the operator sees all, and so does the clerk,
    with an instructor's rights besides."""

    def __init__(self) -> None:
        self.operator = User.objects.create_superuser("root", "root@example.org", "x")
        self.sam = make_user("sam")
        self.ada, self.bob = make_instructor("ada", self.sam), make_instructor("bob")
        self.clerk = make_instructor("clerk")
        self.clerk.user_permissions.add(Permission.objects.get(codename="see_everybody"))
        self.classroom = self.ada.taught_classes.get()
        self.run = make_run(self.sam, status="error", reason="exception", error="NameError")
        self.guest_run = make_run(None)

    def client(self, name: str) -> Client:
        is_anonymous = name == "anonymous"
        return Client() if is_anonymous else client_of(User.objects.get(username=name))


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


def test_reset_link_tells_apart_whom_it_cannot_be_sent_to(school: School) -> None:
    mute = make_user("mute", email="")
    gone = make_user("gone", is_active=False)
    school.classroom.students.add(mute, gone)
    ticked = [school.sam.pk, mute.pk, gone.pk]
    data = {"action": "send_reset_link", "_selected_action": ticked, "confirmed": "yes"}
    page = school.client("ada").post("/admin/accounts/user/", data, follow=True).content.decode()
    assert "Sent a reset link: sam." in page
    assert "Left out: gone (deactivated); mute (without an e-mail address)." in page
    assert [letter.to for letter in mail.outbox] == [["sam@example.org"]]
    actions = dict(AuditEntry.objects.exclude(subject=None).values_list("subject", "action"))
    assert actions == {school.sam.pk: "reset_link"}


def test_what_is_done_to_nobody_is_no_success(school: School) -> None:
    client = school.client("root")
    gone = make_user("gone", is_active=False)
    nothing = "warning: Nothing was done. Left out:"
    asked = {
        ("deactivate", gone): {f"{nothing} gone (deactivated already)."},
        ("deactivate", school.operator): {f"{nothing} root (that is you)."},
        ("send_reset_link", gone): {f"{nothing} gone (deactivated)."},
        ("reactivate", gone): {"success: Reactivated: gone."},
        ("reactivate", school.sam): {f"{nothing} sam (active already)."},
        ("make_no_instructor", school.sam): {f"{nothing} sam (no instructors)."},
        ("make_instructor", school.sam): {"success: Instructors now: sam."},
        ("make_instructor", school.ada): {f"{nothing} ada (instructors already)."},
    }  # fmt: skip
    for (action, user), told in asked.items():
        data: dict[str, Any] = {"action": action, "_selected_action": [user.pk]}
        if any(said.startswith("success") for said in told):
            data["confirmed"] = "yes"
        page = client.post("/admin/accounts/user/", data, follow=True)
        assert {f"{said.level_tag}: {said}" for said in page.context["messages"]} == told
    assert AuditEntry.objects.filter(action="reactivated").count() == 1
    assert not AuditEntry.objects.filter(action="deactivated").exists()


def test_who_is_left_out_is_told_before_the_others_are_asked_about(school: School) -> None:
    ticked = [school.operator.pk, school.sam.pk]
    data = {"action": "send_reset_link", "_selected_action": ticked}
    page = school.client("root").post("/admin/accounts/user/", data).content.decode()
    assert "Left out: root (that is you)." in page
    assert "Send a reset link to 1 user?" in page
    assert "<li><bdi>root</bdi></li>" not in page


def test_rights_of_instructors_are_asked_about_and_then_given(school: School) -> None:
    client = school.client("root")
    data = {"action": "make_instructor", "_selected_action": [school.sam.pk]}
    page = client.post("/admin/accounts/user/", data).content.decode()
    assert "Give the rights of instructors to 1 user?" in page
    assert not User.objects.get(username="sam").is_staff
    client.post("/admin/accounts/user/", {**data, "confirmed": "yes"})
    assert User.objects.get(username="sam").is_staff


def test_classes_that_are_lost_are_named(school: School) -> None:
    client = school.client("root")
    data = {"action": "make_no_instructor", "_selected_action": [school.ada.pk, school.bob.pk]}
    asked = client.post("/admin/accounts/user/", data).content.decode()
    lost = "They teach these classes no more: class of ada, class of bob."
    assert "Take the rights of instructors from 2 users?" in asked
    assert lost in asked
    assert school.ada.taught_classes.exists()
    page = client.post("/admin/accounts/user/", {**data, "confirmed": "yes"}, follow=True)
    assert lost in page.content.decode()
    assert not school.ada.taught_classes.exists()
    entries = AuditEntry.objects.filter(subject=school.ada).values_list("what", flat=True)
    assert set(entries) == {
        "is no instructor any more",
        f"does not teach class {school.classroom.pk} any more",
    }
    log = client.get("/admin/accounts/auditentry/").content.decode()
    assert f"class {school.classroom.pk} “<bdi>class of ada</bdi>”" in log


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
