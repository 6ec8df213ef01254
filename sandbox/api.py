"""The run API over HTTP; CONTRACT: bodies, answers and refusals of each endpoint."""

from dataclasses import replace
from typing import Any

from asgiref.sync import async_to_sync
from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.schema import refusals
from assistant.selectors import provider_status
from cloudrun import __version__
from cloudrun.errors import NotFoundError
from sandbox.errors import NoSandboxError
from sandbox.identity import owner_of_request
from sandbox.installing import own_events
from sandbox.languages import LANGUAGES
from sandbox.live import LiveRun
from sandbox.requests import Owner, RunRequest
from sandbox.selectors import database_status, language_list, runner_status
from sandbox.serializers import ExecutionSerializer, RunRequestSerializer, run_request
from sandbox.services import service


class HealthView(APIView):
    """Whether the process serves; touches neither database nor engine."""

    authentication_classes = ()

    @extend_schema(
        operation_id="health",
        tags=["server"],
        auth=[],
        responses={200: OpenApiTypes.OBJECT, 503: OpenApiTypes.OBJECT},
    )
    def get(self, request: Request) -> Response:
        if _is_draining():
            return Response({"status": "unhealthy", "version": __version__}, status=503)
        return Response({"status": "healthy", "version": __version__})


class StatusView(APIView):
    """What works, for operators and for clients that want to know before they ask."""

    authentication_classes = ()

    @extend_schema(operation_id="status", tags=["server"], auth=[], responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        runner = runner_status()
        active, waiting = _counts()
        return Response(
            {
                "status": "running",
                "version": __version__,
                "services": {
                    "docker": _docker_status(runner),
                    "ai_assistant": provider_status(),
                    "database": database_status(),
                },
                "languages": list(LANGUAGES),
                "active_executions": active,
                "queue_length": waiting,
                "runner": runner,
            }
        )


class LanguagesView(APIView):
    """The languages, and which of them can run here now."""

    authentication_classes = ()

    @extend_schema(
        operation_id="languages", tags=["server"], auth=[], responses=OpenApiTypes.OBJECT
    )
    def get(self, request: Request) -> Response:
        details = language_list()
        return Response({"languages": list(LANGUAGES), "count": len(LANGUAGES), "details": details})


class TemplatesView(APIView):
    """What a new file of each language holds."""

    authentication_classes = ()

    @extend_schema(
        operation_id="templates", tags=["server"], auth=[], responses=OpenApiTypes.OBJECT
    )
    def get(self, request: Request) -> Response:
        return Response(
            {"templates": {id: language.template for id, language in LANGUAGES.items()}}
        )


class TemplateView(APIView):
    """What a new file of one language holds."""

    authentication_classes = ()

    @extend_schema(
        operation_id="template",
        tags=["server"],
        auth=[],
        responses={200: OpenApiTypes.OBJECT} | refusals(_404="There is no such language"),
    )
    def get(self, request: Request, language: str) -> Response:
        if language not in LANGUAGES:
            raise NotFoundError(f"There is no language {language!r}.")
        return Response({"language": language, "template": LANGUAGES[language].template})


class ExecuteView(APIView):
    """Run a program and wait for its end, which is a result, whatever it is."""

    @extend_schema(
        operation_id="execute",
        tags=["runs"],
        request=RunRequestSerializer,
        responses={200: ExecutionSerializer}
        | refusals(
            _400="A field is not valid; `errors` says which",
            _401="The token is not valid, or guests cannot run programs here",
            _403="A session cookie came without its CSRF token, or from another site's page",
            _413="Code, input and files are larger than this server takes",
            _429="Too many runs; `Retry-After` says how many seconds to wait",
            _503="Too many runs are waiting, or there is no sandbox; `Retry-After` says when to"
            " try again",
        ),
        examples=[
            OpenApiExample(
                "Hello",
                value={"language": "python", "code": 'print("hello")'},
                request_only=True,
            )
        ],
    )
    def post(self, request: Request) -> Response:
        owner = owner_of_request(request)
        # Nobody can type here: the input ends after `stdin`.
        run = replace(run_request(_body(request)), interactive=False, tty=False)
        return Response(async_to_sync(_execute)(run, owner))


class StopView(APIView):
    """Stop a run of one's own; returns once its program is dead."""

    @extend_schema(
        operation_id="execute_stop",
        tags=["runs"],
        request=None,
        responses={200: OpenApiTypes.OBJECT}
        | refusals(
            _401="The token is not valid, or guests cannot run programs here",
            _403="A session cookie came without its CSRF token, or from another site's page",
            _404="There is no such run, it has ended, or it is somebody else's",
        ),
    )
    def post(self, request: Request, execution_id: str) -> Response:
        owner = owner_of_request(request)

        async def stop() -> None:
            await service().stop(execution_id, owner)

        async_to_sync(stop)()
        return Response(
            {
                "execution_id": execution_id,
                "status": "stopped",
                "message": "Execution stopped",
            }
        )


def _body(request: Request) -> dict[str, Any]:
    """What `StrictJSONParser` made of the body; REST framework's type is wider."""
    assert isinstance(request.data, dict)
    return request.data


async def _execute(request: RunRequest, owner: Owner) -> dict[str, Any]:
    live = await service().start(request, owner)
    live.attach()
    try:
        async for _ in live.log.follow():
            pass
    finally:
        live.detach(settings.DISCONNECT_GRACE)
    return _answer(live)


def _answer(live: LiveRun) -> dict[str, Any]:
    """The run's log as one result: its output by stream, the last frame's fields beside it."""
    texts: dict[str, list[str]] = {"stdout": [], "stderr": []}
    dependency: dict[str, Any] | None = None
    last = None
    for event in own_events(live.log):
        last = event
        if event.type == "html_preview":
            texts["stdout"].append(event.content)
        elif event.type in texts:
            texts[event.type].append(event.content)
        elif event.type == "dependency":
            dependency = dict(event.fields)
    assert last is not None
    if last.fields.get("code") == NoSandboxError.code:
        raise NoSandboxError(last.content, retry_after=last.fields["retry_after"])
    fields = {"exit_code": None, "signal": None, "duration_ms": None, **last.fields}
    return {
        "execution_id": live.id,
        "message": last.content,
        "stdout": "".join(texts["stdout"]),
        "stderr": "".join(texts["stderr"]),
        "execution_time": (fields["duration_ms"] or 0) / 1000,
        "dependency": dependency,
        **fields,
    }


def _is_draining() -> bool:
    async def draining() -> bool:
        return service().draining

    return async_to_sync(draining)()


def _counts() -> tuple[int, int]:
    async def counts() -> tuple[int, int]:
        return service().active, service().admission.waiting

    return async_to_sync(counts)()


def _docker_status(runner: dict[str, Any]) -> dict[str, str | None]:
    """Old clients look here for whether programs run at all."""
    works = runner["name"] == "docker" and not runner["problem"]
    return {"status": "ok" if works else "error", "info": runner["problem"] or runner["detail"]}
