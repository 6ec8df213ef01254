"""Who is found to be logged out, and at what cost."""

from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.authentication import token_for_user
from accounts.models import User
from accounts.services import user_deactivate, user_log_out_everywhere
from accounts.tests.factories import make_user
from sandbox.connections import Connection, connections_ended
from sandbox.requests import Owner

pytestmark = pytest.mark.django_db


def by_token(user: User) -> Connection:
    return connection(user, b"authorization", f"Bearer {token_for_user(user)}")


def by_session(user: User) -> Connection:
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    return connection(user, b"cookie", f"{name}={client.cookies[name].value}")


def connection(user: User, header: bytes, value: str) -> Connection:
    scope: dict[str, Any] = {"headers": [(header, value.encode())]}
    return Connection(scope, Owner(user.pk, "", "192.0.2.1"))


def why(connections: list[Connection]) -> dict[Connection, str]:
    return {ended: error.detail for ended, error in connections_ended(connections)}


def test_a_look_takes_two_queries_for_any_number(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    users = [make_user(f"user{n}") for n in range(10)]
    connections = [*map(by_token, users), *map(by_session, users)]
    assert why(connections) == {}
    with django_assert_num_queries(2):
        assert why(connections) == {}


def test_only_those_of_whom_it_is_true_are_over() -> None:
    leaver, locked, other = make_user("leaver"), make_user("locked"), make_user("other")
    left = [by_token(leaver), by_session(leaver)]
    shut = [by_token(locked), by_session(locked)]
    rest = [by_token(other), by_session(other)]
    everybody = [*left, *shut, *rest]
    assert why(everybody) == {}
    user_log_out_everywhere(leaver)
    user_deactivate(locked)
    other.display_name = "Other"
    other.save()
    assert why(everybody) == {
        **dict.fromkeys(left, "You are logged out."),
        **dict.fromkeys(shut, "Your account was deactivated."),
    }


def test_one_session_ends_alone() -> None:
    user = make_user()
    here, there, token = by_session(user), by_session(user), by_token(user)
    assert why([here, there, token]) == {}
    Session.objects.filter(pk=there.session_key).delete()
    assert why([here, there, token]) == {there: "You are logged out."}


def test_what_ended_before_the_first_look_is_over() -> None:
    user = make_user()
    token = by_token(user)
    user_log_out_everywhere(user)
    assert why([token]) == {token: "You are logged out."}
    user.delete()
    assert why([token]) == {token: "You are logged out."}
