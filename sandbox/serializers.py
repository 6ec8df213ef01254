"""The bodies of the run API, checked the same on HTTP and on the WebSocket."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from cloudrun import problems
from cloudrun.errors import PayloadTooLargeError
from cloudrun.fields import StrictBooleanField, StrictCharField, StrictIntegerField
from sandbox.languages import LANGUAGES, Language
from sandbox.live import Control, Input, InputEnd
from sandbox.package_names import MAX_LENGTH, MAX_PACKAGES, is_package_name
from sandbox.requests import RunRequest, SourceFile
from sandbox.runners.base import TerminalSize

_MAX_NAME = 255
_MAX_TERMINAL = 1000  # columns, rows
_SOCKET_ONLY = "On the WebSocket only; over HTTP nobody can type."


class FileSerializer(serializers.Serializer[Any]):
    name = StrictCharField(max_length=_MAX_NAME)
    content = StrictCharField(allow_blank=True, allow_nul=True)

    def validate_name(self, name: str) -> str:
        if problem := file_name_problem(name):
            raise serializers.ValidationError(problem)
        return name


def file_name_problem(name: str) -> str | None:
    """Why a program's file cannot be called that; None for a relative path that can."""
    parts = name.split("/")
    if not name.strip() or any(ord(character) < 32 for character in name):
        return "Must not be empty or hold control characters."
    if name.startswith("/") or "\\" in name or ":" in parts[0]:
        return "Must be a relative path with forward slashes."
    if any(part in {"", ".", ".."} for part in parts):
        return "Must not hold '..', '.' or an empty part."
    if any(len(part.encode()) > _MAX_NAME for part in parts):
        return f"Each part must be at most {_MAX_NAME} bytes."
    return None


@extend_schema_field({"type": "string", "enum": list(LANGUAGES)})
class LanguageField(StrictCharField):
    """The id of a language."""

    def to_internal_value(self, data: Any) -> str:
        language = super().to_internal_value(data)
        if language not in LANGUAGES:
            known = ", ".join(LANGUAGES)
            raise serializers.ValidationError(f"Unknown language. Choose one of: {known}.")
        return language


class RunRequestSerializer(serializers.Serializer[Any]):
    """`{language, code, stdin?, files?, install_packages?, interactive?, tty?, cols?, rows?}`."""

    language = LanguageField()
    code = StrictCharField(allow_nul=True)
    stdin = StrictCharField(allow_blank=True, allow_nul=True, default="")
    files = FileSerializer(many=True, default=list)
    install_packages = serializers.ListField(
        child=StrictCharField(max_length=MAX_LENGTH), default=list, max_length=MAX_PACKAGES
    )
    interactive = StrictBooleanField(default=False, help_text=_SOCKET_ONLY)
    tty = StrictBooleanField(default=False, help_text=_SOCKET_ONLY)
    cols = StrictIntegerField(min_value=1, max_value=_MAX_TERMINAL, default=80)
    rows = StrictIntegerField(min_value=1, max_value=_MAX_TERMINAL, default=24)

    def validate_code(self, code: str) -> str:
        if not code.strip():
            raise serializers.ValidationError("Must not be blank.")
        return code

    def validate_files(self, files: list[dict[str, str]]) -> list[dict[str, str]]:
        if len(files) > settings.MAX_FILES_PER_REQUEST:
            raise serializers.ValidationError(
                f"At most {settings.MAX_FILES_PER_REQUEST} files can be sent."
            )
        return files

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        language = LANGUAGES[attrs["language"]]
        for name in attrs["install_packages"]:
            if not is_package_name(name, language.install):
                problem = f"{name!r} is not a package name."
                raise serializers.ValidationError({"install_packages": problem})
        names = [file["name"] for file in attrs["files"]]
        entry = _entry_file(language, attrs["code"])
        if clash := _clash(names if entry in names else [entry, *names]):
            problem = f"{clash!r} is both a file and another file's name."
            raise serializers.ValidationError({"files": problem})
        return attrs


def _entry_file(language: Language, code: str) -> str:
    """The file that `code` becomes; one of that name among `files` gives way to it."""
    if language.is_sandboxed:
        return language.program(code, embedded=False).file
    return language.file


def _clash(names: list[str]) -> str | None:
    """A name that is there twice, or is another's folder."""
    seen = set(names)
    if len(seen) < len(names):
        return next(name for name in names if names.count(name) > 1)
    for name in names:
        parts = name.split("/")
        for end in range(1, len(parts)):
            if (folder := "/".join(parts[:end])) in seen:
                return folder
    return None


def run_request(body: Mapping[str, Any]) -> RunRequest:
    """The request in a JSON body; raises `InvalidRequestError` or `PayloadTooLargeError`."""
    data = _validated(RunRequestSerializer(data=body))
    files = tuple(SourceFile(**file) for file in data.pop("files"))
    packages = tuple(data.pop("install_packages"))
    request = RunRequest(**data, files=files, install_packages=packages)
    _check_size(request)
    return request


def _check_size(request: RunRequest) -> None:
    texts = [request.code, request.stdin, *(file.content for file in request.files)]
    size = sum(len(text.encode()) for text in texts)
    if size > settings.MAX_UPLOAD_SIZE:
        raise PayloadTooLargeError(
            f"Code, input and files are {size} bytes; this server takes"
            f" {settings.MAX_UPLOAD_SIZE} (MAX_UPLOAD_SIZE)."
        )


@dataclass(frozen=True)
class Stop:
    """End the run."""


class ControlSerializer(serializers.Serializer[Any]):
    """`{"type": "stdin", "data"}`, `stdin_close`, `{"type": "resize", "cols", "rows"}`, `stop`."""

    type = serializers.ChoiceField(["stdin", "stdin_close", "resize", "stop"])
    # A Serializer has an attribute of that name, which its metaclass takes this one out of.
    data = StrictCharField(allow_blank=True, allow_nul=True, default="")  # type: ignore[assignment]
    cols = StrictIntegerField(min_value=1, max_value=_MAX_TERMINAL, default=80)
    rows = StrictIntegerField(min_value=1, max_value=_MAX_TERMINAL, default=24)


class ResumeSerializer(serializers.Serializer[Any]):
    execution_id = StrictCharField(max_length=64)
    after_seq = StrictIntegerField(min_value=0, default=0)


def control_frame(body: dict[str, Any]) -> Control | Stop:
    """The control in a frame; raises `InvalidRequestError`."""
    data = _validated(ControlSerializer(data=body))
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
    data = _validated(ResumeSerializer(data=body))
    return data["execution_id"], data["after_seq"]


def _validated(serializer: serializers.Serializer[Any]) -> dict[str, Any]:
    try:
        serializer.is_valid(raise_exception=True)
    except serializers.ValidationError as error:
        raise problems.from_validation(error) from error
    return dict(serializer.validated_data)


class ExecutionSerializer(serializers.Serializer[Any]):
    """The result of a run; only described, never used to parse."""

    execution_id = serializers.CharField()
    status = serializers.ChoiceField(["completed", "error", "timeout", "stopped", "lost"])
    message = serializers.CharField()
    stdout = serializers.CharField()
    stderr = serializers.CharField()
    exit_code = serializers.IntegerField(allow_null=True)
    signal = serializers.IntegerField(allow_null=True)
    execution_time = serializers.FloatField(help_text="seconds")
    duration_ms = serializers.IntegerField(allow_null=True)
    cpu_ms = serializers.IntegerField(allow_null=True)
    memory_bytes = serializers.IntegerField(allow_null=True, help_text="peak")
    truncated = serializers.BooleanField()
    reason = serializers.CharField()
    explanation = serializers.CharField(help_text="a sentence for a beginner")
    file = serializers.CharField(allow_null=True, help_text="where the error is, if it is known")
    line = serializers.IntegerField(allow_null=True)
    column = serializers.IntegerField(allow_null=True)
    dependency = serializers.DictField(allow_null=True)
