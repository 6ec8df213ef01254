import pytest
from django.core.cache import caches
from pytest_django import Settings

from accounts.models import User
from accounts.tests.factories import make_user


@pytest.fixture(autouse=True)
def _site(settings: Settings) -> None:
    """Pages can be drawn without a built front end, and nothing has been counted."""
    plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": plain}}
    for cache in caches.all():
        cache.clear()


@pytest.fixture
def ada() -> User:
    return make_user()


@pytest.fixture
def grace() -> User:
    return make_user("grace")
