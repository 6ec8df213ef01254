"""The bodies of the assistant API."""

from typing import Any

from rest_framework import serializers

from assistant.actions import ACTIONS, REQUIRED
from cloudrun.fields import StrictCharField
from sandbox.languages import LANGUAGES


class AssistSerializer(serializers.Serializer[Any]):
    """`{action, language, code?, error?}`, where the action says which of the two it needs."""

    action = StrictCharField(help_text=f"One of {', '.join(ACTIONS)}.")
    language = StrictCharField(help_text="An id from `/api/languages`.")
    code = StrictCharField(
        required=False, allow_null=True, allow_blank=True, allow_nul=True, help_text="The source."
    )
    error = StrictCharField(
        required=False,
        allow_null=True,
        allow_blank=True,
        allow_nul=True,
        help_text="What the program or its compiler printed.",
    )

    def validate_action(self, action: str) -> str:
        if action not in ACTIONS:
            raise serializers.ValidationError(f"Must be one of {', '.join(ACTIONS)}.")
        return action

    def validate_language(self, language: str) -> str:
        if language not in LANGUAGES:
            raise serializers.ValidationError(f"Must be one of {', '.join(LANGUAGES)}.")
        return language

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        action = attrs["action"]
        missing = [name for name in REQUIRED[action] if not (attrs.get(name) or "").strip()]
        if missing:
            raise serializers.ValidationError(
                {name: [f"The action {action} needs it."] for name in missing}
            )
        return attrs


class AssistAnswerSerializer(serializers.Serializer[Any]):
    success = serializers.BooleanField()
    action = serializers.CharField()
    response = serializers.CharField(help_text="Markdown.")
    provider = serializers.CharField()
    model = serializers.CharField()
    code = serializers.CharField(
        allow_null=True, help_text="The new source where the action makes one."
    )


class ProviderSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    model = serializers.CharField()


class AssistantStatusSerializer(serializers.Serializer[Any]):
    enabled = serializers.BooleanField()
    provider = serializers.CharField(allow_null=True, help_text="The one asked first.")
    providers = ProviderSerializer(many=True)
