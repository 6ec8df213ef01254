"""The bodies of the assistant API."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from assistant.actions import ACTIONS, REQUIRED
from cloudrun.fields import StrictCharField
from sandbox.languages import LANGUAGES


@extend_schema_field({"type": "string", "enum": list(ACTIONS)})
class ActionField(StrictCharField):
    """One of `ACTIONS`. REST framework's own choice field quotes what it refuses, even a lone
    surrogate, which no answer can hold."""

    def to_internal_value(self, data: Any) -> str:
        action = super().to_internal_value(data)
        if action not in ACTIONS:
            raise serializers.ValidationError(f"Must be one of {', '.join(ACTIONS)}.")
        return action


class AssistSerializer(serializers.Serializer[Any]):
    """`{action, language, code?, error?}`, where the action says which of the two it needs."""

    action = ActionField()
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
