"""The frames that a WebSocket client sends while its run is there, and those that it gets."""

from dataclasses import dataclass
from typing import Any

from rest_framework import serializers

from cloudrun.fields import StrictCharField, StrictIntegerField
from sandbox.live import Control, Input, InputEnd
from sandbox.runners.base import TerminalSize
from sandbox.serializers import validated
from sandbox.serializers.requests import MAX_TERMINAL


@dataclass(frozen=True)
class Stop:
    """End the run."""


class ControlSerializer(serializers.Serializer[Any]):
    """`{"type": "stdin", "data"}`, `stdin_close`, `{"type": "resize", "cols", "rows"}`, `stop`."""

    type = serializers.ChoiceField(["stdin", "stdin_close", "resize", "stop"])
    # A Serializer has an attribute of that name, which its metaclass takes this one out of.
    data = StrictCharField(allow_blank=True, allow_nul=True, default="")  # type: ignore[assignment]
    cols = StrictIntegerField(min_value=1, max_value=MAX_TERMINAL, default=80)
    rows = StrictIntegerField(min_value=1, max_value=MAX_TERMINAL, default=24)


class ResumeSerializer(serializers.Serializer[Any]):
    execution_id = StrictCharField(max_length=64)
    after_seq = StrictIntegerField(min_value=0, default=0)


def control_frame(body: dict[str, Any]) -> Control | Stop:
    """The control in a frame; raises `InvalidRequestError`."""
    data = validated(ControlSerializer(data=body))
    match data["type"]:
        case "stdin":
            return Input(data["data"].encode())
        case "stdin_close":
            return InputEnd()
        case "resize":
            return TerminalSize(data["cols"], data["rows"])
        case _:
            return Stop()


def resume_request(body: dict[str, Any]) -> tuple[str, int]:
    """Which run, and after which event; raises `InvalidRequestError`."""
    data = validated(ResumeSerializer(data=body))
    return data["execution_id"], data["after_seq"]
