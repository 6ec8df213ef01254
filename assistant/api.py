"""`/api/ai/`: help with code. Guests may use it."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from typing import Any

from asgiref.sync import async_to_sync
from django.conf import settings
from django.http import HttpResponseBase
from django.utils.cache import patch_vary_headers
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.schema import example, refusals
from assistant.answering import Answer, Piece, Trying, answer_stream, tried_stream, whole
from assistant.asking import Start
from assistant.calls import Asker, noted, question_count
from assistant.configured import providers
from assistant.errors import NoProviderError
from assistant.providers.base import End
from assistant.questions import Question
from assistant.rendering import Drawn, Rendering
from assistant.selectors import provider_list
from assistant.serializers import (
    AssistAnswerSerializer,
    AssistantStatusSerializer,
    AssistSerializer,
    question_of,
)
from assistant.teaching import is_taught, lesson_begin, taught
from assistant.verdicts import as_json
from cloudrun import problems
from cloudrun.errors import ApplicationError, NotAuthenticatedError
from cloudrun.event_streams import CONTENT_TYPE, event_stream, message, release_thread
from cloudrun.rates import subject_of
from sandbox.api.schema import RUN_ID
from sandbox.guests import guest_id
from sandbox.identity import owner_of_request

logger = logging.getLogger(__name__)


class StatusView(APIView):
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="ai_status",
        summary="Whether the assistant can answer, and who does",
        tags=["ai"],
        responses={200: AssistantStatusSerializer}
        | refusals(_401="The token is not valid; none at all is fine"),
        examples=[
            example(
                "No provider",
                {"enabled": False, "provider": None, "providers": [], "teaching": False},
            )
        ],
    )
    def get(self, request: Request) -> Response:
        providers = provider_list()
        answer = {
            "enabled": bool(providers),
            "provider": providers[0].name if providers else None,
            "providers": providers,
            "teaching": is_taught(request.user),
        }
        return Response(AssistantStatusSerializer(answer).data)


class AssistView(APIView):
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="ai_assist",
        summary="Ask about code or an error",
        description=(
            "`fix_error` needs `code` and `error`, `explain_error` needs `error`, `explain_code`"
            " and `optimize_code` need `code`. What is proposed is run with the same input, in the"
            " sandbox and as one of the caller's runs, and `verdict` says how that went; where it"
            " fails the assistant has one more try.\n\n"
            "Where the server is in teaching mode (`teaching` of `/api/ai/status`), hints come"
            " first: for each failure, or program to optimize, a `nudge` before `explain` and that"
            " before `show`. Who asks for more gets the next step; `step` says which it is,"
            " `next_step` what may be asked for then, and `notes` why.\n\n"
            "With `Accept: text/event-stream` the answer comes as it is written, in frames"
            " `{type, ...}`: `start` (who answers; another one takes back the text before it),"
            " `text` (`content`), `html` where it is asked for (blocks that are `finished`, to be"
            " kept, and the `unfinished` one after them, which the next frame replaces), `trying`,"
            " and at the end `answer`, which is the answer as JSON has it, or `error` (`problem`)."
        ),
        tags=["ai"],
        request=AssistSerializer,
        responses={
            (200, "application/json"): AssistAnswerSerializer,
            (200, CONTENT_TYPE): OpenApiTypes.STR,
        }
        | refusals(
            _400="A field is not valid, or what the action needs is missing",
            _401="The token is not valid; none at all is fine",
            _403="A session cookie came without its CSRF token, or from another site's page",
            _413="The body is larger than this server takes",
            _429="Too many questions; `Retry-After` says how many seconds to wait",
            _502="All providers failed; `detail` says why each did",
            _503="No AI provider is configured, or too many questions are being answered",
        ),
        examples=[
            OpenApiExample(
                "Fix an error",
                value={
                    "action": "fix_error",
                    "language": "python",
                    "code": "print(1/0)",
                    "error": "ZeroDivisionError: division by zero",
                },
                request_only=True,
            ),
            example(
                "A mended program",
                {
                    "success": True,
                    "action": "fix_error",
                    "response": "Nothing can be divided by zero.",
                    "provider": "groq",
                    "model": "llama-3.3-70b-versatile",
                    "code": "print(1 / 1)",
                    "files": [{"name": "main.py", "content": "print(1 / 1)"}],
                    "verdict": {
                        "status": "verified",
                        "message": "Ran with your input: exit 0.",
                        "execution_id": RUN_ID,
                        "before": {"duration_ms": 31, "cpu_ms": 14, "memory_bytes": 9437184},
                        "after": {"duration_ms": 29, "cpu_ms": 13, "memory_bytes": 9371648},
                    },
                    "notes": [],
                    "step": "show",
                    "next_step": None,
                },
            ),
        ],
    )
    def post(self, request: Request) -> HttpResponseBase:
        return answered(request, teaching=is_taught(request.user))


def answered(request: Request, *, teaching: bool, place: str = "") -> HttpResponseBase:
    """The answer to a request; hints first where `teaching`, each of them at its `place`."""
    question, wishes = question_of(request.data)
    asker = _asker(request)
    question_count(asker)
    if not providers():  # which makes them here, in a thread of the view's own
        raise NoProviderError
    lesson = lesson_begin(question, person=asker.person, place=place) if teaching else None
    if lesson:
        question = lesson.question
    pieces = _pieces(request, question, verify=wishes.verify)
    if lesson:
        pieces = taught(lesson, pieces)
    pieces = noted(question, asker, pieces, about=lesson.about if lesson else "")
    response: HttpResponseBase
    if request.get_preferred_type(_TYPES) == CONTENT_TYPE:
        response = event_stream(_messages(question, pieces, Rendering() if wishes.html else None))
    else:
        response = Response(_body(question, async_to_sync(whole)(pieces)))
    patch_vary_headers(response, ("Accept",))
    return response


_TYPES = ["application/json", CONTENT_TYPE]


def _pieces(
    request: Request, question: Question, *, verify: bool
) -> AsyncGenerator[Piece | End, None]:
    """The answer; what it proposes is run where that is wanted and the caller may run programs."""
    if verify and settings.AI_VERIFY:
        with suppress(NotAuthenticatedError):
            return tried_stream(question, owner_of_request(request))
    return answer_stream(question)


async def _messages(
    question: Question, pieces: AsyncGenerator[Piece, None], rendering: Rendering | None
) -> AsyncGenerator[str, None]:
    release_thread()
    try:
        async with aclosing(pieces):
            async for piece in pieces:
                frame = message(_frame(question, piece))
                if rendering and (drawn := await asyncio.to_thread(_drawn, rendering, piece)):
                    frame = message({"type": "html", **vars(drawn)}) + frame
                yield frame  # at once: each of them costs the same
    except ApplicationError as error:
        yield message({"type": "error", "problem": problems.body(error)})
    except Exception:
        # The answer has begun: nobody else could tell the asker, who would wait on.
        logger.exception("an answer of the assistant broke off")
        yield message({"type": "error", "problem": problems.body(problems.unforeseen())})


def _drawn(rendering: Rendering, piece: Piece) -> Drawn | None:
    """What is new to draw before the piece's own frame."""
    match piece:
        case Start():
            rendering.clear()
            return None
        case str():
            return rendering.feed(piece)
        case _:
            return rendering.finish()


def _frame(question: Question, piece: Piece) -> dict[str, Any]:
    match piece:
        case Start(provider):
            return {"type": "start", "provider": provider.name, "model": provider.model}
        case str():
            return {"type": "text", "content": piece}
        case Trying():
            return {"type": "trying"}
        case Answer():
            return {"type": "answer", **_body(question, piece)}


def _body(question: Question, answer: Answer) -> dict[str, Any]:
    return {
        "success": True,
        "action": question.action,
        "response": answer.response,
        "provider": answer.provider,
        "model": answer.model,
        "code": answer.files.get(question.main),
        "files": [{"name": name, "content": text} for name, text in answer.files.items()],
        "verdict": as_json(answer.verdict) if answer.verdict else None,
        "notes": list(answer.notes),
        "step": question.step,
        "next_step": answer.next_step,
    }


def _asker(request: Request) -> Asker:
    user_id = request.user.pk if request.user.is_authenticated else None
    subject = subject_of(user_id, request.META.get("REMOTE_ADDR", ""))
    return Asker(user_id, subject, guest_id(request.session))
