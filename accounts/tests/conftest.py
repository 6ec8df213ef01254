import pytest
from django.core.cache import cache
from pytest_django import Settings
from rest_framework.test import APIClient


@pytest.fixture(autouse=True)
def _no_failures_counted(db: None) -> None:
    cache.clear()


@pytest.fixture
def fast_hasher(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def api() -> APIClient:
    return APIClient()
