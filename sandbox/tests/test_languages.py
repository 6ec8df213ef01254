"""What becomes of a source before its toolchain has it."""

import pytest

from sandbox.languages import LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_byte_order_mark_is_taken_off(language: str) -> None:
    assert LANGUAGES[language].source("\ufeff\ufeffx\ufeff") == "\ufeffx\ufeff"


def test_only_the_shell_gets_unix_lines() -> None:
    source = "a\r\nb\rc\n\r\n"
    others = [language for language in LANGUAGES.values() if language.id != "ubuntu"]
    assert LANGUAGES["ubuntu"].source(source) == "a\nb\rc\n\n"
    assert all(language.source(source) == source for language in others)
