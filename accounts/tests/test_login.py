import json
import threading
import time
from contextlib import suppress
from typing import Any

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.cache import caches
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.tests.factories import PASSWORD, make_user
from accounts.throttle import FailureLimit, LoginAttempt
from cloudrun.errors import RateLimitedError

pytestmark = pytest.mark.django_db


def login(
    api: APIClient, username: Any = "ada", password: Any = PASSWORD, address: str = "10.0.0.1"
) -> Any:
    body = json.dumps({"username": username, "password": password})
    return api.post("/api/auth/login", body, content_type="application/json", REMOTE_ADDR=address)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that stands still at the start of a window; the test moves it."""
    now = [float(int(time.time()) // 300 * 300 + 300)]
    monkeypatch.setattr("accounts.throttle.time.time", lambda: now[0])
    return now


class TestAnswer:
    @pytest.mark.parametrize("name", ["ada", "ADA", "ada@example.org", "Ada@EXAMPLE.org"])
    def test_either_name_in_any_letter_case_gets_a_working_token(
        self, api: APIClient, name: str
    ) -> None:
        user = make_user()
        response = login(api, name)
        assert response.status_code == 200
        assert response.json()["user"]["id"] == user.pk
        api.credentials(HTTP_AUTHORIZATION=f"Bearer {response.json()['token']}")
        assert api.get("/api/auth/me").json() == response.json()["user"]

    def test_login_counts_as_the_last_one(self, api: APIClient) -> None:
        user = make_user()
        login(api, password="wrong")
        user.refresh_from_db()
        assert user.last_login is None
        login(api)
        user.refresh_from_db()
        assert user.last_login is not None

    def test_no_cookie_is_set(self, api: APIClient) -> None:
        make_user()
        assert not login(api).cookies

    def test_token_is_not_to_be_cached(self, api: APIClient) -> None:
        make_user()
        assert login(api)["Cache-Control"] == "no-store"

    def test_expired_token_in_the_header_does_not_keep_its_owner_out(self, api: APIClient) -> None:
        make_user()
        api.credentials(HTTP_AUTHORIZATION="Bearer expired")
        assert login(api).status_code == 200

    def test_unknown_user_and_wrong_password_get_the_same_answer(self, api: APIClient) -> None:
        make_user()
        wrong, unknown = login(api, password="wrong"), login(api, "nobody")
        assert wrong.status_code == 401
        assert unknown.status_code == 401
        assert wrong.content == unknown.content
        ids = [answer.headers.pop("X-Request-ID") for answer in (wrong, unknown)]
        assert wrong.headers == unknown.headers
        assert ids[0] != ids[1]
        assert "Bearer" in wrong["WWW-Authenticate"]

    def test_deactivated_owner_is_told_so_and_nobody_else(self, api: APIClient) -> None:
        make_user(is_active=False)
        assert login(api).status_code == 403
        assert login(api, password="wrong").status_code == 401

    def test_empty_email_of_an_operator_is_no_name(self, api: APIClient) -> None:
        make_user(email="")
        assert login(api, "").status_code == 400
        assert login(api, "@").status_code == 401

    def test_user_without_a_usable_password_is_refused(self, api: APIClient) -> None:
        make_user(password=None)
        assert login(api, password="").status_code == 400
        assert login(api, password="!").status_code == 401

    @pytest.mark.parametrize("value", [None, 5, True, ["ada"], {"a": 1}, "a\x00b", "\ud800"])
    @pytest.mark.parametrize("field", ["username", "password"])
    def test_odd_value_is_refused(self, api: APIClient, field: str, value: Any) -> None:
        response = login(api, **{field: value})
        assert response.status_code == 400
        assert [error["field"] for error in response.json()["errors"]] == [field]

    def test_overlong_password_is_wrong(self, api: APIClient) -> None:
        make_user(password="x" * 5000)
        assert login(api, password="x" * 5000).status_code == 401
        assert login(api, password="x" * 10_000_000).status_code == 401


@pytest.mark.real_hasher
@pytest.mark.parametrize("name", ["ada", "locked", "nobody", "nobody@example.org", "x" * 200])
def test_wrong_password_costs_one_hash_whoever_is_asked_for(
    api: APIClient, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    make_user()
    make_user("locked", is_active=False)
    hashed: list[int] = []
    encode = PBKDF2PasswordHasher.encode

    def counting(self: Any, password: str, salt: str, iterations: int | None = None) -> str:
        hashed.append(iterations or self.iterations)
        return encode(self, password, salt, 1)

    monkeypatch.setattr(PBKDF2PasswordHasher, "encode", counting)
    assert login(api, name, "wrong").status_code == 401
    assert hashed == [PBKDF2PasswordHasher.iterations]


class TestRepeatedFailures:
    def fail(self, api: APIClient, times: int, **call: Any) -> None:
        for _ in range(times):
            assert login(api, **({"password": "wrong"} | call)).status_code == 401

    def test_eleventh_guess_is_refused_even_if_right(
        self, api: APIClient, clock: list[float]
    ) -> None:
        make_user()
        self.fail(api, 10)
        clock[0] += 100
        response = login(api)
        assert response.status_code == 429
        assert response["Retry-After"] == "200"

    def test_refusal_ends_when_it_said(self, api: APIClient, clock: list[float]) -> None:
        make_user()
        self.fail(api, 10)
        clock[0] += int(login(api)["Retry-After"])
        assert login(api).status_code == 200

    @pytest.mark.usefixtures("clock")
    def test_owner_gets_in_from_another_address(self, api: APIClient) -> None:
        make_user()
        self.fail(api, 10)
        assert login(api, address="10.0.0.2").status_code == 200

    @pytest.mark.usefixtures("clock")
    def test_other_letter_case_is_the_same_account(self, api: APIClient) -> None:
        make_user()
        self.fail(api, 5, username="ada")
        self.fail(api, 5, username="ADA")
        assert login(api, "Ada").status_code == 429

    @pytest.mark.usefixtures("clock")
    def test_unknown_user_is_refused_after_as_many(self, api: APIClient) -> None:
        self.fail(api, 10, username="nobody")
        assert login(api, "nobody").status_code == 429

    @pytest.mark.usefixtures("clock")
    def test_username_that_reads_like_a_count_of_another_is_its_own(self, api: APIClient) -> None:
        user = make_user()
        self.fail(api, 10, username=f"user {user.pk}")
        assert login(api).status_code == 200

    @pytest.mark.usefixtures("clock")
    def test_address_is_refused_after_fifty_over_all_accounts(self, api: APIClient) -> None:
        make_user()
        for number in range(50):
            self.fail(api, 1, username=f"user{number}")
        assert login(api).status_code == 429
        assert login(api, address="10.0.0.2").status_code == 200

    @pytest.mark.usefixtures("clock")
    def test_right_logins_do_not_count(self, api: APIClient) -> None:
        make_user()
        assert {login(api).status_code for _ in range(60)} == {200}
        self.fail(api, 10)

    def test_refusal_alone_tells_what_is_left(self, api: APIClient, clock: list[float]) -> None:
        make_user()
        assert "RateLimit" not in login(api, password="wrong")
        self.fail(api, 9)
        clock[0] += 100
        response = login(api)
        assert response["RateLimit-Policy"] == '"login-account";q=10;w=300'
        assert response["RateLimit"] == '"login-account";r=0;t=200'

    @pytest.mark.usefixtures("clock")
    def test_forwarded_address_that_a_client_makes_up_changes_nothing(self, api: APIClient) -> None:
        make_user()
        for number in range(10):
            api.credentials(HTTP_X_FORWARDED_FOR=f"192.0.2.{number}")
            self.fail(api, 1)
        assert login(api).status_code == 429


@pytest.mark.usefixtures("clock")
def test_guesses_sent_all_at_once_do_not_pass_the_limit() -> None:
    limit = FailureLimit("test", failures=10)
    passed: list[str] = []

    def guess() -> None:
        with suppress(RateLimitedError):
            passed.append(limit.take("ada"))

    threads = [threading.Thread(target=guess) for _ in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(passed) == 10


@pytest.mark.usefixtures("clock")
def test_slot_dropped_by_the_cache_is_no_failure(settings: Settings) -> None:
    settings.LOGIN_FAILURES = 1
    attempt = LoginAttempt.count("ada", None, "10.0.0.1")
    caches["counters"].clear()
    attempt.succeeded()
    assert LoginAttempt.count("ada", None, "10.0.0.1") == attempt
