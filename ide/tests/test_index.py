import json
import re

import pytest
from django.test import Client

from ide import views
from sandbox.languages import LANGUAGES
from sandbox.runners.choose import Choice

pytestmark = pytest.mark.django_db


class NoRunnerService:
    """A machine without any sandbox."""

    async def choice(self) -> Choice:
        return Choice(None, "There is neither Docker nor bubblewrap.")


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
    html = client.get("/").content.decode()
    assert "Not available: There is neither Docker nor bubblewrap." in html
    assert "No sandbox" in html


def test_guest_gets_a_session_that_is_stored(client: Client) -> None:
    client.get("/")
    key = client.session.session_key
    assert key
    assert client.session.exists(key)
    client.get("/")
    assert client.session.session_key == key


def test_forged_session_key_is_replaced(client: Client) -> None:
    client.cookies["sessionid"] = "a" * 32
    client.get("/")
    assert client.cookies["sessionid"].value != "a" * 32


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


def test_page_answers_to_reading_only(client: Client) -> None:
    assert client.post("/").status_code == 405
