"""Serializer fields that take a JSON type for what it is.

REST framework's own fields turn `5` into `"5"` and `"yes"` into `True`; the contract refuses those
with a 400. Both the HTTP views and the WebSocket consumer validate with these.
"""

from typing import Any

from rest_framework import serializers


def has_lone_surrogate(text: str) -> bool:
    """True where `text` cannot be written as UTF-8; JSON's `"\\ud800"` decodes to such a string."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


class StrictCharField(serializers.CharField):
    """A JSON string, kept to the byte: not trimmed, nothing else coerced to it.

    `allow_nul` lets U+0000 through (source code and input may hold it; names may not).
    """

    default_error_messages = {
        "invalid": "Must be a string.",
        "surrogate": "Holds a lone surrogate, which is not valid Unicode text.",
        "nul": "Must not hold a NUL character.",
    }

    def __init__(self, *, allow_nul: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("trim_whitespace", False)
        super().__init__(**kwargs)
        self.allow_nul = allow_nul
        # REST framework's own two checks answer without our wording, and one forbids NUL always.
        self.validators = [
            validator
            for validator in self.validators
            if type(validator).__name__
            not in {"ProhibitNullCharactersValidator", "ProhibitSurrogateCharactersValidator"}
        ]

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        if has_lone_surrogate(data):
            self.fail("surrogate")
        if not self.allow_nul and "\x00" in data:
            self.fail("nul")
        return super().to_internal_value(data)


class StrictBooleanField(serializers.BooleanField):
    """JSON `true` or `false`, nothing that merely looks like it."""

    default_error_messages = {"invalid": "Must be true or false."}

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid")
        return data


class StrictIntegerField(serializers.IntegerField):
    """A JSON integer; a string, a boolean or a fraction is refused."""

    default_error_messages = {"invalid": "Must be a whole number."}

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return super().to_internal_value(data)
