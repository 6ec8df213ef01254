"""What stands in the address and in the headers of a call, for callers who read runs."""

import re
from typing import Any

from django.http import HttpRequest
from rest_framework import serializers

from cloudrun.errors import FieldError, InvalidRequestError
from cloudrun.fields import StrictCharField
from sandbox.history import RunFilter
from sandbox.models import RunStatus
from sandbox.serializers import validated
from sandbox.serializers.requests import LanguageField

IDEMPOTENCY_KEY = "Idempotency-Key"
KEY_PATTERN = "^[!-~]+$"
LAST_EVENT_ID = "Last-Event-ID"

MAX_KEY = 255
_MAX_SEQ = 2**31 - 1


class RunListQuerySerializer(serializers.Serializer[Any]):
    language = LanguageField(default=None)
    status = serializers.ChoiceField(RunStatus.choices, default=None)
    created_after = serializers.DateTimeField(default=None, help_text="ISO 8601; included.")
    created_before = serializers.DateTimeField(default=None, help_text="ISO 8601; included.")
    limit = serializers.IntegerField(min_value=1, max_value=100, default=20)
    cursor = StrictCharField(
        default="", max_length=200, help_text="The `next_cursor` of the page before."
    )


class EventsQuerySerializer(serializers.Serializer[Any]):
    after_seq = serializers.IntegerField(
        min_value=0, max_value=_MAX_SEQ, default=0, help_text="Leave out the events up to this one."
    )


class ExecuteQuerySerializer(serializers.Serializer[Any]):
    wait = serializers.ChoiceField(
        ["0", "1"], default="1", help_text="0: answer as soon as the run is accepted."
    )


def run_list_query(request: HttpRequest) -> tuple[RunFilter, int, str]:
    """Which runs, how many at most, and the cursor; raises `InvalidRequestError`."""
    data = _query(RunListQuerySerializer, request)
    limit, cursor = data.pop("limit"), data.pop("cursor")
    return RunFilter(**data), limit, cursor


def after_seq(request: HttpRequest) -> int:
    """The number of the last event that the caller has. A stream that is taken up again says it in
    the header, while its address is still the first one's."""
    seq: int = _query(EventsQuerySerializer, request)["after_seq"]
    last_id = request.headers.get(LAST_EVENT_ID)
    if last_id is None:
        return seq
    if not (last_id.isascii() and last_id.isdigit() and len(last_id) <= len(str(_MAX_SEQ))):
        raise _refused(LAST_EVENT_ID, "Must be the id of an event.")
    return int(last_id)


def waits(request: HttpRequest) -> bool:
    """Whether the caller wants the result, and not only the run's id."""
    wait: str = _query(ExecuteQuerySerializer, request)["wait"]
    return wait == "1"


def idempotency_key(request: HttpRequest) -> str | None:
    key = request.headers.get(IDEMPOTENCY_KEY)
    if key is None:
        return None
    if not re.fullmatch(KEY_PATTERN, key) or len(key) > MAX_KEY:
        problem = f"Must be 1 to {MAX_KEY} visible ASCII characters."
        raise _refused(IDEMPOTENCY_KEY, problem)
    return key


def _query(kind: type[serializers.Serializer[Any]], request: HttpRequest) -> dict[str, Any]:
    # As a dict: of Django's own REST framework takes an empty value for none.
    return validated(kind(data=request.GET.dict()))


def _refused(name: str, message: str) -> InvalidRequestError:
    return InvalidRequestError(f"{name}: {message}", errors=[FieldError(name, message)])
