"""Importing a class list: looked at first, then confirmed; new accounts are made, others asked."""

import re
import socket
from threading import enumerate as threads
from typing import Any

import pytest
from django.core import mail
from django.core.cache import caches
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from accounts.models import AuditEntry, Classroom, Membership, User
from accounts.tests.factories import make_user
from accounts.visibility import visible_users
from cloudrun.errors import InvalidRequestError
from staff.letters import send_in_background
from staff.rosters.reading import MAX_BYTES, MAX_ROWS, decoded, rows_of
from staff.rosters.usernames import free_usernames
from staff.tests.makers import client_of, make_instructor

pytestmark = pytest.mark.django_db

PAGE = "/admin/accounts/classroom/import/"
LIST = "name,e-mail,group\nGrace Hopper,grace@example.org,7a\nSam,sam@example.org,7a\n"


@pytest.fixture(autouse=True)
def _nothing_counted() -> None:
    caches["counters"].clear()


@pytest.fixture
def teacher() -> User:
    teacher = make_instructor("ada")
    teacher.taught_classes.update(name="7a")
    return teacher


@pytest.fixture
def classroom(teacher: User) -> Classroom:
    return teacher.taught_classes.get()


def look(teacher: User, text: str | bytes, **data: Any) -> str:
    """What the page says would happen."""
    raw = text if isinstance(text, bytes) else text.encode()
    file = SimpleUploadedFile("list.csv", raw, "text/csv")
    answer = client_of(teacher).post(PAGE, {"file": file, **data})
    assert answer.status_code == 200
    return answer.content.decode()


def wait_for_letters() -> None:
    for thread in threads():
        if thread.name == "letters":
            thread.join(10)


def outcomes(page: str) -> list[str]:
    return re.findall(r'data-tone="\w*">([^<]*)<', page)


@pytest.fixture
def confirm(django_capture_on_commit_callbacks: Any) -> Any:
    """Imports a list and waits for its letters; the answer's page."""

    def confirmed(teacher: User, text: str, **data: Any) -> str:
        form = {"text": text, "confirmed": "Import", **data}
        with django_capture_on_commit_callbacks(execute=True):
            answer = client_of(teacher).post(PAGE, form, follow=True)
        wait_for_letters()
        return str(answer.content.decode())

    return confirmed


def test_look_tells_what_would_happen_and_does_nothing(teacher: User) -> None:
    make_user("sam_the_secret", email="sam@example.org")
    page = look(teacher, LIST)
    assert outcomes(page) == ["New account", "Invited"]
    assert "sam_the_secret" not in page
    assert User.objects.count() == 2
    (entry,) = AuditEntry.objects.filter(actor=teacher)
    assert (entry.action, entry.what) == ("listed", "what a class list of 2 rows would do")
    assert mail.outbox == []


def test_new_account_is_in_the_class_and_sets_its_password(
    teacher: User, classroom: Classroom, confirm: Any
) -> None:
    assert "1 new account, 0 invited" in confirm(
        teacher, LIST.replace("Sam,sam@example.org,7a", "")
    )
    grace = User.objects.get(username="grace")
    assert (grace.display_name, grace.email) == ("Grace Hopper", "grace@example.org")
    assert not grace.has_usable_password()
    assert list(classroom.students.all()) == [grace]
    (letter,) = mail.outbox
    assert letter.to == ["grace@example.org"]
    link = re.search(r"http://localhost:\d+(/accounts/password/reset/key/\S+)", str(letter.body))
    assert link
    client = Client()
    page = client.get(link[1], follow=True)
    form = {"password1": "correct horse battery", "password2": "correct horse battery"}
    client.post(page.redirect_chain[-1][0], form)
    grace.refresh_from_db()
    assert grace.check_password("correct horse battery")


def test_existing_account_is_asked_and_shows_nothing_before_it_joins(
    teacher: User, classroom: Classroom, confirm: Any
) -> None:
    sam = make_user("sam")
    confirm(teacher, "e-mail\nSAM@example.org\n", classroom=classroom.pk)
    assert not visible_users(teacher).exists()
    (letter,) = mail.outbox
    assert classroom.join_code in str(letter.body)
    assert "sam" not in str(letter.body).replace("sam@", "")
    link = re.search(r"http://localhost:\d+(/\S+/join/\S+)", str(letter.body))
    assert link
    client_of(sam).post(link[1])
    assert list(visible_users(teacher)) == [sam]


def test_second_import_changes_nothing(teacher: User, confirm: Any) -> None:
    make_user("sam")
    confirm(teacher, LIST)
    entries = AuditEntry.objects.filter(action="imported").count()
    mail.outbox.clear()
    again = ["In the class already", "Invited already"]
    page = look(teacher, LIST)
    assert outcomes(page) == again
    assert "Nothing would change." in page
    confirm(teacher, LIST)
    assert (User.objects.count(), Membership.objects.count()) == (3, 1)
    assert AuditEntry.objects.filter(action="imported").count() == entries
    assert mail.outbox == []


def test_import_is_in_the_audit_log(teacher: User, classroom: Classroom, confirm: Any) -> None:
    sam = make_user("sam")
    confirm(teacher, LIST)
    grace = User.objects.get(username="grace")
    entries = AuditEntry.objects.filter(action="imported", actor=teacher)
    assert set(entries.values_list("subject", "what")) == {
        (None, f"list of class {classroom.pk}: 1 new, 1 invited"),
        (grace.pk, f"account in class {classroom.pk}"),
        (sam.pk, f"invitation to class {classroom.pk}"),
    }


def test_refused_rows_say_why_and_in_which_line(teacher: User) -> None:
    text = (
        "name;e-mail;group\n\nNo address;;7a\nBad;nobody;7a\nTwice;a@example.org;7a\n"
        "Twice;A@example.org;7A\nElsewhere;b@example.org;8b\nNowhere;c@example.org;\n"
        f"{'x' * 101};d@example.org;7a\nMe;ada@example.org;7a\n"
        "Bell\a;e@example.org;7a\nJo\u200cJo;f@example.org;7a\nA\u202ed;g@example.org;7a\n"
    )
    page = look(teacher, text)
    for line, why in (
        (3, "There is no e-mail address."),
        (4, "This is no e-mail address."),
        (6, "The same address is in line 5."),
        (7, "You have no class “8b”."),
        (8, "There is no group"),
        (9, "The name is longer than 100 characters."),
        (10, "This is your own address."),
        (11, "The name has characters that cannot be seen."),
        (12, "New account"),
        (13, "The name has characters that cannot be seen."),
    ):
        row = next(row for row in page.split("<tr>") if row.startswith(f"<td>{line}</td>"))
        assert why in row


def test_class_of_another_is_none(teacher: User, confirm: Any) -> None:
    make_instructor("bob").taught_classes.update(name="8b")
    other = Classroom.objects.get(name="8b")
    page = look(teacher, LIST.replace("7a", "8b"))
    assert page.count("You have no class “8b”. Make it first.") == 2
    assert "Select a valid choice" in look(teacher, LIST, classroom=other.pk)
    confirm(teacher, LIST, classroom=other.pk)
    assert not Membership.objects.exists()


def test_chosen_class_takes_the_rows_of_every_group(teacher: User, classroom: Classroom) -> None:
    page = look(teacher, LIST.replace("Sam,sam@example.org,7a", "Sam,sam@example.org,8b"),
                classroom=classroom.pk)  # fmt: skip
    assert outcomes(page) == ["New account", "New account"]


def test_one_list_fills_several_classes(teacher: User, classroom: Classroom, confirm: Any) -> None:
    second = Classroom.objects.create(name="7b")
    second.teachers.add(teacher)
    confirm(teacher, f"{LIST}Grace Hopper,grace@example.org,7b\n")
    grace = User.objects.get(username="grace")
    assert set(grace.classes.all()) == {classroom, second}
    assert len(mail.outbox) == 2


def test_closed_class_invites_nobody(teacher: User, classroom: Classroom) -> None:
    make_user("sam")
    Classroom.objects.update(is_open=False)
    page = look(teacher, LIST)
    assert "New account" in page
    assert "the class is not open to join" in page


def test_what_is_written_in_it_is_only_text(teacher: User, confirm: Any) -> None:
    hostile = '<script>hacked=1</script>,"x@example.org",7a\n=1+1,y@example.org,7a\n'
    page = look(teacher, hostile)
    assert "<script>hacked" not in page
    assert "&lt;script&gt;hacked=1&lt;/script&gt;" in page
    confirm(teacher, hostile)
    assert {letter.subject for letter in mail.outbox} == {mail.outbox[0].subject}
    assert "hacked" not in "".join(str(letter.body) for letter in mail.outbox)


def test_lists_of_instructors_are_counted(teacher: User) -> None:
    codes = [client_of(teacher).post(PAGE, {"text": LIST}).status_code for _ in range(31)]
    assert codes == [200] * 30 + [429]
    root = make_user("root", is_staff=True, is_superuser=True)
    assert {client_of(root).post(PAGE, {"text": LIST}).status_code for _ in range(31)} == {200}


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (b"\xef\xbb\xbfname;e-mail\r\nJos\xc3\xa9;j@example.org\r\n", "José"),
        (b"name;e-mail\r\nJos\xe9;j@example.org\r\n", "José"),
        ("name\te-mail\r\nJosé\tj@example.org\r\n".encode("utf-16"), "José"),
        (b"sep=;\r\nname;e-mail\r\nAda, Countess;j@example.org\r\n", "Ada, Countess"),
        (b"First name,Surname,Email address\nAda,Lovelace,j@example.org\n", "Ada Lovelace"),
        (b"Ada,j@example.org\n", "Ada"),
        (b"j@example.org;Ada\n", "Ada"),
        (b"j@example.org\n", ""),
        (b'"Ada\nLovelace",j@example.org', "Ada Lovelace"),
        ("Ada\xa0Lovelace;j@example.org\n".encode(), "Ada Lovelace"),
    ],
)
def test_lists_are_understood_as_spreadsheets_write_them(raw: bytes, name: str) -> None:
    (row,) = rows_of(decoded(raw))
    assert (row.name, row.email) == (name, "j@example.org")


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"\n\n", b"name,e-mail\n", b"name,group\nAda,7a\n", b"PK\x03\x04rest", b"a\x00b@c.de",
        b"\x81\x8d\xff", b"\xff\xfea", b'"Ada,j@example.org\n', b"a@example.org\n" * (MAX_ROWS + 1),
    ],
)  # fmt: skip
def test_what_is_no_list_is_refused(teacher: User, raw: bytes) -> None:
    with pytest.raises(InvalidRequestError):
        rows_of(decoded(raw))
    (errors,) = re.findall(r'<ul class="errorlist"[^>]*>(.*?)</ul>', look(teacher, raw))
    assert errors.count("<li>") == 1


def test_large_file_is_refused(teacher: User) -> None:
    assert "larger than 256 KiB" in look(teacher, b"a" * (MAX_BYTES + 1))


def test_dead_mail_server_is_given_up(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        settings.EMAIL_PORT = closed.getsockname()[1]
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    letters = [mail.EmailMessage("a", "b", to=["c@example.org"]) for _ in range(9)]
    with caplog.at_level("INFO", "staff.letters"):
        send_in_background(letters)
        wait_for_letters()
    assert caplog.text.count("could not be sent") == 5
    assert "0 of 9 sent" in caplog.text


def test_usernames_are_valid_and_free() -> None:
    make_user("ada")
    make_user("ada2")
    addresses = [
        "ada@example.org", "ada@example.com", "a@example.org", "J.R.R+x@example.org",
        f"{'x' * 60}@example.org", f"{'x' * 60}@example.com", "-@example.org", "josé@example.org",
        "Admin@example.org",
    ]  # fmt: skip
    names = free_usernames(addresses)
    assert names["ada@example.org"] == "ada3"
    assert names["ada@example.com"] == "ada4"
    assert names["a@example.org"] == "student_a"
    assert names["josé@example.org"] == "jose"
    assert names["Admin@example.org"] == "student_admin"
    assert len(set(names.values())) == len(addresses)
    for name in names.values():
        User(username=name, email="", password="x").clean_fields()


def test_a_thousand_rows_take_few_queries(
    teacher: User, confirm: Any, django_assert_max_num_queries: Any
) -> None:
    rows = "".join(f"Student {n},student{n}@example.org,7a\n" for n in range(MAX_ROWS))
    with django_assert_max_num_queries(25):
        look(teacher, rows)
    confirm(teacher, rows)
    assert Membership.objects.count() == MAX_ROWS
    assert len(mail.outbox) == MAX_ROWS
