"""A student's classes: joined by a code, left at will, and who has looked."""

import pytest
from django.test import Client

from accounts.audit import audit
from accounts.models import AuditAction, Classroom, Membership, User
from accounts.selectors import account_facts
from accounts.tests.factories import make_user
from accounts.visibility import visible_users

pytestmark = pytest.mark.django_db

PATH = "/accounts/classes/"


@pytest.fixture
def classroom() -> Classroom:
    made = Classroom.objects.create(name="Algorithms")
    made.teachers.add(make_user("teacher", is_staff=True))
    return made


def test_code_leads_to_the_page_that_asks(client: Client, ada: User, classroom: Classroom) -> None:
    client.force_login(ada)
    typed = f" {classroom.join_code[:4].lower()}-{classroom.join_code[4:]} "
    response = client.post(PATH, {"code": typed})
    page = client.get(response["Location"])
    assert "see all that you have run" in page.content.decode()
    assert not Membership.objects.exists()
    client.post(response["Location"])
    assert Membership.objects.get().user == ada


def test_teacher_sees_who_joined_until_they_leave(
    client: Client, ada: User, classroom: Classroom
) -> None:
    teacher = classroom.teachers.get()
    client.force_login(ada)
    client.post(f"{PATH}join/{classroom.join_code}/")
    assert list(visible_users(teacher)) == [ada]
    client.post(f"{PATH}{classroom.pk}/leave/")
    assert not visible_users(teacher).exists()


@pytest.mark.parametrize("code", ["NOSUCHCO", "", "a\x00b", "../../x"])
def test_wrong_code_is_told(client: Client, ada: User, classroom: Classroom, code: str) -> None:
    client.force_login(ada)
    response = client.post(PATH, {"code": code})
    assert response.status_code == 200
    assert 'role="alert"' in response.content.decode()


def test_closed_class_takes_nobody(client: Client, ada: User, classroom: Classroom) -> None:
    Classroom.objects.update(is_open=False)
    client.force_login(ada)
    client.post(f"{PATH}join/{classroom.join_code}/")
    assert not Membership.objects.exists()


def test_guessing_is_counted(client: Client, ada: User, classroom: Classroom) -> None:
    client.force_login(ada)
    answers = [client.post(PATH, {"code": "NOSUCHCO"}).status_code for _ in range(21)]
    assert answers == [200] * 20 + [429]


def test_guest_is_asked_to_log_in_first(client: Client, classroom: Classroom) -> None:
    response = client.get(f"{PATH}join/{classroom.join_code}/")
    assert response.status_code == 302
    assert "next=" in response["Location"]


def test_classes_and_looks_are_among_ones_data(ada: User, classroom: Classroom) -> None:
    teacher = classroom.teachers.get()
    classroom.students.add(ada)
    audit(teacher, AuditAction.VIEWED, subject=ada, what="run 1f")
    audit(teacher, AuditAction.VIEWED, subject=make_user("eve"), what="run 2f")
    facts = account_facts(ada)
    assert [(one["name"], one["teaches"]) for one in facts["classes"]] == [("Algorithms", False)]
    assert [(look["actor_name"], look["what"]) for look in facts["looks"]] == [
        ("teacher", "run 1f")
    ]
    assert account_facts(teacher)["classes"] == [{"name": "Algorithms", "teaches": True}]
    assert account_facts(teacher)["looks"] == []
