"""Reading a JSON body, from HTTP or from a WebSocket frame, without surprises."""

import json
from collections.abc import Mapping
from threading import Lock
from typing import IO, Any

from django.conf import settings
from rest_framework.parsers import BaseParser

from cloudrun.errors import InvalidRequestError, PayloadTooLargeError
from cloudrun.sizes import size_words

# JSON writes a character in up to six bytes ("\u0000"), so the text may be that much longer than
# the source and files that it carries; the rest is room for names and braces.
_ENVELOPE = 1024 * 1024
_ESCAPE = 6

# A text, its characters and what it says are there at once, several times of what stays. The
# interpreter reads one text at a time anyhow.
_reading = Lock()


def max_json_bytes() -> int:
    """The longest JSON text that can hold a request within `MAX_UPLOAD_SIZE`."""
    return _ESCAPE * settings.MAX_UPLOAD_SIZE + _ENVELOPE


def too_large() -> PayloadTooLargeError:
    """The refusal of a longer one."""
    return PayloadTooLargeError(
        f"The request is larger than this server takes ({size_words(settings.MAX_UPLOAD_SIZE)}"
        " of code, input and files)."
    )


def parse_object(text: str | bytes) -> dict[str, Any]:
    """The JSON object in `text`; `InvalidRequestError` for anything else, however deep or odd."""
    try:
        value = json.loads(text, parse_int=_integer, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise InvalidRequestError(f"The body is not valid JSON: {_reason(error)}.") from error
    if not isinstance(value, dict):
        raise InvalidRequestError("The body must be a JSON object.")
    return value


def _integer(digits: str) -> int:
    try:
        return int(digits)
    except ValueError as error:  # Python bounds the time that this may take
        raise ValueError("a number has too many digits") from error


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _reason(error: Exception) -> str:
    match error:
        case RecursionError():
            return "too deeply nested"
        case UnicodeDecodeError():
            return f"byte {error.start} is not UTF-8"
        case _:
            return str(error)


class StrictJSONParser(BaseParser):
    """`application/json` bodies, within the upload limit."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        limit = max_json_bytes()
        with _reading:
            text = stream.read(limit + 1)
            if len(text) > limit:
                raise too_large()
            return parse_object(text)
