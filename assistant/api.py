"""`/api/ai/`: help with code. Guests may use it."""

from typing import NoReturn

from django.conf import settings
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.schema import example, refusals
from assistant.selectors import provider_list
from assistant.serializers import (
    AssistAnswerSerializer,
    AssistantStatusSerializer,
    AssistSerializer,
)
from cloudrun.errors import ServiceUnavailableError
from cloudrun.rates import Rate, subject_of


class StatusView(APIView):
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="ai_status",
        summary="Whether the assistant can answer, and who does",
        tags=["ai"],
        responses={200: AssistantStatusSerializer}
        | refusals(_401="The token is not valid; none at all is fine"),
        examples=[example("No provider", {"enabled": False, "provider": None, "providers": []})],
    )
    def get(self, request: Request) -> Response:
        providers = provider_list()
        answer = {
            "enabled": bool(providers),
            "provider": providers[0].name if providers else None,
            "providers": providers,
        }
        return Response(AssistantStatusSerializer(answer).data)


class AssistView(APIView):
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="ai_assist",
        summary="Ask about code or an error",
        description=(
            "`fix_error` needs `code` and `error`, `explain_error` needs `error`, `explain_code`"
            " and `optimize_code` need `code`."
        ),
        tags=["ai"],
        request=AssistSerializer,
        responses={200: AssistAnswerSerializer}
        | refusals(
            _400="A field is not valid, or what the action needs is missing",
            _401="The token is not valid; none at all is fine",
            _403="A session cookie came without its CSRF token, or from another site's page",
            _413="The body is larger than this server takes",
            _429="Too many questions; `Retry-After` says how many seconds to wait",
            _503="No AI provider is configured",
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
                },
            ),
        ],
    )
    def post(self, request: Request) -> NoReturn:
        AssistSerializer(data=request.data).is_valid(raise_exception=True)
        _count(request)
        raise ServiceUnavailableError("No AI provider is configured on this server.")


def _count(request: Request) -> None:
    """`RateLimitedError` beyond `AI_REQUESTS_PER_MINUTE`."""
    limit = settings.AI_REQUESTS_PER_MINUTE
    user_id = request.user.pk if request.user.is_authenticated else None
    rate = Rate("assistant", limit, 60, f"The assistant can be asked {limit} times a minute.")
    rate.count(subject_of(user_id, request.META.get("REMOTE_ADDR", "")))
