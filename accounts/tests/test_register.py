import json
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db

BODY = {"username": "Ada_L", "email": "Ada@Example.org", "password": PASSWORD}


def register(api: APIClient, **changes: Any) -> Any:
    # json.dumps writes a lone surrogate as \\ud800, which the client's own encoder cannot.
    body = json.dumps(BODY | changes)
    return api.post("/api/auth/register", body, content_type="application/json")


def fields_at_fault(response: Any) -> set[str]:
    return {error["field"] for error in response.json()["errors"]}


def test_answer_has_token_and_lower_case_user(api: APIClient) -> None:
    response = register(api, display_name="Ada Lovelace")
    assert response.status_code == 200
    answer = response.json()
    user = User.objects.get()
    assert answer["user"] == {
        "id": user.pk,
        "username": "ada_l",
        "email": "ada@example.org",
        "display_name": "Ada Lovelace",
        "created_at": user.date_joined.isoformat().replace("+00:00", "Z"),
    }
    assert datetime.fromisoformat(answer["user"]["created_at"]).utcoffset() is not None
    me = api.get("/api/auth/me", headers={"Authorization": f"Bearer {answer['token']}"})
    assert me.json() == answer["user"]


@pytest.mark.real_hasher
def test_password_is_stored_as_pbkdf2_of_many_iterations(api: APIClient) -> None:
    register(api)
    algorithm, iterations, _salt, _digest = User.objects.get().password.split("$")
    assert algorithm == "pbkdf2_sha256"
    assert int(iterations) >= 100_000


@pytest.mark.parametrize("display_name", [None, "", "   "])
def test_display_name_is_the_username_as_typed_where_none_is_given(
    api: APIClient, display_name: str | None
) -> None:
    assert register(api, display_name=display_name).json()["user"]["display_name"] == "Ada_L"


def test_no_cookie_is_set(api: APIClient) -> None:
    assert not register(api).cookies


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"username": "ADA_l", "email": "new@example.org"}, "username"),
        ({"username": "new", "email": "aDa@example.ORG"}, "email"),
    ],
)
def test_name_taken_in_other_letter_case_is_a_conflict(
    api: APIClient, changes: dict[str, str], field: str
) -> None:
    register(api)
    response = register(api, **changes)
    assert response.status_code == 409
    assert response["Content-Type"] == "application/problem+json"
    assert fields_at_fault(response) == {field}
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    "username",
    ["ab", "a" * 31, "a" * 10_000_000, "", "   ", "a b", "añb", "ada\n", "K\u212aK", "ada-l",
     "ada\x00", "ada\ud800", "admin", "Root", None, 12345, True, ["ada"], {"a": 1}],
)  # fmt: skip
def test_bad_username_is_refused(api: APIClient, username: Any) -> None:
    response = register(api, username=username)
    assert response.status_code == 400
    assert fields_at_fault(response) == {"username"}


@pytest.mark.parametrize("username", ["abc", "a" * 30, "___", "007"])
def test_username_at_the_bounds_is_taken(api: APIClient, username: str) -> None:
    assert register(api, username=username).status_code == 200


@pytest.mark.parametrize(
    "email",
    ["", "ada", "ada@", "@example.org", "a b@example.org", "ada@example.org\n", "a@b@c.org",
     "ada\x00@example.org", "ada\ud800@example.org", "a" * 250 + "@example.org",
     "a" * 10_000_000, None, 5, ["ada@example.org"], {"a": 1}],
)  # fmt: skip
def test_bad_email_is_refused(api: APIClient, email: Any) -> None:
    response = register(api, email=email)
    assert response.status_code == 400
    assert fields_at_fault(response) == {"email"}


@pytest.mark.parametrize(
    "password",
    ["", "short1!", "password123", "8675309867", "ada_l_ada", "ada@example.org", "x" * 4097,
     "correct\x00horse", "correct\ud800horse", None, 1234567890123, ["correct horse"], {"a": 1}],
)  # fmt: skip
def test_weak_or_odd_password_is_refused(api: APIClient, password: Any) -> None:
    response = register(api, password=password)
    assert response.status_code == 400
    assert fields_at_fault(response) == {"password"}
    assert not User.objects.exists()


def test_password_of_ten_megabytes_is_refused(api: APIClient) -> None:
    assert register(api, password="pass word" * 1_200_000).status_code == 400


@pytest.mark.parametrize("display_name", ["x" * 101, "Ada\x00", "Ada\ud800", 5, ["Ada"]])
def test_bad_display_name_is_refused(api: APIClient, display_name: Any) -> None:
    response = register(api, display_name=display_name)
    assert response.status_code == 400
    assert fields_at_fault(response) == {"display_name"}


@pytest.mark.parametrize("body", ["", "{", "[]", "null", '"ada"', "5", "[" * 100_000])
def test_body_that_is_no_object_is_refused(api: APIClient, body: str) -> None:
    response = api.post("/api/auth/register", body, content_type="application/json")
    assert response.status_code == 400
    assert isinstance(response.json()["detail"], str)


def test_every_missing_field_is_named(api: APIClient) -> None:
    response = api.post("/api/auth/register", {}, format="json")
    assert fields_at_fault(response) == {"username", "email", "password"}


def test_expired_token_in_the_header_does_not_keep_anyone_from_registering(api: APIClient) -> None:
    api.credentials(HTTP_AUTHORIZATION="Bearer expired")
    assert register(api).status_code == 200


def test_password_is_kept_to_the_byte(api: APIClient) -> None:
    register(api, password="  spaces around it  ")
    assert User.objects.get().check_password("  spaces around it  ")


@pytest.mark.real_hasher
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "other", [{"email": "other@example.org"}, {"username": "other"}], ids=["username", "email"]
)
def test_race_for_one_name_makes_one_account_and_one_conflict(
    monkeypatch: pytest.MonkeyPatch, other: dict[str, str]
) -> None:
    both_have_looked = threading.Barrier(2, timeout=20)
    encode = PBKDF2PasswordHasher.encode

    def encode_late(self: PBKDF2PasswordHasher, *args: Any, **kwargs: Any) -> str:
        both_have_looked.wait()
        return encode(self, *args, **kwargs)

    monkeypatch.setattr(PBKDF2PasswordHasher, "encode", encode_late)
    statuses: list[int] = []

    def post(body: dict[str, str]) -> None:
        try:
            response = Client().post("/api/auth/register", body, content_type="application/json")
            statuses.append(response.status_code)
        finally:
            connection.close()

    run_all([lambda: post(BODY), lambda: post(BODY | other)])
    assert sorted(statuses) == [200, 409]
    assert User.objects.count() == 1


def run_all(calls: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_email_may_be_empty_for_several_users_that_an_operator_makes() -> None:
    make_user("one", email="")
    make_user("two", email="")
    assert User.objects.filter(email="").count() == 2
