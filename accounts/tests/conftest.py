import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from accounts.throttle import FailureLimit
from cloudrun.tests.windows import wait_for_room_before


@pytest.fixture(autouse=True)
def _no_failures_counted(db: None) -> None:
    cache.clear()


@pytest.fixture(autouse=True)
def _one_window() -> None:
    """No window of failed attempts ends, and forgets them, in the middle of a test."""
    wait_for_room_before(0, FailureLimit.window_s, room_s=5)


@pytest.fixture
def api() -> APIClient:
    return APIClient()
