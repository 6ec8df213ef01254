"""What is done to many users at once: asked about first, to all whom the list's filters name."""

import re
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from html import unescape
from threading import enumerate as threads
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.core import mail
from django.test import Client
from pytest_django import Settings

from accounts.models import AuditEntry, User
from accounts.tests.factories import make_user
from staff.tests.makers import client_of, make_run

pytestmark = pytest.mark.django_db
LIST = "/admin/accounts/user/"
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


@pytest.fixture
def client() -> Client:
    return client_of(User.objects.create_superuser("root", "root@example.org", "x"))


@pytest.fixture
def hanging_mail(settings: Settings) -> Iterator[None]:
    """A mail server that takes connections and says nothing."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.getsockname()
        settings.EMAIL_TIMEOUT = 3
        yield
    wait_for_letters()


def wait_for_letters() -> None:
    for thread in threads():
        if thread.name == "letters":
            thread.join(30)


def make_users(number: int, **columns: Any) -> list[User]:
    names = [f"pupil_{index:04}" for index in range(number)]
    return User.objects.bulk_create(
        User(username=name, email=f"{name}@example.org", **columns) for name in names
    )


def choice(action: str, users: list[User], **more: str) -> dict[str, Any]:
    """What the list sends."""
    ticked = [user.pk for user in users[:100]]
    return {"action": action, "index": "0", "_selected_action": ticked, **more}


def confirm(client: Client, address: str, page: str) -> Any:
    data: dict[str, Any] = {"confirmed": "Yes"}
    for name, value in HIDDEN.findall(page):
        data.setdefault(name, []).append(unescape(value))
    return client.post(address, data)


def told(answer: Any) -> str:
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


def test_more_than_a_thousand_are_deactivated_at_once(client: Client) -> None:
    pupils, other = make_users(1_100), make_user("other")
    address = f"{LIST}?q=pupil"
    page = client.post(address, choice("deactivate", pupils, select_across="1")).content.decode()
    assert "Deactivate 1,100 users?" in page
    assert "This is for all 1,100, with these among them:" in page
    assert User.objects.filter(is_active=False).count() == 0
    assert "1,090 more" in told(confirm(client, address, page))
    assert User.objects.filter(is_active=False).count() == 1_100
    other.refresh_from_db()
    assert other.is_active


def test_only_those_who_were_asked_about_are_logged_out(client: Client) -> None:
    (left, stays, late) = make_users(3)
    for user in (left, stays):
        make_run(user)
    address = f"{LIST}?outcome=completed"
    asked = choice("log_out_everywhere", [left], select_across="1")
    page = client.post(address, asked).content.decode()
    assert "Log 2 users out everywhere?" in page
    make_run(left, status="error", reason="exception")
    make_run(late)
    answer = confirm(client, address, page)
    assert told(answer) == "Logged out everywhere: pupil_0000, pupil_0001."
    assert answer.headers["Location"] == address
    subjects = AuditEntry.objects.filter(action="logged_out").values_list("subject", flat=True)
    assert set(subjects) == {left.pk, stays.pk}


def test_more_than_a_thousand_are_deleted_but_nobody_else(client: Client) -> None:
    pupils = make_users(1_100)
    address = f"{LIST}?q=pupil"
    asked = choice("delete_selected", pupils, select_across="1")
    page = client.post(address, asked).content.decode()
    assert "<li>Users: 1100</li>" in page
    make_user("pupil_late")
    data = {name: unescape(value) for name, value in HIDDEN.findall(page)}
    assert client.post(address, data).status_code == 302
    left = User.objects.values_list("username", flat=True)
    assert set(left) == {"root", "pupil_late"}


@pytest.mark.parametrize("number", [1, 2])
def test_links_are_not_called_sent_where_no_mail_is(
    client: Client, settings: Settings, number: int
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    page = client.post(LIST, choice("send_reset_link", make_users(number))).content.decode()
    assert "This server sends no mail: the letters are only written to its log." in page
    answer = confirm(client, LIST, page)
    wait_for_letters()
    (said,) = get_messages(answer.wsgi_request)
    assert (said.level_tag, str(said).partition(":")[0]) == ("warning", "This server sends no mail")
    entry = AuditEntry.objects.get(subject__username="pupil_0000")
    assert (entry.action, entry.what) == ("reset_link", "only in the server's log")


@pytest.mark.parametrize(
    ("action", "is_active"),
    [("log_out_everywhere", True), ("reactivate", False), ("send_reset_link", True)],
)
def test_many_are_asked_about_first(client: Client, action: str, is_active: bool) -> None:
    pupils = make_users(3, is_active=is_active)
    page = client.post(LIST, choice(action, pupils)).content.decode()
    assert "<li><bdi>pupil_0002</bdi></li>" in page
    assert not AuditEntry.objects.exclude(subject=None).exists()
    confirm(client, LIST, page)
    wait_for_letters()
    assert AuditEntry.objects.exclude(subject=None).count() == len(pupils)


@pytest.mark.parametrize(
    ("most", "words"), [(150, "Select all users, more than 150"), (500, "Select all 201 users")]
)
def test_all_are_counted_as_far_as_they_are_known(
    client: Client, monkeypatch: pytest.MonkeyPatch, most: int, words: str
) -> None:
    monkeypatch.setattr("staff.paging._MOST_COUNTED", most)
    make_users(200)
    assert words in client.get(LIST).content.decode()


def test_letters_to_many_keep_nobody_waiting(client: Client, hanging_mail: None) -> None:
    data = choice("send_reset_link", make_users(5), confirmed="Yes")
    begin = time.monotonic()
    answer = client.post(LIST, data)
    assert time.monotonic() - begin < 2
    assert "on their way: pupil_0000, " in told(answer)


def test_letter_to_one_that_cannot_be_sent_is_told(client: Client, hanging_mail: None) -> None:
    answer = client.post(LIST, choice("send_reset_link", make_users(1), confirmed="Yes"))
    assert told(answer) == "No link could be sent to pupil_0000: the mail server did not take it."
    assert AuditEntry.objects.get(subject__username="pupil_0000").action == "no_reset_link"


def test_link_of_a_letter_sets_a_password(client: Client) -> None:
    client.post(LIST, choice("send_reset_link", [make_user("sam")], confirmed="Yes"))
    (letter,) = mail.outbox
    assert letter.to == ["sam@example.org"]
    (path,) = re.findall(r"https?://[^/\s]+(/accounts/password/reset/key/\S+)", str(letter.body))
    visitor = Client()
    form = visitor.get(path).headers["Location"]
    new = "another horse battery"
    visitor.post(form, {"password1": new, "password2": new})
    assert User.objects.get(username="sam").check_password(new)
