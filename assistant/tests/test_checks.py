import pytest
from pytest_django import Settings

from assistant.checks import check_providers


@pytest.mark.parametrize("names", [["groq", "gemini", "openai"], ["openai"], []])
def test_known_providers_are_fine_in_any_order(settings: Settings, names: list[str]) -> None:
    settings.AI_PROVIDERS = names
    assert check_providers() == []


def test_unknown_provider_stops_the_server_with_what_to_do(settings: Settings) -> None:
    settings.AI_PROVIDERS = ["grok", "gemini", "Open AI"]
    (error,) = check_providers()
    assert error.id == "assistant.E002"
    assert "grok, Open AI" in error.msg
    assert "groq,gemini,openai" in str(error.hint)
