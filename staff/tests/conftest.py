import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def _plain_files(settings: Settings) -> None:
    plain = "django.contrib.staticfiles.storage.StaticFilesStorage"  # needs no collectstatic
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": plain}}
