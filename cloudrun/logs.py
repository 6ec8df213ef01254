"""Lines of the log: what of, by whom, and nothing that somebody else may not read."""

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

request_id: ContextVar[str] = ContextVar("request id", default="")
_run_id: ContextVar[str] = ContextVar("run id", default="")

_SECRET = re.compile(r"(?i)\b(token|key|code|password|secret|ticket)=[^&\s\"'#]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def run_context(run_id: str) -> None:
    """What this task logs from here on is of that run. Its task has a context of its own."""
    _run_id.set(run_id)


class Briefly(logging.Filter):
    """A warning for a request that Django finds suspicious. A stranger sends as many as they like,
    and there is nothing to learn from where in Django each was refused.

    A warning, too, for a 5xx that was foreseen, such as a provider's of the assistant: what was not
    has its exception."""

    def filter(self, record: logging.LogRecord) -> bool:
        is_suspicious = record.name.startswith("django.security")
        if is_suspicious:
            record.exc_info = None
        if is_suspicious or (record.name == "django.request" and not record.exc_info):
            record.levelno, record.levelname = logging.WARNING, "WARNING"
        return True


class LineFormatter(logging.Formatter):
    """For people: a message is one line, whatever a stranger put into it; tracebacks follow."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name}: {message}", style="{")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  logging's name
        record.message = _one_line(record.message)
        ids = "".join(f" {name}={value}" for name, value in _ids().items())
        return super().formatMessage(record) + ids

    def formatException(self, ei: Any) -> str:  # noqa: N802  logging's name
        return _redacted(super().formatException(ei))


class JsonFormatter(logging.Formatter):
    """For programs: an object a line, of `time` (ISO 8601, UTC), `level`, `logger`, `message`,
    where they are known `request_id`, `run_id` and `user_id`, and `exception`.

    A line of the access log has `method`, `path`, `status` and `duration_ms`, too. Of a WebSocket
    the method is `WEBSOCKET`, and its last line has `close_code` instead of `status`.
    """

    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _redacted(record.getMessage()),
            **_ids(),
            **getattr(record, "access", {}),
        }
        if record.exc_info:
            fields["exception"] = _redacted(self.formatException(record.exc_info))
        return json.dumps(fields)


def _ids() -> dict[str, str]:
    known = {"request_id": request_id.get(), "run_id": _run_id.get()}
    return {name: value for name, value in known.items() if value}


def _one_line(text: str) -> str:
    escaped = _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
    return _redacted(escaped)


def _redacted(text: str) -> str:
    return _SECRET.sub(r"\1=[redacted]", text)
