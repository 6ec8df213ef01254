"""What a person does on the account pages."""

from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.tests.factories import PASSWORD

SIGN_UP = {"username": "Ada_L", "email": "Ada@Example.org", "password1": PASSWORD}


def sign_up(client: Client, **changes: str) -> Any:
    return client.post(reverse("account_signup"), SIGN_UP | changes)


def log_in(client: Client, name: str = "ada", password: str = PASSWORD, **more: str) -> Any:
    body = {"login": name, "password": password} | more
    return client.post(reverse("account_login"), body)


def reauthenticate(client: Client, password: str = PASSWORD) -> Any:
    return client.post(reverse("account_reauthenticate"), {"password": password})


def user_of(client: Client) -> User | None:
    """Who is logged in."""
    key = client.session.get("_auth_user_id")
    return User.objects.get(pk=key) if key else None


def errors_of(response: Any) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = response.context["form"].errors
    return errors
