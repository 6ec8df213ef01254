import base64
import hmac
import json
import time
from typing import Any

import jwt
import pytest
from django.conf import settings
from django.test import Client
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken

from accounts.authentication import token_for_user
from accounts.models import User
from accounts.services import user_for_token
from accounts.tests.factories import make_user
from cloudrun.errors import NotAuthenticatedError

pytestmark = pytest.mark.django_db


def claims(user: User, **changes: Any) -> dict[str, Any]:
    """Those of a good token, so that the one thing that is wrong with a bad one is what it says."""
    return dict(AccessToken(token_for_user(user)).payload) | changes  # type: ignore[arg-type]


def signed(payload: dict[str, Any], key: str | None = None, algorithm: str = "HS256") -> str:
    return jwt.encode(payload, key or settings.JWT_SECRET, algorithm)


def encoded(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


def unsigned(payload: dict[str, Any], algorithm: str) -> str:
    return f"{encoded({'typ': 'JWT', 'alg': algorithm})}.{encoded(payload)}."


def changed(token: str, **changes: Any) -> str:
    """Another payload under the same signature."""
    header, _, signature = token.split(".")
    payload = jwt.decode(token, options={"verify_signature": False}) | changes
    return f"{header}.{encoded(payload)}.{signature}"


def renamed(token: str, **changes: Any) -> str:
    """Another header, signed with our own key as HS256."""
    _, payload, _ = token.split(".")
    text = f"{encoded(jwt.get_unverified_header(token) | changes)}.{payload}"
    digest = hmac.digest(settings.JWT_SECRET.encode(), text.encode(), "sha256")
    return f"{text}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def bad_tokens(user: User) -> dict[str, str]:
    good = token_for_user(user)
    other = make_user("victim")
    return {
        "empty": "",
        "words": "not.a.token",
        "not ASCII": "é.ü.ß",
        "cut off": good[:-5],
        "expired": signed(claims(user, exp=int(time.time()) - 1)),
        "other key": signed(claims(user), "x" * 50),
        "other algorithm": signed(claims(user), algorithm="HS512"),
        "no signature": jwt.encode(claims(user), "", "none"),
        "no signature in odd case": unsigned(claims(user), "nOnE"),
        "signature left out": f"{good.rpartition('.')[0]}.",
        "claims changed": changed(good, user_id=str(other.pk)),
        "asymmetric algorithm named": renamed(good, alg="RS256"),
        "key of its own": jwt.encode(
            claims(user), "x" * 50, headers={"jwk": {"kty": "oct", "k": "eHh4"}, "kid": "/dev/null"}
        ),
        "refresh token": signed(claims(user, token_type=RefreshToken.token_type)),
        "no such user": signed(claims(user, user_id="999999")),
        "user is too large a number": signed(claims(user, user_id="9" * 40)),
        "no user": signed({k: v for k, v in claims(user).items() if k != "user_id"}),
    }


BAD_TOKENS = [
    "empty", "words", "not ASCII", "cut off", "expired", "other key", "other algorithm",
    "no signature", "no signature in odd case", "signature left out", "claims changed",
    "asymmetric algorithm named", "key of its own", "refresh token", "no such user",
    "user is too large a number", "no user",
]  # fmt: skip


def test_token_is_hs256_of_jwt_secret_and_lasts_seven_days() -> None:
    user = make_user()
    payload = jwt.decode(token_for_user(user), settings.JWT_SECRET, algorithms=["HS256"])
    assert payload["user_id"] == str(user.pk)
    assert payload["exp"] - payload["iat"] == 7 * 24 * 3600


def test_token_stands_for_its_user() -> None:
    user = make_user()
    assert user_for_token(token_for_user(user)) == user


def test_claims_signed_as_they_should_be_stand_for_their_user() -> None:
    user = make_user()
    assert user_for_token(signed(claims(user))) == user


def test_token_of_a_deleted_user_stands_for_nobody_who_comes_after() -> None:
    user = make_user()
    token, key = token_for_user(user), user.pk
    user.delete()
    make_user(pk=key)
    with pytest.raises(NotAuthenticatedError):
        user_for_token(token)


@pytest.mark.parametrize("kind", BAD_TOKENS)
def test_bad_token_stands_for_nobody(kind: str) -> None:
    with pytest.raises(NotAuthenticatedError):
        user_for_token(bad_tokens(make_user())[kind])


def test_lone_surrogate_is_no_token() -> None:
    with pytest.raises(NotAuthenticatedError):
        user_for_token("\ud800")


def test_token_of_a_deactivated_user_stands_for_nobody() -> None:
    user = make_user()
    token = token_for_user(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    with pytest.raises(NotAuthenticatedError):
        user_for_token(token)


@pytest.mark.parametrize("kind", BAD_TOKENS)
@pytest.mark.parametrize(("method", "path"), [("get", "me"), ("post", "verify")])
def test_bad_token_is_refused_by_the_api(api: APIClient, kind: str, method: str, path: str) -> None:
    token = bad_tokens(make_user())[kind]
    header = f"Bearer {token}".encode().decode("latin-1")  # as a server reads header bytes
    response = getattr(api, method)(f"/api/auth/{path}", headers={"Authorization": header})
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert isinstance(response.json()["detail"], str)


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer a b c", "Basic YWRhOmFkYQ=="])
@pytest.mark.parametrize(("method", "path"), [("get", "me"), ("post", "verify")])
def test_header_without_a_token_is_refused(
    api: APIClient, header: str | None, method: str, path: str
) -> None:
    if header is not None:
        api.credentials(HTTP_AUTHORIZATION=header)
    response = getattr(api, method)(f"/api/auth/{path}")
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_deactivated_user_is_refused_by_the_api(api: APIClient) -> None:
    user = make_user()
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {token_for_user(user)}")
    assert api.get("/api/auth/me").status_code == 200
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert api.get("/api/auth/me").status_code == 401


def test_verify_says_whose_token_it_is(api: APIClient) -> None:
    user = make_user()
    make_user("other")
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {token_for_user(user)}")
    response = api.post("/api/auth/verify")
    assert response.status_code == 200
    assert response.json() == {"valid": True, "user": api.get("/api/auth/me").json()}
    assert response.json()["user"]["username"] == "ada"


def test_session_of_the_site_works_too() -> None:
    client = Client()
    client.force_login(make_user())
    assert client.get("/api/auth/me").json()["username"] == "ada"


def test_session_without_csrf_token_cannot_post() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user())
    response = client.post("/api/auth/verify", headers={"Origin": "http://testserver"})
    assert response.status_code == 403
