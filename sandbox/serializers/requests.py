"""What a run is asked for with, checked the same on HTTP and on the WebSocket."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from cloudrun.errors import PayloadTooLargeError
from cloudrun.fields import StrictBooleanField, StrictCharField, StrictIntegerField
from cloudrun.sizes import size_words
from sandbox.addresses import url_problem
from sandbox.file_names import FILE_NAME_MAX_LENGTH, file_name_problem
from sandbox.languages import LANGUAGES, Language
from sandbox.models import WORKSPACE_MAX_LENGTH
from sandbox.package_names import MAX_LENGTH, MAX_PACKAGES, is_package_name
from sandbox.requests import BASE64, UTF8, RunRequest, SourceFile
from sandbox.serializers import validated

_MAX_ARGS = 100
_MAX_ARGS_LENGTH = 4096  # characters of all together
MAX_TERMINAL = 1000  # columns, rows
MAX_BATCH = 20
_MAX_URL = 2048
_FILES = "Beside the file that `code` becomes, which may be among them with the same content."
_ARTIFACTS = (
    "Keep the files that the program leaves in its folder, unless it is stopped or passes a limit."
)
_ARGS = "Of the program, behind its name; without control characters, 4096 characters together."
_SOCKET_ONLY = "On the WebSocket only; over HTTP nobody can type."


class FileSerializer(serializers.Serializer[Any]):
    name = StrictCharField(max_length=FILE_NAME_MAX_LENGTH)
    content = StrictCharField(allow_blank=True, allow_nul=True)
    encoding = serializers.ChoiceField(
        [UTF8, BASE64], default=UTF8, help_text="how `content` holds the bytes of the file"
    )

    def validate(self, attrs: dict[str, str]) -> dict[str, str]:
        try:
            SourceFile(**attrs).data  # noqa: B018
        except ValueError as error:
            raise serializers.ValidationError({"content": "Is not base64."}) from error
        return attrs

    def validate_name(self, name: str) -> str:
        if problem := file_name_problem(name):
            raise serializers.ValidationError(problem)
        return name


@extend_schema_field({"type": "string", "enum": list(LANGUAGES)})
class LanguageField(StrictCharField):
    """The id of a language."""

    def to_internal_value(self, data: Any) -> str:
        language = super().to_internal_value(data)
        if language not in LANGUAGES:
            known = ", ".join(LANGUAGES)
            raise serializers.ValidationError(f"Unknown language. Choose one of: {known}.")
        return language


@extend_schema_field({"type": "string", "minLength": 1, "pattern": r"\S"})
class CodeField(StrictCharField):
    """A source that is not blank, kept to the byte."""

    def to_internal_value(self, data: Any) -> str:
        code = super().to_internal_value(data)
        if not code.strip():
            raise serializers.ValidationError("Must not be blank.")
        return code


@extend_schema_serializer(component_name="Run")  # the schema adds "Request"
class RunRequestSerializer(serializers.Serializer[Any]):
    """`{language, code, stdin?, args?, files?, install_packages?, interactive?, tty?, cols?, rows?,
    artifacts?}`."""

    language = LanguageField()
    code = CodeField(allow_nul=True)
    stdin = StrictCharField(allow_blank=True, allow_nul=True, default="")
    args = serializers.ListField(
        child=StrictCharField(allow_blank=True),
        default=list,
        max_length=_MAX_ARGS,
        help_text=_ARGS,
    )
    workspace = StrictCharField(
        allow_blank=True,
        default="",
        max_length=WORKSPACE_MAX_LENGTH,
        help_text="What the caller keeps the program under.",
    )
    files = FileSerializer(many=True, default=list, help_text=_FILES)
    install_packages = serializers.ListField(
        child=StrictCharField(max_length=MAX_LENGTH), default=list, max_length=MAX_PACKAGES
    )
    interactive = StrictBooleanField(default=False, help_text=_SOCKET_ONLY)
    tty = StrictBooleanField(default=False, help_text=_SOCKET_ONLY)
    cols = StrictIntegerField(min_value=1, max_value=MAX_TERMINAL, default=80)
    rows = StrictIntegerField(min_value=1, max_value=MAX_TERMINAL, default=24)
    artifacts = StrictBooleanField(default=False, help_text=_ARTIFACTS)

    def validate_args(self, args: list[str]) -> list[str]:
        if any(ord(character) < 32 for arg in args for character in arg):
            raise serializers.ValidationError("Must not hold control characters.")
        if sum(map(len, args)) > _MAX_ARGS_LENGTH:
            raise serializers.ValidationError(
                f"Must be at most {_MAX_ARGS_LENGTH} characters together."
            )
        return args

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
                refusal = f"{name!r} is not a package name."
                raise serializers.ValidationError({"install_packages": refusal})
        if problem := _files_problem(language, attrs["code"], attrs["files"]):
            raise serializers.ValidationError({"files": problem})
        return attrs


def _files_problem(language: Language, code: str, files: list[dict[str, str]]) -> str | None:
    """Why these files cannot be beside the one that `code` becomes, which may be among them."""
    entry = _entry_file(language, code)
    names = [file["name"] for file in files]
    if clash := _clash(names if entry in names else [entry, *names]):
        return f"{clash!r} is both a file and another file's name."
    for file in files:
        if file["name"] == entry and not _is_source(file, language, code):
            return f"{entry!r} is the file that `code` becomes, and differs. Call it otherwise."
    return None


def _is_source(file: dict[str, str], language: Language, code: str) -> bool:
    text = SourceFile(**file).data.decode(errors="replace")
    return language.source(text) == language.source(code)


def _entry_file(language: Language, code: str) -> str:
    """The file that `code` becomes."""
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


@extend_schema_field({"type": "string", "format": "uri", "maxLength": _MAX_URL})
class CallbackField(StrictCharField):
    """An address that results may be posted to, as far as it tells without asking for it."""

    def to_internal_value(self, data: Any) -> str:
        url = super().to_internal_value(data)
        if problem := url_problem(url):
            raise serializers.ValidationError(problem)
        return url


def _callback_field() -> CallbackField:
    return CallbackField(
        required=False,
        max_length=_MAX_URL,
        help_text="Where each result is posted, signed; http or https, on a public address.",
    )


@extend_schema_serializer(component_name="Execution")  # the schema adds "Request"
class ExecutionRequestSerializer(RunRequestSerializer):
    """The same over HTTP."""

    callback_url = _callback_field()


@extend_schema_serializer(component_name="Batch")  # the schema adds "Request"
class BatchRequestSerializer(serializers.Serializer[Any]):
    """`{runs: [...], callback_url?}`."""

    runs = serializers.ListField(child=RunRequestSerializer(), min_length=1, max_length=MAX_BATCH)
    callback_url = _callback_field()


def run_request(body: Mapping[str, Any]) -> RunRequest:
    """The request in a frame; raises `InvalidRequestError` or `PayloadTooLargeError`."""
    request = _request(validated(RunRequestSerializer(data=body)))
    _check_size(request)
    return request


def execution_request(body: Mapping[str, Any]) -> RunRequest:
    """The request in an HTTP body; raises as `run_request`."""
    request = _without_somebody(_request(validated(ExecutionRequestSerializer(data=body))))
    _check_size(request)
    return request


def batch_requests(body: Mapping[str, Any]) -> list[RunRequest]:
    """The requests in the body of a batch, all of them valid; raises as `run_request`."""
    batch = validated(BatchRequestSerializer(data=body))
    requests = [
        _without_somebody(_request({**run, "callback_url": batch.get("callback_url", "")}))
        for run in batch["runs"]
    ]
    _check_size(*requests)
    return requests


def _request(data: dict[str, Any]) -> RunRequest:
    files = tuple(SourceFile(**file) for file in data.pop("files"))
    args, packages = tuple(data.pop("args")), tuple(data.pop("install_packages"))
    return RunRequest(**data, args=args, files=files, install_packages=packages)


def _without_somebody(request: RunRequest) -> RunRequest:
    """Over HTTP nobody can type: the input ends after `stdin`."""
    return replace(request, interactive=False, tty=False)


def _check_size(*requests: RunRequest) -> None:
    texts = [text.encode() for request in requests for text in (request.code, request.stdin)]
    files = [file.data for request in requests for file in request.files]
    size = sum(map(len, texts + files))
    if size > settings.MAX_UPLOAD_SIZE:
        raise PayloadTooLargeError(
            f"Code, input and files are {size_words(size)}, more than the"
            f" {size_words(settings.MAX_UPLOAD_SIZE)} that this server takes (MAX_UPLOAD_SIZE)."
        )
