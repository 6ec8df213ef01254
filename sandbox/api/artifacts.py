"""What a run's program has made: listed, and handed out as something that nobody trusts."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.schema import example
from sandbox.api.schema import NOT_FOUND, RUN_ID, caller_refusals
from sandbox.artifacts import OTHER, content_type
from sandbox.identity import owner_of_request
from sandbox.selectors import artifact_get, artifact_list, runs_settle
from sandbox.serializers.runs import ArtifactsSerializer

_PLOT = {
    "name": "plot.png",
    "size": 18_340,
    "content_type": "image/png",
    "url": f"/api/runs/{RUN_ID}/artifacts/plot.png",
}


class RunArtifactsView(APIView):
    """The files that a run's program has made."""

    @extend_schema(
        operation_id="runs_artifacts",
        summary="The files that a run has made",
        description=(
            "Where the run was asked for with `artifacts`, and until newer runs take their room."
        ),
        tags=["runs"],
        responses={200: ArtifactsSerializer} | caller_refusals(_404=NOT_FOUND),
        examples=[example("A plot", {"execution_id": RUN_ID, "artifacts": [_PLOT]})],
    )
    def get(self, request: Request, execution_id: str) -> Response:
        owner = owner_of_request(request)
        runs_settle(owner)
        artifacts = artifact_list(execution_id, owner)
        return Response({"execution_id": execution_id, "artifacts": artifacts})


class RunArtifactView(APIView):
    """One of them."""

    @extend_schema(
        operation_id="runs_artifact",
        summary="A file that a run has made",
        tags=["runs"],
        responses={(200, OTHER): OpenApiTypes.BINARY}
        | caller_refusals(_404="There is no such file or run, or it is somebody else's"),
    )
    def get(self, request: Request, execution_id: str, name: str) -> HttpResponse:
        artifact = artifact_get(execution_id, name, owner_of_request(request))
        response = made_file_response(name, bytes(artifact.content))
        response["Cache-Control"] = "private, max-age=3600"
        return response


def made_file_response(name: str, content: bytes) -> HttpResponse:
    """A stranger's file under our own address: never a page or a script of this site.

    A picture comes as what it is, for pages that show it; of all else no browser makes anything.
    """
    kind = content_type(name)
    return HttpResponse(
        content,
        content_type=kind if kind.startswith("image/") else OTHER,
        headers={
            "Content-Disposition": content_disposition_header(True, name.rpartition("/")[2]),
            "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
        },
    )
