"""What two requests at once must not both get."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import caches
from django.db import connection
from django.test import Client

from accounts.models import User
from accounts.tests.authenticator_app import code_of
from accounts.tests.factories import PASSWORD
from accounts.tests.site.pages import log_in, sign_up
from accounts.tests.site.test_security import activate_totp

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    together = threading.Barrier(len(calls), timeout=20)

    def begin(call: Callable[[], Any]) -> Any:
        together.wait()
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(begin, calls))


def login_by_api(code: str) -> int:
    body = {"username": "ada", "password": PASSWORD, "code": code}
    status: int = Client().post("/api/auth/login", body, "application/json").status_code
    return status


@pytest.fixture
def secret(ada: User) -> str:
    """Of Ada's authenticator app."""
    client = Client()
    log_in(client)
    return activate_totp(client)


def recovery_codes() -> list[str]:
    codes: list[str] = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    return codes


def test_code_of_an_app_lets_one_in(secret: str) -> None:
    code = code_of(secret, periods_ahead=1)
    assert sorted(at_once([lambda: login_by_api(code)] * 4)) == [200, 401, 401, 401]


def test_recovery_code_lets_one_in(secret: str) -> None:
    code = recovery_codes()[0]
    assert sorted(at_once([lambda: login_by_api(code)] * 4)) == [200, 401, 401, 401]


def test_each_of_two_recovery_codes_is_used_up(secret: str) -> None:
    first, second, *others = recovery_codes()
    assert at_once([lambda: login_by_api(first), lambda: login_by_api(second)]) == [200, 200]
    for cache in caches.all():
        cache.clear()
    assert recovery_codes() == others
    assert login_by_api(first) == login_by_api(second) == 401


def test_name_is_taken_by_one_of_two_sign_ups() -> None:
    bodies = [{"email": f"{number}@example.org"} for number in range(4)]
    answers = at_once([lambda body=body: sign_up(Client(), **body) for body in bodies])  # type: ignore[misc]
    assert {answer.status_code for answer in answers} <= {200, 302}
    assert User.objects.count() == 1
