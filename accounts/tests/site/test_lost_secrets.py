"""What the database keeps of second factors, and what is left when the server's key has changed."""

from importlib import import_module

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.test import Client
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tests.authenticator_app import code_of
from accounts.tests.factories import PASSWORD
from accounts.tests.site.pages import errors_of, log_in, reauthenticate, user_of
from accounts.tests.site.test_security import activate_totp, enter

pytestmark = pytest.mark.django_db

CODES = "/accounts/2fa/recovery-codes/"


@pytest.fixture
def secret(ada: User) -> str:
    """Of Ada's authenticator app."""
    client = Client()
    log_in(client)
    return activate_totp(client)


@pytest.fixture
def recovery_code(secret: str) -> str:
    code: str = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
    return code


@pytest.fixture
def other_key(secret: str, recovery_code: str, settings: Settings) -> None:
    settings.SECRET_KEY = "another " * 8


def stored() -> str:
    return str(list(Authenticator.objects.values_list("data", flat=True)))


def asked_for_a_code() -> Client:
    client = Client()
    assert log_in(client)["Location"] == "/accounts/2fa/authenticate/"
    return client


def test_no_secret_is_stored_in_clear(secret: str) -> None:
    assert Authenticator.objects.count() == 2
    assert secret not in stored()
    assert stored().count("gAAAAA") == 2  # how Fernet's tokens begin


def test_secrets_of_an_older_database_are_encrypted_and_hold(
    secret: str, recovery_code: str
) -> None:
    migration = import_module("accounts.migrations.0003_encrypt_second_factors")
    forwards = migration.Migration.operations[0]
    forwards.reverse_code(apps, None)
    assert secret in stored()
    forwards.code(apps, None)
    assert secret not in stored()
    for code in (code_of(secret, periods_ahead=1), recovery_code):
        enter(client := asked_for_a_code(), code)
        assert user_of(client)


def test_former_key_still_reads(
    secret: str, recovery_code: str, settings: Settings, ada: User
) -> None:
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another " * 8
    for code in (code_of(secret, periods_ahead=1), recovery_code):
        enter(client := asked_for_a_code(), code)
        assert user_of(client) == ada


@pytest.mark.usefixtures("other_key")
class TestOtherKey:
    @pytest.mark.parametrize("kind", ["app", "recovery"])
    def test_codes_are_refused_and_it_is_said_why(
        self, secret: str, recovery_code: str, api: APIClient, kind: str
    ) -> None:
        code = code_of(secret, periods_ahead=1) if kind == "app" else recovery_code
        response = enter(client := asked_for_a_code(), code)
        assert response.status_code == 200
        assert "The key of this server has changed" in errors_of(response)["code"][0]
        assert user_of(client) is None
        body = {"username": "ada", "password": PASSWORD, "code": code}
        answer = api.post("/api/auth/login", body, format="json")
        assert answer.status_code == 401
        assert "The key of this server has changed" in answer.json()["detail"]

    def test_code_of_an_empty_secret_is_none(self) -> None:
        enter(client := asked_for_a_code(), code_of(""))
        assert user_of(client) is None

    def test_new_recovery_codes_are_the_way_in(self, client: Client, ada: User) -> None:
        client.force_login(ada)  # as by a passkey
        reauthenticate(client)
        assert b"it cannot read them any more" in client.get("/accounts/2fa/").content
        for path in (CODES, f"{CODES}download/"):
            assert client.get(path).status_code == 409
        assert client.get(f"{CODES}generate/").status_code == 200
        assert client.post(f"{CODES}generate/")["Location"] == CODES
        code = client.get(CODES).context["unused_codes"][0]
        enter(other := asked_for_a_code(), code)
        assert user_of(other) == ada

    def test_app_is_turned_off(self, client: Client, ada: User) -> None:
        client.force_login(ada)
        reauthenticate(client)
        client.post("/accounts/2fa/totp/deactivate/")
        assert not Authenticator.objects.exists()
        assert log_in(Client())["Location"] == "/"
