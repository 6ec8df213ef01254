"""Settings of the editor: whose they are, what they may be."""

import pytest
from django.test import Client

from ide.models import EditorSettings
from ide.tests.makers import make_client, make_user, make_workspace

pytestmark = pytest.mark.django_db

GOOD = {
    "keymap": "vim",
    "indent": "2",
    "font_size": "16",
    "wrap": "true",
    "lint": "true",
    "assistant": "true",
}


def test_settings_are_kept_and_come_with_each_page() -> None:
    user = make_user()
    client = make_client(user)
    assert client.get("/").context["page_data"]["settings"] is None
    kept = {
        "keymap": "vim",
        "indent": 2,
        "font_size": 16,
        "wrap": True,
        "lint": True,
        "assistant": True,
    }
    assert client.post("/settings/editor", GOOD).json() == kept
    assert client.get("/").context["page_data"]["settings"] == kept
    workspace = make_workspace(user)
    assert client.get(f"/w/{workspace.pk}").context["page_data"]["settings"] == kept
    assert client.post("/settings/editor", GOOD | {"wrap": "false"}).json()["wrap"] is False
    assert EditorSettings.objects.get().wrap is False


def test_each_user_has_their_own() -> None:
    make_client(make_user("ada")).post("/settings/editor", GOOD)
    assert make_client(make_user("grace")).get("/").context["page_data"]["settings"] is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("keymap", "nano"),
        ("keymap", ""),
        ("indent", "3"),
        ("indent", "x" * 5000),
        ("font_size", "-1"),
        ("font_size", "9" * 5000),
        ("font_size", "\x00"),
    ],
)
def test_what_cannot_be_is_named(field: str, value: str) -> None:
    user = make_user()
    answer = make_client(user).post("/settings/editor", GOOD | {field: value})
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert not EditorSettings.objects.exists()


def test_guest_keeps_them_in_the_browser_alone() -> None:
    client = Client()
    assert client.get("/").context["page_data"]["settings"] is None
    assert client.post("/settings/editor", GOOD).status_code == 401


def test_page_of_before_an_update_changes_what_it_knows() -> None:
    client = make_client(make_user())
    old = {name: value for name, value in GOOD.items() if name != "assistant"}
    assert client.post("/settings/editor", old).json()["assistant"] is True
    client.post("/settings/editor", GOOD | {"assistant": "false"})
    assert client.post("/settings/editor", old).json()["assistant"] is False


def has_assistant(client: Client, path: str = "/") -> bool:
    page = client.get(path)
    is_there = page.context["has_assistant"]
    text = page.content.decode()
    for sign in ('data-tab="assistant"', 'data-panel="assistant"', 'data-show-pane="assistant"'):
        assert (sign in text) is is_there
    return bool(is_there)


def test_assistant_that_is_off_is_on_no_page() -> None:
    user = make_user()
    client, workspace = make_client(user), make_workspace(user)
    client.cookies["assistant"] = "off"
    assert not has_assistant(client), "the browser's word, until the account has one"
    client.post("/settings/editor", GOOD)
    assert has_assistant(client)
    client.cookies["assistant"] = ""
    client.post("/settings/editor", GOOD | {"assistant": "false"})
    for path in ("/", f"/w/{workspace.pk}"):
        assert not has_assistant(client, path)
        assert client.get(path).context["page_data"]["assistant"]["enabled"] is False


def test_guest_has_no_assistant_where_the_browser_says_so() -> None:
    client = Client()
    assert has_assistant(client)
    client.cookies["assistant"] = "off"
    assert not has_assistant(client)


def test_settings_are_changed_by_the_site_alone() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user())
    assert client.post("/settings/editor", GOOD).status_code == 403
    assert client.get("/settings/editor").status_code == 405
