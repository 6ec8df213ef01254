"""How tokens, answers and refusals look in the OpenAPI schema."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiExample, OpenApiResponse
from rest_framework import serializers

from cloudrun import problems


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Found by the schema's generator."""

    target_class = "accounts.authentication.TokenAuthentication"
    name = "jwtAuth"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


class FieldProblemSerializer(serializers.Serializer[Any]):
    field = serializers.CharField(help_text="A dotted path such as `files.0.name`.")
    message = serializers.CharField()


class ProblemSerializer(serializers.Serializer[Any]):
    """An error as RFC 9457 has it."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="What is wrong, in a sentence for a person.")
    code = serializers.CharField(help_text="A stable word for a program.")
    errors = FieldProblemSerializer(  # type: ignore[assignment]  # a field, not the property
        many=True, required=False
    )


def example(
    name: str, value: Any, *, status: int = 200, media_type: str = "application/json"
) -> OpenApiExample:
    """An answer for `extend_schema`."""
    return OpenApiExample(
        name,
        value=value,
        response_only=True,
        status_codes=[str(status)],
        media_type=media_type,
    )


def refusals(**when: str) -> dict[tuple[int, str], OpenApiResponse]:
    """Problem answers for `extend_schema`: `refusals(_401="The token has expired")`."""
    return {
        (int(status.removeprefix("_")), problems.CONTENT_TYPE): OpenApiResponse(
            ProblemSerializer, description
        )
        for status, description in when.items()
    }
