from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.cache import caches
from django.test import override_settings

from sandbox.tests.conftest import bridge as bridge

_PLAIN = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


@pytest.fixture(autouse=True)
def plain_static_files() -> Iterator[None]:
    """The page can be drawn without a built front end: no manifest is asked."""
    with override_settings(STORAGES={**settings.STORAGES, "staticfiles": _PLAIN}):
        yield


@pytest.fixture(autouse=True)
def nothing_counted_yet() -> None:
    """In the database they go with the test; in this process they would add up."""
    if settings.COUNTERS_ARE_LOCAL:
        caches["counters"].clear()
