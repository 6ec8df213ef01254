"""Every address of the site. Paths are exact: none ends in a slash but folders of pages."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import RedirectView
from drf_spectacular.renderers import OpenApiJsonRenderer2
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request

from cloudrun import problems
from cloudrun.errors import NotFoundError
from ide.teaching import WorkspaceAssistView


@csrf_exempt
def api_not_found(request: HttpRequest, rest: str = "") -> HttpResponse:
    return problems.response(NotFoundError(f"There is no endpoint at {request.path}."))


class FaviconView(RedirectView):
    """Where browsers look for it when they show what is no page of ours: a picture, a file."""

    def get_redirect_url(self) -> str:
        return static("favicon.svg")


class SchemaView(SpectacularAPIView):
    renderer_classes = [OpenApiJsonRenderer2]  # the one that is `application/json`

    def _get_version_parameter(self, request: Request) -> None:
        """There is one version: what `?version=` says is not in the answer."""


class DocsView(SpectacularSwaggerSplitView):
    """Swagger UI."""

    http_method_names = ("get", "head")  # OPTIONS has no page to answer with
    template_name = "docs.html"


urlpatterns = [
    path("", include("sandbox.urls")),
    path("api/auth/", include("accounts.urls")),
    path("api/ai/", include("assistant.urls")),
    path(
        "api/workspaces/<str:workspace_id>/assist",
        WorkspaceAssistView.as_view(),
        name="workspace_assist",
    ),
    path("api/schema", SchemaView.as_view(), name="schema"),
    path("favicon.ico", FaviconView.as_view()),
    path("docs", DocsView.as_view(), name="docs"),
    path("api/<path:rest>", api_not_found),
    path("", include("staff.operations.urls")),
    path("admin/", admin.site.urls),
    path("", include("ide.urls")),
    path("accounts/", include("accounts.site_urls")),
]

handler400 = "cloudrun.problems.bad_request"
handler403 = "cloudrun.problems.forbidden"
handler404 = "cloudrun.problems.not_found"
handler429 = "cloudrun.problems.too_many"
handler500 = "cloudrun.problems.server_error"
