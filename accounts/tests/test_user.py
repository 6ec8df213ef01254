import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from accounts.tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db


def test_names_are_stored_in_lower_case() -> None:
    user = make_user("AdA", email="AdA@Example.ORG")
    user.refresh_from_db()
    assert (user.username, user.email) == ("ada", "ada@example.org")


@pytest.mark.parametrize("names", [("ADA", "new@example.org"), ("new", "ADA@example.org")])
def test_database_refuses_a_taken_name_in_other_letter_case(names: tuple[str, str]) -> None:
    make_user()
    username, email = names
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.bulk_create([User(username=username, email=email)])  # past save()


def test_validation_refuses_a_taken_name_in_other_letter_case() -> None:
    make_user()
    with pytest.raises(ValidationError) as refusal:
        User(username="ADA", email="ADA@example.org", password="x").full_clean()
    assert set(refusal.value.messages) == {
        "This username is taken.",
        "This e-mail address is taken.",
    }


def test_django_login_ignores_letter_case() -> None:
    user = make_user()
    assert authenticate(username="ADA", password=PASSWORD) == user


def test_admin_lists_adds_and_shows_users(settings: Settings) -> None:
    plain = "django.contrib.staticfiles.storage.StaticFilesStorage"  # needs no collectstatic
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": plain}}
    admin = make_user("root", is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(admin)
    form = {
        "username": "Grace",
        "usable_password": "true",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }
    assert client.post("/admin/accounts/user/add/", form).status_code == 302
    grace = User.objects.get(username="grace")
    assert "grace" in client.get("/admin/accounts/user/").content.decode()
    page = client.get(f"/admin/accounts/user/{grace.pk}/change/").content.decode()
    assert 'name="display_name"' in page
