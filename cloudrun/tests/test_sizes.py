"""Sizes as the settings write them, and as people read them."""

import pytest
from django.conf import settings
from django.test import override_settings

from cloudrun.parsers import too_large
from cloudrun.sizes import parse_size, size_words


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (1023, "1023 bytes"),
        (1536, "1.5 KB"),
        (10 * 1024**2, "10 MB"),
        (3 * 1024**3, "3 GB"),
    ],
)
def test_size_is_said_in_its_unit(size: int, words: str) -> None:
    assert size_words(size) == words


def test_size_that_is_set_is_said_alike() -> None:
    assert size_words(parse_size("256m")) == "256 MB"


@override_settings(MAX_UPLOAD_SIZE=10 * 1024**2)
def test_refusal_of_a_large_request_counts_in_megabytes() -> None:
    assert "(10 MB of code" in too_large().detail
    assert str(settings.MAX_UPLOAD_SIZE) not in too_large().detail
