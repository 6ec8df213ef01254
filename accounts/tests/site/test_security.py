"""Passwords, second factors and sessions, once somebody is logged in."""

import json
import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tests.authenticator_app import code_of
from accounts.tests.factories import PASSWORD, make_user
from accounts.tests.site.pages import errors_of, log_in, reauthenticate, user_of

pytestmark = pytest.mark.django_db

NEW = "staple after staple"


@pytest.fixture
def ada_in(client: Client, ada: User) -> Client:
    log_in(client)
    return client


def activate_totp(client: Client) -> str:
    """The secret of an authenticator app that is now asked for at the login."""
    reauthenticate(client)
    page = client.get("/accounts/2fa/totp/activate/")
    secret = str(page.context["form"].secret)
    response = client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)})
    assert response.status_code == 302
    return secret


class TestPassword:
    def change(self, client: Client, old: str = PASSWORD, new: str = NEW) -> object:
        body = {"oldpassword": old, "password1": new, "password2": new}
        return client.post("/accounts/password/change/", body)

    def test_change_ends_the_other_sessions_and_keeps_this(self, ada_in: Client, ada: User) -> None:
        log_in(other := Client())
        assert self.change(ada_in)["Location"] == "/accounts/profile/"  # type: ignore[index]
        assert ada_in.get("/accounts/profile/").status_code == 200
        assert other.get("/accounts/profile/").status_code == 302
        assert log_in(Client(), password=PASSWORD).status_code == 200
        assert log_in(Client(), password=NEW).status_code == 302

    def test_wrong_current_password_changes_nothing(self, ada_in: Client) -> None:
        assert "oldpassword" in errors_of(self.change(ada_in, old="wrong"))
        assert log_in(Client()).status_code == 302

    def test_weak_new_password_is_refused(self, ada_in: Client) -> None:
        assert "password1" in errors_of(self.change(ada_in, new="12345678"))

    def test_who_has_none_sets_one(self, client: Client) -> None:
        user = make_user(password=None)
        client.force_login(user)
        assert client.get("/accounts/password/change/")["Location"] == "/accounts/password/set/"
        client.post("/accounts/password/set/", {"password1": NEW, "password2": NEW})
        assert log_in(Client(), password=NEW).status_code == 302


def enter(client: Client, code: str) -> Any:
    """Answer the login's question for a code."""
    return client.post("/accounts/2fa/authenticate/", {"code": code})


def assert_refused_with_the_form(response: Any) -> None:
    assert response.status_code == 429
    assert 1 <= int(response["Retry-After"]) <= 300
    assert response["RateLimit"].startswith('"second-factor";r=0;t=')
    page = response.content.decode()
    assert "Too many failed attempts" in page
    assert re.search(r'<input[^>]*autocomplete="one-time-code"', page)


class TestSecondFactor:
    @pytest.mark.parametrize("spaced", [False, True])
    def test_code_that_sets_the_app_up_lets_nobody_in(self, ada_in: Client, spaced: bool) -> None:
        code = code_of(activate_totp(ada_in))
        client = Client()
        log_in(client)
        response = enter(client, f"{code[:3]} {code[3:]}" if spaced else code)
        assert errors_of(response) == {"code": ["This code has been used. Wait for the next one."]}
        assert user_of(client) is None

    def test_activation_asks_for_the_password(self, ada_in: Client) -> None:
        response = ada_in.get("/accounts/2fa/totp/activate/")
        assert response["Location"].startswith("/accounts/reauthenticate/?next=")

    def test_login_then_asks_for_a_code(self, ada_in: Client, ada: User) -> None:
        secret = activate_totp(ada_in)
        client = Client()
        assert (
            log_in(client, next="/accounts/profile/")["Location"] == "/accounts/2fa/authenticate/"
        )
        assert user_of(client) is None
        assert client.get("/accounts/profile/").status_code == 302
        page = client.get("/accounts/2fa/authenticate/").content.decode()
        assert re.search(r'<input[^>]*autocomplete="one-time-code"', page)
        client.post("/accounts/2fa/authenticate/", {"code": "000000"})
        assert user_of(client) is None
        code = code_of(secret, periods_ahead=1)  # the one that activated is used up
        response = client.post("/accounts/2fa/authenticate/", {"code": code})
        assert response["Location"] == "/accounts/profile/"
        assert user_of(client) == ada

    def test_code_holds_once_however_late_it_comes_again(self, ada_in: Client, ada: User) -> None:
        secret = activate_totp(ada_in)
        code = code_of(secret, periods_ahead=1)
        for user in (ada, None):
            client = Client()
            log_in(client)
            # allauth itself remembers it for half a minute only.
            cache.delete(f"allauth.mfa.totp.used?user={ada.pk}&code={code}")
            client.post("/accounts/2fa/authenticate/", {"code": code})
            assert user_of(client) == user

    def test_api_asks_for_a_code_too(self, ada_in: Client, api: APIClient) -> None:
        secret = activate_totp(ada_in)
        body = {"username": "ada", "password": PASSWORD}
        for code in ({}, {"code": "000000"}):
            response = api.post("/api/auth/login", body | code, format="json")
            assert response.status_code == 401
            assert response.json()["code"] == "second_factor_required"
        wrong = api.post("/api/auth/login", body | {"password": "wrong"}, format="json")
        assert wrong.json()["code"] == "not_authenticated"
        code = {"code": code_of(secret, periods_ahead=1)}
        response = api.post("/api/auth/login", body | code, format="json")
        assert response.status_code == 200
        assert not response.cookies
        assert api.post("/api/auth/login", body | code, format="json").status_code == 401

    def test_api_takes_a_recovery_code_once(self, ada_in: Client, api: APIClient) -> None:
        activate_totp(ada_in)
        codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
        body = {"username": "ada", "password": PASSWORD, "code": codes[0]}
        statuses = [api.post("/api/auth/login", body, format="json").status_code for _ in range(2)]
        assert statuses == [200, 401]

    def test_codes_are_not_guessed_by_the_api(self, ada_in: Client, api: APIClient) -> None:
        secret = activate_totp(ada_in)
        body = {"username": "ada", "password": PASSWORD, "code": "000000"}
        for _ in range(10):
            api.post("/api/auth/login", body, format="json")
        body["code"] = code_of(secret, periods_ahead=1)
        response = api.post("/api/auth/login", body, format="json")
        assert response.status_code == 429
        assert int(response["Retry-After"]) <= 300

    def test_codes_are_not_guessed(self, ada_in: Client) -> None:
        secret = activate_totp(ada_in)
        client = Client()
        log_in(client)
        for _ in range(10):
            assert enter(client, "000000").status_code == 200
        response = enter(client, code_of(secret, periods_ahead=1))
        assert_refused_with_the_form(response)
        assert user_of(client) is None

    def test_codes_are_not_guessed_by_a_session_that_somebody_took(
        self, ada_in: Client, settings: Settings
    ) -> None:
        settings.LOGIN_FAILURES = 3  # fewer than allauth lets through to any form of this kind
        activate_totp(ada_in)
        path = "/accounts/2fa/reauthenticate/"
        for _ in range(3):
            assert ada_in.post(path, {"code": "000000"}).status_code == 200
        assert_refused_with_the_form(ada_in.post(path, {"code": "000000"}))

    def test_recovery_code_holds_once(self, ada_in: Client, ada: User) -> None:
        activate_totp(ada_in)
        codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
        assert codes[0] in ada_in.get("/accounts/2fa/recovery-codes/").content.decode()
        for user in (ada, None):
            client = Client()
            log_in(client)
            client.post("/accounts/2fa/authenticate/", {"code": codes[0]})
            assert user_of(client) == user

    def test_recovery_codes_are_shown_to_their_owner_only(
        self, ada_in: Client, grace: User
    ) -> None:
        activate_totp(ada_in)
        client = Client()
        log_in(client, "grace")
        reauthenticate(client)
        assert client.get("/accounts/2fa/recovery-codes/").status_code in {302, 404}

    def test_deactivation_lets_the_password_do_again(self, ada_in: Client) -> None:
        activate_totp(ada_in)
        ada_in.post("/accounts/2fa/totp/deactivate/")
        assert log_in(Client())["Location"] == "/"

    def test_passkey_of_somebody_else_is_not_found(self, ada_in: Client, grace: User) -> None:
        key = Authenticator.objects.create(user=grace, type="webauthn", data={"name": "hers"})
        reauthenticate(ada_in)
        for page in ("edit", "remove"):
            path = f"/accounts/2fa/webauthn/keys/{key.pk}/{page}/"
            assert ada_in.get(path).status_code == 404
            assert ada_in.post(path, {"name": "mine"}).status_code == 404
        assert Authenticator.objects.filter(pk=key.pk).exists()

    def test_passkey_login_offers_a_challenge_and_takes_no_nonsense(self, client: Client) -> None:
        path = "/accounts/2fa/webauthn/login/"
        answer = client.get(path, headers={"accept": "application/json"})
        assert json.loads(answer.content)["request_options"]["publicKey"]["challenge"]
        for credential in ("", "{", "{}", "[]", "null", '{"rawId": 5}'):
            assert client.post(path, {"credential": credential}).status_code < 500
            assert user_of(client) is None


class TestSessions:
    def test_list_shows_where_one_is_logged_in(self, ada_in: Client) -> None:
        firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
        log_in(Client(headers={"user-agent": firefox}))
        page = ada_in.get("/accounts/sessions/").content.decode()
        assert "Firefox on Linux" in page
        assert "This one" in page

    def test_one_session_is_ended(self, ada_in: Client, ada: User) -> None:
        log_in(other := Client())
        log_in(third := Client())
        session = UserSession.objects.get(session_key=other.session.session_key)
        ada_in.post(f"/accounts/sessions/{session.pk}/end/")
        assert other.get("/accounts/profile/").status_code == 302
        assert third.get("/accounts/profile/").status_code == 200

    def test_current_session_is_ended_by_logging_out(self, ada_in: Client) -> None:
        session = UserSession.objects.get()
        assert ada_in.post(f"/accounts/sessions/{session.pk}/end/")["Location"] == "/"
        assert user_of(ada_in) is None

    def test_all_others_are_ended(self, ada_in: Client) -> None:
        log_in(other := Client())
        ada_in.post("/accounts/sessions/")
        assert other.get("/accounts/profile/").status_code == 302
        assert ada_in.get("/accounts/profile/").status_code == 200

    def test_session_of_somebody_else_is_not_found(self, ada_in: Client, grace: User) -> None:
        log_in(hers := Client(), "grace")
        session = UserSession.objects.get(user=grace)
        assert ada_in.post(f"/accounts/sessions/{session.pk}/end/").status_code == 404
        assert hers.get("/accounts/profile/").status_code == 200

    def test_ending_takes_a_post_with_its_token(self, ada: User) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(ada)
        assert client.get("/accounts/sessions/1/end/").status_code == 405
        assert client.post("/accounts/sessions/1/end/").status_code == 403


class TestProfile:
    def test_display_name_is_changed(self, ada_in: Client, ada: User) -> None:
        page = ada_in.post("/accounts/profile/", {"display_name": " Countess "}, follow=True)
        assert b"Your profile is saved." in page.content
        ada.refresh_from_db()
        assert ada.display_name == "Countess"

    def test_empty_one_is_the_username(self, ada_in: Client, ada: User) -> None:
        ada_in.post("/accounts/profile/", {"display_name": "  "})
        ada.refresh_from_db()
        assert ada.display_name == "ada"

    def test_nothing_else_is(self, ada_in: Client, ada: User) -> None:
        body = {"display_name": "x", "username": "root", "email": "x@y.z", "is_staff": "on"}
        ada_in.post("/accounts/profile/", body)
        ada.refresh_from_db()
        assert (ada.username, ada.email, ada.is_staff) == ("ada", "ada@example.org", False)

    @pytest.mark.parametrize("name", ["x" * 101, "a\x00b", "a\u202eb", "a\u200bb", "\u200d"])
    def test_bad_one_is_refused(self, ada_in: Client, name: str) -> None:
        response = ada_in.post("/accounts/profile/", {"display_name": name})
        assert "display_name" in errors_of(response)
