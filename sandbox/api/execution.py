"""Starting runs and stopping them."""

from dataclasses import asdict
from typing import Any

from asgiref.sync import async_to_sync
from django.urls import reverse
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.schema import example
from cloudrun import problems
from cloudrun.errors import ApplicationError, NotAuthenticatedError, RateLimitedError
from sandbox.api.schema import RESULT, RUN_ID, body_refusals, caller_refusals
from sandbox.callbacks import callback_key
from sandbox.executions import execution_batch, execution_begin, execution_result
from sandbox.identity import owner_of_request
from sandbox.requests import Owner, RunRequest
from sandbox.results import Result
from sandbox.selectors import run_get
from sandbox.serializers.queries import (
    IDEMPOTENCY_KEY,
    KEY_PATTERN,
    MAX_KEY,
    ExecuteQuerySerializer,
    idempotency_key,
    waits,
)
from sandbox.serializers.requests import (
    BatchRequestSerializer,
    ExecutionRequestSerializer,
    batch_requests,
    execution_request,
)
from sandbox.serializers.runs import (
    AcceptedSerializer,
    BatchSerializer,
    CallbackKeySerializer,
    ResultSerializer,
    StoppedSerializer,
)
from sandbox.services import service

_HELLO = {"language": "python", "code": 'print("hello")'}
_CALLBACK = (
    "\n\nWith a `callback_url` (it needs an account) the result of each run is posted there as it"
    " ends, as JSON and tried up to five times; a receiver may get it twice. It is signed:"
    " `X-CloudRun-Signature` is `sha256=` and the HMAC-SHA256, in hex, of `X-CloudRun-Timestamp`,"
    " a dot and the body, with the key that `GET /api/callbacks/key` tells. A receiver checks it,"
    " and that the timestamp (in seconds) is of the last minutes. Only public addresses are posted"
    " to, and redirects are not followed."
)


class ExecuteView(APIView):
    """Run a program and wait for its end, which is a result, whatever it is."""

    @extend_schema(
        operation_id="execute",
        summary="Run a program",
        description=(
            "Waits for the end and answers the result, also where the program fails, times out or"
            " is stopped. With `?wait=0` it answers at once, and the run goes on by itself.\n\n"
            "An `Idempotency-Key` makes it safe to try again: for 24 hours the same key with the"
            " same body stands for the one run that was started first." + _CALLBACK
        ),
        tags=["runs"],
        parameters=[
            ExecuteQuerySerializer,
            OpenApiParameter(
                IDEMPOTENCY_KEY,
                {"type": "string", "maxLength": MAX_KEY, "pattern": KEY_PATTERN},
                OpenApiParameter.HEADER,
                description="Anything of visible ASCII that is new for each program: a UUID.",
            ),
        ],
        request=ExecutionRequestSerializer,
        responses={
            200: ResultSerializer,
            202: OpenApiResponse(AcceptedSerializer, "Accepted; `Location` is the run"),
        }
        | body_refusals(
            _409="An earlier request with this `Idempotency-Key` did not come to its run",
            _422="This `Idempotency-Key` came with another body before",
            _429="Too many runs; `Retry-After` says how many seconds to wait",
            _503="Too many runs are waiting or large requests come at once, or there is no sandbox;"
            " `Retry-After` says when to try again",
        ),
        examples=[
            OpenApiExample("Hello", value=_HELLO, request_only=True),
            OpenApiExample(
                "With input and a file",
                value={
                    "language": "python",
                    "code": 'print(input(), open("data.txt").read())',
                    "stdin": "Ada\n",
                    "files": [{"name": "data.txt", "content": "1 2 3"}],
                },
                request_only=True,
            ),
            example("A failed program", RESULT),
            example("Accepted", {"execution_id": RUN_ID, "status": "starting"}, status=202),
        ],
    )
    def post(self, request: Request) -> Response:
        owner = owner_of_request(request)
        must_wait, key = waits(request), idempotency_key(request)
        run = execution_request(_body(request))
        _check_callback(run, owner)
        if must_wait:
            return Response(asdict(async_to_sync(_execute)(run, owner, key)))
        run_id = async_to_sync(execution_begin)(run, owner, key=key, stays=True)
        return Response(
            {"execution_id": run_id, "status": run_get(run_id, owner).status},
            status=202,
            headers={"Location": reverse("run", args=[run_id])},
        )


class BatchView(APIView):
    """Run several programs and wait for all."""

    @extend_schema(
        operation_id="runs_batch",
        summary="Run up to 20 programs",
        description=(
            "Each is a run of its own, and counts as one. Nothing starts where one of them is not"
            " valid. Waits for all: for each there is the result, or the problem that kept it from"
            " running." + _CALLBACK
        ),
        tags=["runs"],
        request=BatchRequestSerializer,
        responses={200: BatchSerializer} | body_refusals(),
        examples=[
            OpenApiExample("Two", value={"runs": [_HELLO, _HELLO]}, request_only=True),
            example(
                "One ran, one was refused",
                {
                    "runs": [
                        {"result": RESULT, "problem": None},
                        {
                            "result": None,
                            "problem": {
                                "type": "about:blank",
                                "title": RateLimitedError.title,
                                "status": RateLimitedError.status,
                                "detail": "At most 30 runs a minute. Try again in 12 s.",
                                "code": RateLimitedError.code,
                            },
                        },
                    ]
                },
            ),
        ],
    )
    def post(self, request: Request) -> Response:
        owner = owner_of_request(request)
        runs = batch_requests(_body(request))
        _check_callback(runs[0], owner)
        outcomes = async_to_sync(execution_batch)(runs, owner)
        return Response({"runs": [_item(outcome) for outcome in outcomes]})


class StopView(APIView):
    """Stop a run of one's own; returns once its program is dead."""

    @extend_schema(
        operation_id="execute_stop",
        summary="Stop a run",
        tags=["runs"],
        request=None,
        responses={200: StoppedSerializer}
        | caller_refusals(_404="There is no such run, it has ended, or it is somebody else's"),
        examples=[
            example(
                "Stopped",
                {
                    "execution_id": RUN_ID,
                    "status": "stopped",
                    "message": "Execution stopped",
                },
            )
        ],
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


class CallbackKeyView(APIView):
    """The key that one's callbacks are signed with."""

    @extend_schema(
        operation_id="callback_key",
        summary="The key of one's callbacks",
        description="Stays the same; whoever has it can forge callbacks to you.",
        tags=["runs"],
        responses={200: CallbackKeySerializer} | caller_refusals(),
        examples=[example("A key", {"key": "6b1f...e0"})],
    )
    def get(self, request: Request) -> Response:
        key = callback_key(_account(owner_of_request(request)))
        return Response({"key": key}, headers={"Cache-Control": "no-store"})


async def _execute(request: RunRequest, owner: Owner, key: str | None) -> Result:
    run_id = await execution_begin(request, owner, key=key)
    return await execution_result(run_id, owner)


def _item(outcome: Result | ApplicationError) -> dict[str, Any]:
    if isinstance(outcome, ApplicationError):
        return {"result": None, "problem": problems.body(outcome)}
    return {"result": asdict(outcome), "problem": None}


def _check_callback(request: RunRequest, owner: Owner) -> None:
    if request.callback_url:
        _account(owner)


def _account(owner: Owner) -> int:
    """Guests could make this server post to whom they like without anybody to ask about it."""
    if owner.user_id is None:
        raise NotAuthenticatedError("Callbacks need an account. Log in, or send a token.")
    return owner.user_id


def _body(request: Request) -> dict[str, Any]:
    """What `StrictJSONParser` made of the body; REST framework's type is wider."""
    assert isinstance(request.data, dict)
    return request.data
