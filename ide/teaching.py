"""The assistant of a workspace, where an instructor may have it give hints first."""

from django.http import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from assistant.api import answered
from assistant.teaching import is_taught
from ide.selectors import workspace_get
from sandbox.identity import owner_of_request


class WorkspaceAssistView(APIView):
    """`/api/ai/assist`, asked by a workspace's own page."""

    permission_classes = (AllowAny,)

    @extend_schema(exclude=True)
    def post(self, request: Request, workspace_id: str) -> HttpResponseBase:
        workspace = workspace_get(workspace_id, owner_of_request(request))
        teaching = is_taught(request.user, in_class=workspace.teaching)
        return answered(request, teaching=teaching, place=workspace.pk)
