"""JSON in and out: what may come in, and what the documentation says of what goes out."""

from typing import Any

from rest_framework import serializers

from cloudrun import problems


def validated(serializer: serializers.Serializer[Any]) -> dict[str, Any]:
    """What a serializer made of its data; `InvalidRequestError` names the fields at fault."""
    try:
        serializer.is_valid(raise_exception=True)
    except serializers.ValidationError as error:
        raise problems.from_validation(error) from error
    return dict(serializer.validated_data)
