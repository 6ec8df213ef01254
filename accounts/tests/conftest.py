import time

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from accounts.throttle import FailureLimit

_ROOM_S = 5


@pytest.fixture(autouse=True)
def _no_failures_counted(db: None) -> None:
    cache.clear()


@pytest.fixture(autouse=True)
def _one_window() -> None:
    """No window of failed attempts ends, and forgets them, in the middle of a test."""
    left_s = -time.time() % FailureLimit.window_s
    if left_s < _ROOM_S:
        time.sleep(left_s)


@pytest.fixture
def api() -> APIClient:
    return APIClient()
