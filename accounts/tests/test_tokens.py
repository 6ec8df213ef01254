from datetime import timedelta
from typing import Any

import jwt
import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken

from accounts.authentication import token_for_user
from accounts.models import User
from accounts.services import user_for_token
from accounts.tests.factories import make_user
from cloudrun.errors import NotAuthenticatedError

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fast_hasher")]


def claims(user: User, **changes: Any) -> dict[str, Any]:
    return dict(AccessToken.for_user(user).payload) | changes


def signed(payload: dict[str, Any], key: str | None = None, algorithm: str = "HS256") -> str:
    return jwt.encode(payload, key or settings.JWT_SECRET, algorithm)


def bad_tokens(user: User) -> dict[str, str]:
    expired = AccessToken.for_user(user)
    expired.set_exp(from_time=timezone.now() - timedelta(days=8), lifetime=timedelta(days=7))
    good = token_for_user(user)
    return {
        "empty": "",
        "words": "not.a.token",
        "not ASCII": "é.ü.ß",
        "cut off": good[:-5],
        "expired": str(expired),
        "other key": signed(claims(user), "x" * 50),
        "other algorithm": signed(claims(user), algorithm="HS512"),
        "no signature": jwt.encode(claims(user), "", "none"),
        "refresh token": str(RefreshToken.for_user(user)),
        "no such user": signed(claims(user, user_id="999999")),
        "user is too large a number": signed(claims(user, user_id="9" * 40)),
        "no user": signed({k: v for k, v in claims(user).items() if k != "user_id"}),
    }


BAD_TOKENS = [
    "empty", "words", "not ASCII", "cut off", "expired", "other key", "other algorithm",
    "no signature", "refresh token", "no such user",
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
