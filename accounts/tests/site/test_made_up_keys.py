"""Answers of a key that no browser gave, at every form that takes one."""

import json
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from accounts.models import User
from accounts.tests.site.pages import log_in, reauthenticate, user_of
from accounts.tests.site.test_security import activate_totp

pytestmark = pytest.mark.django_db

# `clientDataJSON` of a login, whose challenge is none of ours.
CLIENT_DATA = "eyJ0eXBlIjoid2ViYXV0aG4uZ2V0IiwiY2hhbGxlbmdlIjoiQUFBQSIsIm9yaWdpbiI6Imh0dHA6Ly94In0"


def credential(**response: Any) -> dict[str, Any]:
    answer = {
        "clientDataJSON": CLIENT_DATA,
        "attestationObject": "oA",
        "authenticatorData": "A" * 50,
        "signature": "AAAA",
        "userHandle": "MQ",
    }
    return {
        "type": "public-key",
        "id": "AAAA",
        "rawId": "AAAA",
        "clientExtensionResults": {},
        "response": answer | response,
    }


MADE_UP = {
    "no JSON": "{",
    "null": "null",
    "list": "[]",
    "empty": "{}",
    "deep": "[" * 10_000 + "]" * 10_000,
    "nothing of ours": json.dumps(credential()),
    "no response": json.dumps(credential() | {"response": None}),
    "lone surrogates": json.dumps(credential() | {"id": "\ud800", "rawId": "\ud800"}),
    "NUL": json.dumps(credential() | {"id": "\x00", "rawId": "\x00"}),
    "no base64": json.dumps(credential() | {"id": "A", "rawId": "A"}),
    "client's data is a list": json.dumps(credential(clientDataJSON="WzFd")),
    "client's data is no JSON": json.dumps(credential(clientDataJSON="AAAA")),
    "client's data is a number": json.dumps(credential(clientDataJSON=5)),
    "no attestation": json.dumps(credential(attestationObject="")),
    "deep attestation": json.dumps(credential(attestationObject="gQ" * 30_000)),
    "cut attestation": json.dumps(credential(attestationObject="n___")),
    "short authenticator's data": json.dumps(credential(authenticatorData="AAAA")),
    "user is no number": json.dumps(credential(userHandle="////")),
    "user is too large a number": json.dumps(credential(userHandle="OTk5OTk5OTk5OTk5OTk5OTk5OTk5")),
    "user is missing": json.dumps(credential(userHandle=None)),
}


@pytest.fixture(params=MADE_UP)
def made_up(request: pytest.FixtureRequest) -> dict[str, str]:
    return {"credential": MADE_UP[request.param], "name": "x"}


def test_is_not_added(client: Client, ada: User, made_up: dict[str, str]) -> None:
    log_in(client)
    reauthenticate(client)
    client.get("/accounts/2fa/webauthn/add/")  # which gives a challenge
    response = client.post("/accounts/2fa/webauthn/add/", made_up)
    assert response.context["form"].errors
    assert not Authenticator.objects.exists()


def test_logs_nobody_in(client: Client, ada: User, made_up: dict[str, str]) -> None:
    client.get("/accounts/2fa/webauthn/login/", headers={"Accept": "application/json"})
    assert client.post("/accounts/2fa/webauthn/login/", made_up)["Location"] == "/accounts/login/"
    assert user_of(client) is None


def test_is_no_second_factor(client: Client, ada: User, made_up: dict[str, str]) -> None:
    log_in(client)
    activate_totp(client)
    other = Client()
    log_in(other)
    other.get("/accounts/2fa/authenticate/")
    response = other.post("/accounts/2fa/authenticate/", made_up)
    assert response.status_code == 200
    assert user_of(other) is None


def test_confirms_nobody(client: Client, ada: User, made_up: dict[str, str]) -> None:
    log_in(client)
    client.get("/accounts/2fa/webauthn/reauthenticate/")
    methods = client.session["account_authentication_methods"]
    response = client.post("/accounts/2fa/webauthn/reauthenticate/", made_up)
    assert response.status_code == 302
    assert client.session["account_authentication_methods"] == methods
