import pytest
from django.core.cache import cache
from rest_framework.test import APIClient


@pytest.fixture(autouse=True)
def _no_failures_counted(db: None) -> None:
    cache.clear()


@pytest.fixture
def api() -> APIClient:
    return APIClient()
