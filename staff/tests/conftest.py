import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def _fast_site(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    plain = "django.contrib.staticfiles.storage.StaticFilesStorage"  # needs no collectstatic
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": plain}}
