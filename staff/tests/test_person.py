"""The page of a student: where their work is, and what can be done."""

import pytest
from django.contrib.auth.models import Permission
from django.core import mail

from accounts.models import AuditEntry, Classroom, User, name_words
from accounts.tests.factories import make_user
from sandbox.models import Run
from staff.tests.makers import client_of, make_instructor, make_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam() -> User:
    return make_user("sam", display_name="Sam Spade")


@pytest.fixture
def ada(sam: User) -> User:
    return make_instructor("ada", sam)


def page_of(user: User, viewer: User) -> str:
    return client_of(viewer).get(f"/admin/accounts/user/{user.pk}/change/").content.decode()


def do_url(user: User, action: str) -> str:
    return f"/admin/accounts/user/{user.pk}/do/{action}/"


@pytest.mark.parametrize(
    ("display_name", "words"),
    [("", "sam"), ("Sam", "sam"), (" ", "sam"), ("Sam Spade", "Sam Spade (sam)")],
)
def test_name_has_the_username_beside_it_where_they_differ(display_name: str, words: str) -> None:
    assert name_words("sam", display_name) == words


def test_page_leads_to_runs_and_to_the_viewers_own_classes(ada: User, sam: User) -> None:
    make_instructor("bob", sam)
    run = make_run(sam, language="cpp", status="error", error="boom")
    page = page_of(sam, ada)
    own = ada.taught_classes.get()
    for address in (
        f"/admin/sandbox/run/?user={sam.pk}",
        f"/admin/sandbox/run/{run.pk}/change/",
        f"/admin/accounts/classroom/{own.pk}/change/",
        f"/admin/accounts/classroom/{own.pk}/remove/{sam.pk}/",
        do_url(sam, "deactivate"),
        do_url(sam, "send_reset_link"),
    ):
        assert f'href="{address}"' in page, address
    assert "C++" in page
    assert "class of bob" not in page
    assert do_url(sam, "reactivate") not in page


def test_runs_in_a_week_lead_to_just_these_runs(ada: User, sam: User) -> None:
    make_run(sam)
    client = client_of(ada)
    page = client.get("/admin/accounts/user/").content.decode()
    (link,) = [part.split('"')[0] for part in page.split('href="') if "/run/?user=" in part]
    listed = client.get(link.replace("&amp;", "&")).context["cl"].result_list
    assert [run.pk for run in listed] == [Run.objects.get().pk]


@pytest.mark.parametrize(
    "query", ["ran=zz", "seen=zz", "outcome=zz", "class=0", "is_active__exact=zz"]
)
def test_wrong_filter_of_the_list_is_told(ada: User, sam: User, query: str) -> None:
    client = client_of(ada)
    page = client.get(f"/admin/accounts/user/?{query}", follow=True).content.decode()
    assert "There is no" in page or "that this list does not have" in page
    assert client.get(f"/admin/accounts/user/export/?{query}").status_code == 400


def test_each_act_is_asked_about_and_then_done(ada: User, sam: User) -> None:
    client, page = client_of(ada), f"/admin/accounts/user/{sam.pk}/change/"
    for action, is_active in (("deactivate", False), ("reactivate", True)):
        asked = client.get(do_url(sam, action)).content.decode()
        assert "Sam Spade (sam)" in asked
        client.post(do_url(sam, action))
        sam.refresh_from_db()
        assert sam.is_active != is_active
        answer = client.post(do_url(sam, action), {"confirmed": "yes"})
        assert answer.headers["Location"] == page
        sam.refresh_from_db()
        assert sam.is_active == is_active
    client.post(do_url(sam, "send_reset_link"), {"confirmed": "yes"})
    assert [letter.to for letter in mail.outbox] == [["sam@example.org"]]
    acts = AuditEntry.objects.filter(subject=sam).order_by("pk").values_list("action", flat=True)
    assert list(acts) == ["deactivated", "reactivated", "reset_link"]


def test_nothing_is_done_to_others_or_by_others(ada: User, sam: User) -> None:
    bob = make_instructor("bob")
    Classroom.objects.get(name="class of ada").students.add(bob)
    root = make_user("root", is_staff=True, is_superuser=True)
    for who, user, status in (
        (bob, sam, 404), (ada, bob, 404), (ada, ada, 404), (ada, root, 404), (sam, sam, 302),
    ):  # fmt: skip
        address = do_url(user, "deactivate")
        assert client_of(who).post(address, {"confirmed": "yes"}).status_code == status
    for action in ("export_csv", "delete_selected", "make_instructor", "nothing"):
        answer = client_of(root).post(do_url(sam, action), {"confirmed": "yes"})
        assert answer.status_code == 404
    assert User.objects.filter(is_active=False).count() == 0
    assert do_url(root, "deactivate") not in page_of(root, root)


def test_who_may_only_look_finds_no_acts(sam: User) -> None:
    reader = make_user("reader", is_staff=True)
    make_instructor("teacher", sam).taught_classes.get().teachers.add(reader)
    reader.user_permissions.add(Permission.objects.get(codename="view_user"))
    page = page_of(sam, reader)
    assert "class of teacher" in page
    for part in ("/do/", "/remove/", "/admin/sandbox/run/"):
        assert part not in page
