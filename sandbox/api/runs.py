"""Runs as a resource: listed, read, followed, recorded, deleted."""

import contextlib
from dataclasses import asdict
from functools import partial
from typing import Any, cast

from asgiref.sync import async_to_sync
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpResponse, HttpResponseBase
from django.utils.cache import patch_vary_headers
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.schema import example
from cloudrun.event_streams import CONTENT_TYPE, event_stream
from cloudrun.rates import subject_of
from sandbox import recording, streams
from sandbox.api.schema import NOT_FOUND, RESULT, RUN_ID, SUMMARY, caller_refusals
from sandbox.connections import logged_out
from sandbox.errors import RunNotFoundError
from sandbox.events import Event
from sandbox.history import run_page
from sandbox.identity import owner_of_request
from sandbox.live import LiveRun
from sandbox.models import Run
from sandbox.records import run_delete
from sandbox.requests import Owner
from sandbox.results import lost_frame, result_in
from sandbox.selectors import run_events, run_get, runs_settle
from sandbox.serializers.queries import (
    LAST_EVENT_ID,
    EventsQuerySerializer,
    RunListQuerySerializer,
    after_seq,
    run_list_query,
)
from sandbox.serializers.runs import (
    EventsSerializer,
    RunListSerializer,
    RunSerializer,
    RunSummarySerializer,
)
from sandbox.services import service
from sandbox.sockets import socket_check

_FRAME = {
    "type": "stdout",
    "content": "hello\n",
    "timestamp": "2026-01-05T09:30:00.160Z",
    "execution_id": RUN_ID,
    "seq": 3,
}


class RunListView(APIView):
    """One's own runs."""

    @extend_schema(
        operation_id="runs_list",
        summary="One's own runs, newest first",
        description=(
            "A user's, or a guest's by their session. `next_cursor` leads to the page behind; new"
            " runs do not move what is on it."
        ),
        tags=["runs"],
        parameters=[RunListQuerySerializer],
        responses={200: RunListSerializer}
        | caller_refusals(_400="A filter or the cursor is not valid; `errors` says which"),
        examples=[example("The last page", {"runs": [SUMMARY], "next_cursor": None})],
    )
    def get(self, request: Request) -> Response:
        owner = owner_of_request(request)
        filter, limit, cursor = run_list_query(request)
        runs_settle(owner)
        page = run_page(owner=owner, filter=filter, limit=limit, cursor=cursor)
        return Response(
            {
                "runs": RunSummarySerializer(page.runs, many=True).data,
                "next_cursor": page.next_cursor,
            }
        )


class RunView(APIView):
    """A run with its source and its result."""

    @extend_schema(
        operation_id="runs_get",
        summary="A run, with its source and its result",
        description="`result` is null until the run has ended.",
        tags=["runs"],
        responses={200: RunSerializer} | caller_refusals(_404=NOT_FOUND),
        examples=[
            example(
                "A failed program",
                {
                    **SUMMARY,
                    "code": 'print("hello")\nprint(nmae)\n',
                    "stdin": "",
                    "args": [],
                    "files": [],
                    "result": RESULT,
                },
            )
        ],
    )
    def get(self, request: Request, execution_id: str) -> Response:
        owner = owner_of_request(request)
        runs_settle(owner)
        run = run_get(execution_id, owner)
        source, result = run.unpacked_source(), result_in(run)
        return Response(
            {
                **RunSummarySerializer(run).data,
                **{name: source[name] for name in ("code", "stdin", "args", "files")},
                "result": asdict(result) if result else None,
            }
        )

    @extend_schema(
        operation_id="runs_delete",
        summary="Delete a run",
        description="A live one is stopped first.",
        tags=["runs"],
        responses={204: OpenApiResponse(description="Deleted")} | caller_refusals(_404=NOT_FOUND),
    )
    def delete(self, request: Request, execution_id: str) -> Response:
        owner = owner_of_request(request)
        async_to_sync(_stop)(execution_id, owner)
        run_delete(run_get(execution_id, owner).pk)
        return Response(status=204)


class RunEventsView(APIView):
    """A run's frames, as JSON or as server-sent events."""

    @extend_schema(
        operation_id="runs_events",
        summary="A run's events",
        description=(
            "The frames of the WebSocket, those so far as JSON. With `Accept: text/event-stream`"
            " they come as server-sent events, the live rest too, and the answer ends after the"
            " last one; `Last-Event-ID` goes on behind an event, and where nothing is left to tell"
            " the answer is 204, on which an `EventSource` stops. The stream of a reader who is"
            " logged out ends with an event `over`, an `error` frame without a number. Reading"
            " keeps no run going, and going away stops none."
        ),
        tags=["runs"],
        parameters=[
            EventsQuerySerializer,
            OpenApiParameter(
                LAST_EVENT_ID,
                {"type": "string", "pattern": "^[0-9]{1,9}$"},
                OpenApiParameter.HEADER,
                description="The `seq` of the last event that came; wins over `after_seq`.",
            ),
        ],
        responses={
            (200, "application/json"): EventsSerializer,
            (200, CONTENT_TYPE): OpenApiTypes.STR,
            204: OpenApiResponse(description="The stream has ended, and all of it was sent"),
        }
        | caller_refusals(
            _400="`after_seq` or `Last-Event-ID` is not valid",
            _404=NOT_FOUND,
            _429="Too many sockets and event streams are open",
        ),
        examples=[
            example(
                "While it runs",
                {"execution_id": RUN_ID, "status": "running", "events": [_FRAME]},
            ),
            example(
                "A stream",
                'id: 3\ndata: {"type": "stdout", "content": "hello\\n", "seq": 3}\n\n',
                media_type=CONTENT_TYPE,
            ),
        ],
    )
    def get(self, request: Request, execution_id: str) -> HttpResponseBase:
        owner = owner_of_request(request)
        is_stream = request.get_preferred_type(_EVENT_TYPES) == CONTENT_TYPE
        seq = after_seq(request)
        live, run = _live_and_stored(execution_id, owner)
        if is_stream:
            response = _stream(request, owner, live, run, seq)
        else:
            response = Response(
                {"execution_id": run.pk, "status": run.status, "events": _frames(live, run, seq)}
            )
        patch_vary_headers(response, ("Accept",))
        return response


class RunRecordingView(APIView):
    """A run as a terminal recording."""

    @extend_schema(
        operation_id="runs_recording",
        summary="A run as a terminal recording",
        description=(
            "asciicast v2, for any asciinema player. Of a run that has not ended it is what there"
            " is so far."
        ),
        tags=["runs"],
        responses={(200, recording.CONTENT_TYPE): OpenApiTypes.STR}
        | caller_refusals(_404=NOT_FOUND),
        examples=[
            example(
                "Hello",
                '{"version": 2, "width": 80, "height": 24, "timestamp": 1767605400}\n'
                '[0.037, "o", "hello\\r\\n"]\n',
                media_type=recording.CONTENT_TYPE,
            )
        ],
    )
    def get(self, request: Request, execution_id: str) -> HttpResponse:
        live, run = _live_and_stored(execution_id, owner_of_request(request))
        return HttpResponse(
            "".join(recording.asciicast(run, _events(live, run))),
            content_type=recording.CONTENT_TYPE,
            headers={"Content-Disposition": f'attachment; filename="{run.pk}.cast"'},
        )


_EVENT_TYPES = ["application/json", CONTENT_TYPE]


async def _stop(run_id: str, owner: Owner) -> None:
    with contextlib.suppress(RunNotFoundError):
        await service().stop(run_id, owner)


def _live_and_stored(run_id: str, owner: Owner) -> tuple[LiveRun | None, Run]:
    """A run as the service knows it, where it does, and as the database does."""

    async def live() -> LiveRun | None:
        with contextlib.suppress(RunNotFoundError):
            return service().get(run_id, owner)
        return None

    # In this order: a run that ends in between is in the first one's log, and in the second's.
    found = async_to_sync(live)()
    runs_settle(owner)
    return found, run_get(run_id, owner)


def _events(live: LiveRun | None, run: Run) -> list[Event]:
    return list(live.log) if live else run_events(run)


def _frames(live: LiveRun | None, run: Run, after_seq: int) -> list[dict[str, Any]]:
    if live is None and (lost := lost_frame(run)):
        return [lost]
    return [event.frame(run.pk) for event in _events(live, run)[after_seq:]]


def _stream(
    request: Request, owner: Owner, live: LiveRun | None, run: Run, after_seq: int
) -> HttpResponseBase:
    if live and not live.log.is_closed:
        subject = subject_of(owner.user_id, owner.address)
        socket_check(subject)
        scope = cast(ASGIRequest, request._request).scope
        over = partial(logged_out, dict(scope), owner)
        messages = streams.live_stream(live, after_seq, subject, over)
    elif frames := _frames(live, run, after_seq):
        messages = streams.stored_stream(frames)
    else:
        return Response(status=204)
    return event_stream(messages)
