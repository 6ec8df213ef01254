import json
import re

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core import mail
from django.test import Client
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.forms import SignupForm
from accounts.models import User
from accounts.services import user_register
from accounts.tests.factories import PASSWORD
from accounts.tests.site.pages import SIGN_UP, errors_of, log_in, sign_up, user_of

pytestmark = pytest.mark.django_db


def test_new_user_is_logged_in_and_stored_as_the_api_does(client: Client) -> None:
    response = sign_up(client, display_name="Ada Lovelace")
    assert (response.status_code, response["Location"]) == (302, "/")
    user = user_of(client)
    assert user is not None
    assert (user.username, user.email) == ("ada_l", "ada@example.org")
    assert user.display_name == "Ada Lovelace"
    address = EmailAddress.objects.get()
    assert (address.user, address.email, address.primary) == (user, "ada@example.org", True)
    assert not address.verified


def test_theme_of_the_guest_is_kept_with_the_account(client: Client) -> None:
    client.cookies["theme"] = "dark"
    sign_up(client)
    assert User.objects.get().theme == "dark"
    # From here on the account's own counts, wherever they log in.
    other = Client()
    other.cookies["theme"] = "light"
    log_in(other, "ada_l")
    assert User.objects.get().theme == "dark"


def test_theme_of_the_guest_is_kept_where_the_account_has_none() -> None:
    user_register(username="eve", email="eve@example.org", password=PASSWORD)
    for chosen, kept in (("blue", ""), ("light", "light")):
        client = Client()
        client.cookies["theme"] = chosen
        assert log_in(client, "eve").status_code == 302
        assert User.objects.get().theme == kept


def test_site_and_api_make_the_same_account(client: Client) -> None:
    sign_up(client)
    by_site = User.objects.get()
    by_api = user_register(username="Eve_L", email="Eve@Example.org", password=PASSWORD)
    assert (by_site.display_name, by_api.display_name) == ("Ada_L", "Eve_L")
    assert list(EmailAddress.objects.values_list("user", "email", "primary", "verified")) == [
        (by_site.pk, "ada@example.org", True, False),
        (by_api.pk, "eve@example.org", True, False),
    ]


def test_account_of_the_site_logs_in_by_the_api(client: Client, api: APIClient) -> None:
    sign_up(client)
    for name in ("ADA_L", "ada@example.org"):
        body = json.dumps({"username": name, "password": PASSWORD})
        response = api.post("/api/auth/login", body, content_type="application/json")
        assert response.status_code == 200


def test_account_of_the_api_logs_in_on_the_site(api: APIClient) -> None:
    body = json.dumps({"username": "Ada", "email": "Ada@Example.org", "password": PASSWORD})
    api.post("/api/auth/register", body, content_type="application/json")
    for name in ("ADA", "ADA@example.org"):
        client = Client()
        assert log_in(client, name).status_code == 302
        assert user_of(client) == User.objects.get()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"username": "ADA_l", "email": "new@example.org"}, "username"),
        ({"username": "new", "email": "aDa@example.ORG"}, "email"),
    ],
)
def test_name_taken_in_other_letter_case_is_named(changes: dict[str, str], field: str) -> None:
    sign_up(Client())
    response = sign_up(Client(), **changes)
    assert set(errors_of(response)) == {field}
    assert "taken" in errors_of(response)[field][0]
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    "username", ["ab", "a" * 31, "a b", "añb", "ada-l", "ada\n", "ada\x00", ""]
)
def test_username_rule_is_that_of_the_api(client: Client, username: str) -> None:
    response = sign_up(client, username=username)
    # A form's text is trimmed, so that a trailing newline is none.
    assert User.objects.count() == (1 if username == "ada\n" else 0)
    if username != "ada\n":
        assert "username" in errors_of(response)


@pytest.mark.parametrize(
    "password", ["short1!", "password123", "8675309867", "ada_l_ada", "x" * 4097]
)
def test_weak_password_is_refused_beside_its_field(client: Client, password: str) -> None:
    response = sign_up(client, password1=password)
    assert set(errors_of(response)) == {"password1"}
    field = re.search(r'<input type="password"[^>]*>', response.content.decode())
    assert field
    assert 'aria-invalid="true"' in field[0]
    assert 'autocomplete="new-password"' in field[0]
    assert "id_password1_error" in field[0]
    assert 'id="id_password1_error"' in response.content.decode()


def test_name_taken_while_the_form_is_sent_is_said(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_up(Client())
    monkeypatch.setattr(SignupForm, "clean_username", lambda form: form.cleaned_data["username"])
    response = client.post("/accounts/signup/", SIGN_UP | {"email": "b@example.org"}, follow=True)
    assert b"This username is taken." in response.content
    assert User.objects.count() == 1


@pytest.mark.parametrize("username", ["admin", "Root", "SUPPORT"])
def test_reserved_username_is_refused(client: Client, username: str) -> None:
    assert "reserved" in errors_of(sign_up(client, username=username))["username"][0]
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "name", ["\u202eadA", "Ada\u2066", "A\u200bda", "\ufeffAda", "\u200c", "\u3164"]
)
def test_characters_that_cannot_be_seen_are_refused(client: Client, name: str) -> None:
    assert "cannot be seen" in errors_of(sign_up(client, display_name=name))["display_name"][0]
    assert not User.objects.exists()


@pytest.mark.parametrize("name", ["क्\u200dष", "Ada 👩\u200d💻", "עדה", "José"])
def test_names_of_every_script_are_taken(client: Client, name: str) -> None:
    sign_up(client, display_name=name)
    assert User.objects.get().display_name == name


def test_script_in_a_display_name_is_only_text(client: Client) -> None:
    sign_up(client, display_name="<script>alert(1)</script>")
    page = client.get("/accounts/profile/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_class_signs_up_and_logs_in_from_one_address() -> None:
    names = [f"pupil_{number}" for number in range(40)]
    for name in names:
        assert sign_up(Client(), username=name, email=f"{name}@example.org").status_code == 302
    assert {log_in(Client(), name).status_code for name in names} == {302}


def test_too_many_sign_ups_from_an_address_are_refused(settings: Settings) -> None:
    settings.SIGNUPS_PER_HOUR = 1
    sign_up(Client())
    response = sign_up(Client(), username="new", email="new@example.org")
    assert response.status_code == 429
    assert User.objects.count() == 1


def test_names_are_not_gone_through(client: Client, settings: Settings) -> None:
    settings.SIGNUPS_PER_HOUR = 2
    statuses = [
        sign_up(client, username=f"name{number}", password1="x").status_code for number in range(11)
    ]
    assert statuses == [200] * 10 + [429]


def test_sign_up_needs_the_csrf_token() -> None:
    assert sign_up(Client(enforce_csrf_checks=True)).status_code == 403
    assert not User.objects.exists()


def test_form_carries_what_a_password_manager_needs(client: Client) -> None:
    page = client.get("/accounts/signup/").content.decode()
    found = re.findall(r'<input[^>]*autocomplete="([^"]+)"', page)
    assert found == ["username", "email", "nickname", "new-password"]


def test_letter_asks_to_confirm_the_address(client: Client) -> None:
    sign_up(client)
    letter = mail.outbox[0]
    assert letter.to == ["ada@example.org"]
    link = re.search(rf"{settings.SITE_URL}(/accounts/confirm-email/\S+/)", str(letter.body))
    assert link
    other = Client()  # on another device
    assert b"Confirm" in other.get(link[1]).content
    other.post(link[1])
    assert EmailAddress.objects.get().verified


def test_unconfirmed_link_that_is_made_up_confirms_nothing(client: Client) -> None:
    sign_up(client)
    assert client.post("/accounts/confirm-email/made-up/").status_code in {302, 404}
    assert not EmailAddress.objects.get().verified
