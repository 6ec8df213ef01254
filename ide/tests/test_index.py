import json
import re
from typing import Any, cast

import pytest
from django.contrib.sessions.models import Session
from django.test import Client, override_settings

from accounts.models import User
from ide import views
from ide.tests.makers import make_client, make_user
from sandbox.languages import LANGUAGES, Language
from sandbox.runners.base import Runner
from sandbox.runners.choose import Choice

pytestmark = pytest.mark.django_db


class NoRunnerService:
    """A machine without any sandbox."""

    async def choice(self) -> Choice:
        return Choice(None, "There is neither Docker nor bubblewrap.")


class NetworkedRunner:
    """Runs every language, and gives a network to whoever may have one."""

    name = "networked"

    def network_problem(self) -> None:
        return None

    def availability(self, language: Language) -> None:
        return None

    def version(self, language: Language) -> str:
        return language.version


class NetworkedService:
    async def choice(self) -> Choice:
        return Choice(cast(Runner, NetworkedRunner()), "For the tests.")


@pytest.fixture(autouse=True)
def no_runner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "service", NoRunnerService)


def page_data(client: Client) -> dict[str, object]:
    html = client.get("/").content.decode()
    found = re.search(r'<script id="page-data" type="application/json">(.*?)</script>', html)
    assert found
    data = json.loads(found[1])
    assert isinstance(data, dict)
    return data


def test_page_holds_every_language_and_its_template(client: Client) -> None:
    data = page_data(client)
    templates = data["templates"]
    assert isinstance(templates, dict)
    assert templates == {id: language.template for id, language in LANGUAGES.items()}
    languages = data["languages"]
    assert isinstance(languages, list)
    assert [language["id"] for language in languages] == list(LANGUAGES)


def test_language_that_cannot_run_is_shown_with_its_reason(client: Client) -> None:
    languages = page_data(client)["languages"]
    assert isinstance(languages, list)
    python = next(language for language in languages if language["id"] == "python")
    assert (python["available"], python["reason"]) == (
        False,
        "There is neither Docker nor bubblewrap.",
    )
    assert "No sandbox" in client.get("/").content.decode()


def test_what_a_sign_up_has_to_say_is_said_once(client: Client) -> None:
    password = "correct horse battery"
    form = {"username": "ada", "email": "ada@example.org", "display_name": "Ada"}
    answer = client.post("/accounts/signup/", {**form, "password1": password})
    assert answer.headers["Location"] == "/"
    said = {"tone": "plain", "title": "Confirmation email sent to ada@example.org."}
    assert page_data(client)["messages"] == [said]
    assert page_data(client)["messages"] == []


def has_network(client: Client) -> bool:
    languages = page_data(client)["languages"]
    assert isinstance(languages, list)
    return any(language["network"] for language in languages)


def test_network_is_promised_to_those_who_get_it(
    client: Client, django_user_model: type[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not has_network(client)
    monkeypatch.setattr(views, "service", NetworkedService)
    with override_settings(GUEST_NETWORK=False):
        assert not has_network(client)
    with override_settings(GUEST_NETWORK=True):
        assert has_network(client)
    client.force_login(django_user_model.objects.create_user("ada", "ada@example.com", "secret"))
    with override_settings(GUEST_NETWORK=False):
        assert has_network(client)


def test_guest_gets_a_session_that_stays_and_takes_no_row(client: Client) -> None:
    client.get("/")
    key, guest = client.session.session_key, client.session["guest"]
    client.get("/")
    assert (client.session.session_key, client.session["guest"]) == (key, guest)
    client.cookies.clear()
    client.get("/")
    assert client.session["guest"] != guest
    assert not Session.objects.exists()


def test_guest_whose_session_holds_more_gets_a_row_and_another_key(client: Client) -> None:
    client.get("/")
    guest, old_key = client.session["guest"], client.cookies["sessionid"].value
    session = client.session
    session["more"] = 1
    session.save()
    assert session.session_key != old_key
    client.cookies["sessionid"] = str(session.session_key)
    assert dict(client.session.items()) == {"guest": guest, "more": 1}
    client.get("/")
    assert client.session.session_key == Session.objects.get().pk


def test_who_needs_no_session_as_a_guest_gets_none(client: Client, django_user_model: Any) -> None:
    with override_settings(GUEST_RUNS=False):
        client.get("/")
    assert not Session.objects.exists()
    client.force_login(django_user_model.objects.create_user("ada"))
    before = Session.objects.get().session_data
    client.get("/")
    assert Session.objects.get().session_data == before


@pytest.mark.parametrize("key", ["a" * 32, "guest" + "a" * 64, "guest" + "a" * 32])
def test_forged_session_key_is_replaced(client: Client, key: str) -> None:
    client.cookies["sessionid"] = key
    client.get("/")
    assert client.cookies["sessionid"].value != key
    assert client.session["guest"] != "a" * 32


def test_guest_who_logs_in_and_out_leaves_a_key_that_opens_nothing(
    client: Client, django_user_model: type[User]
) -> None:
    client.get("/")
    guest, old_key = client.session["guest"], client.cookies["sessionid"].value
    client.force_login(django_user_model.objects.create_user("ada"))
    assert client.session["guest"] == guest
    client.logout()
    client.cookies["sessionid"] = old_key
    assert list(client.session.keys()) == ["guest"]


def test_scripts_carry_the_nonce_of_the_policy(client: Client) -> None:
    response = client.get("/")
    nonce = re.search(r"'nonce-([^']+)'", response["Content-Security-Policy"])
    assert nonce
    scripts = re.findall(r"<script (?!id=\"page-data\")([^>]*)>", response.content.decode())
    assert scripts
    assert all(f'nonce="{nonce[1]}"' in script for script in scripts)
    assert "unsafe" not in response["Content-Security-Policy"]


def test_page_has_no_inline_style_or_handler(client: Client) -> None:
    html = client.get("/").content.decode()
    assert not re.search(r"\sstyle=|<style|\son\w+=", html)


@pytest.mark.parametrize(
    ("cookie", "drawn"),
    [("dark", 'data-theme="dark"'), ("light", 'data-theme="light"'), ('"><script>', None)],
)
def test_theme_of_the_cookie_is_drawn_by_the_server(
    client: Client, cookie: str, drawn: str | None
) -> None:
    client.cookies["theme"] = cookie
    html_tag = re.search(r"<html[^>]*>", client.get("/").content.decode())
    assert html_tag
    assert html_tag[0] == (f'<html lang="en" {drawn}>' if drawn else '<html lang="en">')


def test_theme_follows_the_account() -> None:
    user = make_user()
    phone, laptop = make_client(user), make_client(user)
    laptop.cookies["theme"] = "light"
    assert 'data-theme="light"' in laptop.get("/").content.decode()
    assert phone.post("/accounts/theme/", {"theme": "dark"}).status_code == 204
    for path in ("/", "/workspaces", "/accounts/profile/"):
        assert 'data-theme="dark"' in laptop.get(path).content.decode()
    assert phone.post("/accounts/theme/", {"theme": "system"}).status_code == 204
    assert "data-theme=" not in laptop.get("/").content.decode()


def test_theme_that_the_browser_could_not_send_yet_comes_first() -> None:
    client = make_client(make_user())
    client.post("/accounts/theme/", {"theme": "dark"})
    client.cookies["theme_unsent"] = "light"
    assert 'data-theme="light"' in client.get("/").content.decode()
    client.cookies["theme_unsent"] = "system"
    assert "data-theme=" not in client.get("/").content.decode()


@pytest.mark.parametrize("theme", ["", "blue", '"><script>'])
def test_another_theme_is_refused(theme: str) -> None:
    answer = make_client(make_user()).post("/accounts/theme/", {"theme": theme})
    assert answer.status_code == 400


def test_page_answers_to_reading_only(client: Client) -> None:
    assert client.post("/").status_code == 405
