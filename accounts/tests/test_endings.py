"""What ends tokens and sessions before their time."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import AccessToken

from accounts.authentication import token_for_user
from accounts.models import User
from accounts.services import user_deactivate, user_for_token, user_log_out_everywhere
from accounts.tests.factories import PASSWORD, make_user
from cloudrun.errors import NotAuthenticatedError

pytestmark = pytest.mark.django_db

NEW_PASSWORD = "staple after staple"


def set_password(user: User) -> None:
    user.set_password(NEW_PASSWORD)
    user.save()


def bearer(token: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    assert client.get("/api/auth/me").status_code == 200
    return client


ENDINGS = [set_password, user_log_out_everywhere, user_deactivate]


@pytest.mark.parametrize("end", ENDINGS)
def test_tokens_and_sessions_end_at_once(end: Callable[[User], None]) -> None:
    user, other = make_user(), make_user("other")
    tokens = [token_for_user(user), token_for_user(user)]
    sessions = [browser(user), browser(user)]
    others = [bearer(token_for_user(other)), browser(other)]
    end(user)
    for token in tokens:
        answer = bearer(token).get("/api/auth/me")
        assert answer.status_code == 401
        assert isinstance(answer.json()["detail"], str)
        with pytest.raises(NotAuthenticatedError):
            user_for_token(token)
    assert [session.get("/api/auth/me").status_code for session in sessions] == [401, 401]
    assert [client.get("/api/auth/me").status_code for client in others] == [200, 200]


def test_what_was_open_stays_ended_after_a_deactivation() -> None:
    user = make_user()
    token, session = token_for_user(user), browser(user)
    user_deactivate(user)
    user.is_active = True
    user.save()
    assert bearer(token).get("/api/auth/me").status_code == 401
    assert session.get("/api/auth/me").status_code == 401
    assert bearer(token_for_user(user)).get("/api/auth/me").status_code == 200


@pytest.mark.parametrize("stamp", [None, "", 5, "made up"])
def test_token_without_the_stamp_is_refused(stamp: Any) -> None:
    token = AccessToken.for_user(make_user())
    if stamp is not None:
        token["stamp"] = stamp
    assert bearer(str(token)).get("/api/auth/me").status_code == 401


def test_other_changes_of_the_user_end_nothing() -> None:
    user = make_user()
    client = bearer(token_for_user(user))
    user.display_name, user.email = "Countess", "countess@example.org"
    user.save()
    assert client.get("/api/auth/me").status_code == 200


class TestLogoutEverywhere:
    def test_by_token(self) -> None:
        user = make_user()
        token, session = token_for_user(user), browser(user)
        assert bearer(token).post("/api/auth/logout-everywhere").status_code == 200
        assert bearer(token).get("/api/auth/me").status_code == 401
        assert session.get("/api/auth/me").status_code == 401

    def test_sessions_leave_the_list(self) -> None:
        user = make_user()
        Client().post("/accounts/login/", {"login": "ada", "password": PASSWORD})
        assert UserSession.objects.filter(user=user).count() == 1
        user_log_out_everywhere(user)
        assert not UserSession.objects.exists()
        assert not Session.objects.exists()

    def test_by_session(self) -> None:
        session = browser(make_user())
        origin = {"Origin": "http://testserver"}
        assert session.post("/api/auth/logout-everywhere", headers=origin).status_code == 200
        assert session.get("/api/auth/me").status_code == 401

    def test_session_must_prove_that_its_page_asks(self) -> None:
        session = Client(enforce_csrf_checks=True)
        session.force_login(make_user())
        origin = {"Origin": "http://testserver"}
        assert session.post("/api/auth/logout-everywhere", headers=origin).status_code == 403
        assert session.get("/api/auth/me").status_code == 200

    def test_is_nobodys_without_a_login(self, api: APIClient) -> None:
        assert api.post("/api/auth/logout-everywhere").status_code == 401


class TestPassword:
    def change(self, client: APIClient, **changes: Any) -> Any:
        body = {"current_password": PASSWORD, "new_password": NEW_PASSWORD} | changes
        return client.post("/api/auth/password", body, "json")

    def test_answer_has_the_token_that_works_from_now_on(self, api: APIClient) -> None:
        user = make_user()
        old, session = bearer(token_for_user(user)), browser(user)
        answer = self.change(old)
        assert answer.status_code == 200
        assert bearer(answer.json()["token"]).get("/api/auth/me").json() == answer.json()["user"]
        assert old.get("/api/auth/me").status_code == 401
        assert session.get("/api/auth/me").status_code == 401
        for password, status in ((PASSWORD, 401), (NEW_PASSWORD, 200)):
            body = {"username": "ada", "password": password}
            assert api.post("/api/auth/login", body, "json").status_code == status

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("current_password", "wrong"),
            ("current_password", 5),
            ("new_password", "short"),
            ("new_password", "ada@example.org"),
            ("new_password", "x" * 5000),
            ("new_password", None),
        ],
    )
    def test_bad_value_is_a_400_and_changes_nothing(self, field: str, value: Any) -> None:
        client = bearer(token_for_user(make_user()))
        answer = self.change(client, **{field: value})
        assert answer.status_code == 400
        assert {error["field"] for error in answer.json()["errors"]} == {field}
        assert client.get("/api/auth/me").status_code == 200

    def test_current_one_cannot_be_guessed_with_a_stolen_token(self) -> None:
        client = bearer(token_for_user(make_user()))
        guesses = [self.change(client, current_password=f"no {n}").status_code for n in range(12)]
        assert guesses == [400] * 10 + [429] * 2


class TestAdmin:
    @pytest.fixture
    def root(self) -> Client:
        return browser(make_user("root", is_staff=True, is_superuser=True))

    @pytest.mark.parametrize("action", ["deactivate", "log_out_everywhere"])
    def test_action_ends_tokens(self, root: Client, action: str) -> None:
        user = make_user()
        client = bearer(token_for_user(user))
        form = {"action": action, "_selected_action": [user.pk], "confirmed": "yes"}
        assert root.post("/admin/accounts/user/", form).status_code == 302
        assert client.get("/api/auth/me").status_code == 401
        user.refresh_from_db()
        assert user.is_active == (action != "deactivate")
        assert root.get("/api/auth/me").status_code == 200

    def test_unticked_active_ends_tokens_for_good(self, root: Client) -> None:
        user = make_user()
        stamp = user.stamp
        form = {
            "username": "ada",
            "email": "ada@example.org",
            "date_joined_0": "2026-01-01",
            "date_joined_1": "00:00:00",
        }
        assert root.post(f"/admin/accounts/user/{user.pk}/change/", form).status_code == 302
        user.refresh_from_db()
        assert not user.is_active
        assert user.stamp != stamp
