"""What the server is and has: health, status, languages and their templates."""

from typing import Any

from asgiref.sync import async_to_sync
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.schema import example, refusals
from assistant.selectors import provider_status
from cloudrun import __version__
from cloudrun.errors import NotFoundError
from sandbox.languages import LANGUAGES
from sandbox.selectors import counts, database_status, language_list, runner_status
from sandbox.serializers.server import (
    HealthSerializer,
    LanguagesSerializer,
    StatusSerializer,
    TemplateSerializer,
    TemplatesSerializer,
)
from sandbox.services import service

_PYTHON = LANGUAGES["python"]
_STATUS = {
    "status": "running",
    "version": __version__,
    "services": {
        "docker": {"status": "ok", "info": "Docker 27.3.1"},
        "ai_assistant": {"status": "disabled", "provider": None},
        "database": {"status": "ok", "info": "sqlite"},
    },
    "languages": list(LANGUAGES),
    "active_executions": 3,
    "queue_length": 0,
    "event_loop": {"worst_lag_ms": 4},
    "runner": {"name": "docker", "detail": "Docker 27.3.1", "problem": None},
}
_LANGUAGES = {
    "languages": ["python"],
    "count": 1,
    "details": [
        {
            "id": "python",
            "name": _PYTHON.name,
            "version": _PYTHON.version,
            "image": _PYTHON.image,
            "file": _PYTHON.file,
            "network": False,
            "available": True,
            "reason": None,
        }
    ],
}


class HealthView(APIView):
    """Whether the process serves; touches neither database nor engine."""

    authentication_classes = ()

    @extend_schema(
        operation_id="health",
        summary="Whether the server serves",
        tags=["server"],
        auth=[],
        responses={
            200: HealthSerializer,
            503: OpenApiResponse(HealthSerializer, "The server is shutting down"),
        },
        examples=[
            example("Healthy", {"status": "healthy", "version": __version__}),
            example("Shutting down", {"status": "unhealthy", "version": __version__}, status=503),
        ],
    )
    def get(self, request: Request) -> Response:
        if _is_draining():
            return Response({"status": "unhealthy", "version": __version__}, status=503)
        return Response({"status": "healthy", "version": __version__})


class StatusView(APIView):
    """What works, for operators and for clients that want to know before they ask."""

    authentication_classes = ()

    @extend_schema(
        operation_id="status",
        summary="What works",
        tags=["server"],
        auth=[],
        responses=StatusSerializer,
        examples=[example("Running", _STATUS)],
    )
    def get(self, request: Request) -> Response:
        runner = runner_status()
        now = counts()
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
                "active_executions": now["active"],
                "queue_length": now["waiting"],
                "event_loop": {"worst_lag_ms": round(1000 * now["lag_s"])},
                "runner": runner,
            }
        )


class LanguagesView(APIView):
    """The languages, and which of them can run here now."""

    authentication_classes = ()

    @extend_schema(
        operation_id="languages",
        summary="The languages",
        tags=["server"],
        auth=[],
        responses=LanguagesSerializer,
        examples=[example("One language", _LANGUAGES)],
    )
    def get(self, request: Request) -> Response:
        details = language_list()
        return Response({"languages": list(LANGUAGES), "count": len(LANGUAGES), "details": details})


class TemplatesView(APIView):
    """What a new file of each language holds."""

    authentication_classes = ()

    @extend_schema(
        operation_id="templates",
        summary="What new files hold",
        tags=["server"],
        auth=[],
        responses=TemplatesSerializer,
        examples=[example("One language", {"templates": {"python": _PYTHON.template}})],
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
        summary="What a new file of one language holds",
        responses={200: TemplateSerializer} | refusals(_404="There is no such language"),
        examples=[example("Python", {"language": "python", "template": _PYTHON.template})],
    )
    def get(self, request: Request, language: str) -> Response:
        if language not in LANGUAGES:
            raise NotFoundError(f"There is no language {language!r}.")
        return Response({"language": language, "template": LANGUAGES[language].template})


def _is_draining() -> bool:
    async def draining() -> bool:
        return service().draining

    return async_to_sync(draining)()


def _docker_status(runner: dict[str, Any]) -> dict[str, str | None]:
    """Old clients look here for whether programs run at all."""
    works = runner["name"] == "docker" and not runner["problem"]
    return {"status": "ok" if works else "error", "info": runner["problem"] or runner["detail"]}
