"""What staff do to users from their list: asked about first, and told of in full."""

from typing import Any

import pytest
from django.core import mail

from accounts.models import AuditEntry, User
from accounts.tests.factories import make_user
from staff.tests.school import School

pytestmark = pytest.mark.django_db


@pytest.fixture
def school() -> School:
    return School()


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
