"""Guessing passwords: all doors count together, and none locks the owner out from elsewhere."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.test import Client
from pytest_django import Settings

from accounts.tests.factories import PASSWORD, make_user
from cloudrun.errors import RateLimitedError

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_static_files")]

Door = Callable[[str, str, str], int]


@pytest.fixture
def plain_static_files(settings: Settings) -> None:
    plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": plain}}


def by_api(name: str, password: str, address: str) -> int:
    body = {"username": name, "password": password}
    return _status(
        Client().post("/api/auth/login", body, content_type="application/json", REMOTE_ADDR=address)
    )


def by_site(name: str, password: str, address: str) -> int:
    """A wrong password draws the form again, with 200; a right one redirects."""
    form = {"login": name, "password": password}
    answer = Client().post("/accounts/login/", form, REMOTE_ADDR=address)
    return _status(answer, {302: 200, 200: 401})


def by_admin(name: str, password: str, address: str) -> int:
    """Wherever the admin's own door leads to."""
    client = Client(REMOTE_ADDR=address)
    door = client.get("/admin/", follow=True).redirect_chain[-1][0]
    answer = client.post(door, {"login": name, "username": name, "password": password})
    return _status(answer, {302: 200, 200: 401})


def by_backend(name: str, password: str, address: str) -> int:
    """What any other code of Django's would ask."""
    request = HttpRequest()
    request.META["REMOTE_ADDR"] = address
    try:
        return 200 if authenticate(request, username=name, password=password) else 401
    except RateLimitedError as error:
        return error.status


def _status(answer: Any, meanings: dict[int, int] | None = None) -> int:
    if answer.status_code == 429:
        assert 1 <= int(answer["Retry-After"]) <= 300
        assert ";r=0;t=" in answer["RateLimit"]
    status: int = answer.status_code
    return (meanings or {}).get(status, status)


DOORS = [by_api, by_site, by_admin, by_backend]


@pytest.mark.parametrize("door", DOORS)
def test_door_opens_for_the_right_password_only(door: Door) -> None:
    make_user(is_staff=True)
    assert door("ada", "wrong", "10.0.0.1") == 401
    assert door("nobody", PASSWORD, "10.0.0.1") == 401
    assert door("Ada@example.org", PASSWORD, "10.0.0.1") == 200


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("guessed_at", DOORS)
def test_guesses_at_one_door_close_all(guessed_at: Door, door: Door) -> None:
    make_user()
    assert [guessed_at("ada", "wrong", "10.0.0.1") for _ in range(10)] == [401] * 10
    assert door("ada", PASSWORD, "10.0.0.1") == 429
    assert door("ada", PASSWORD, "10.0.0.2") == 200


@pytest.mark.parametrize("door", DOORS)
def test_two_names_of_an_account_give_no_more_guesses(door: Door) -> None:
    make_user()
    names = ["ada", "ada@example.org", "ADA", "Ada@Example.org", "ada"] * 2
    assert [door(name, "wrong", "10.0.0.1") for name in names] == [401] * 10
    assert door("ada", PASSWORD, "10.0.0.1") == 429
    assert door("ada@example.org", PASSWORD, "10.0.0.1") == 429
    assert door("ada@example.org", PASSWORD, "10.0.0.2") == 200


@pytest.mark.parametrize("door", DOORS)
def test_address_is_closed_to_all_accounts_after_many(door: Door, settings: Settings) -> None:
    settings.LOGIN_FAILURES_PER_ADDRESS = 5
    make_user()
    assert [door(f"user{number}", "wrong", "10.0.0.1") for number in range(5)] == [401] * 5
    assert door("ada", PASSWORD, "10.0.0.1") == 429
    assert door("ada", PASSWORD, "10.0.0.2") == 200


def test_other_addresses_of_one_ipv6_customer_are_the_same() -> None:
    make_user()
    guesses = [by_api("ada", "wrong", f"2001:db8:1:2::{number:x}") for number in range(11)]
    assert guesses == [401] * 10 + [429]
    assert by_api("ada", PASSWORD, "2001:db8:1:3::1") == 200
