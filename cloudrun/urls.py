"""Every address of the site. Paths are exact: none ends in a slash but folders of pages."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from cloudrun import problems
from cloudrun.errors import NotFoundError


@csrf_exempt
def api_not_found(request: HttpRequest, rest: str = "") -> HttpResponse:
    return problems.response(NotFoundError(f"There is no endpoint at {request.path}."))


urlpatterns = [
    path("", include("sandbox.urls")),
    path("api/auth/", include("accounts.urls")),
    path("api/ai/", include("assistant.urls")),
    path("api/schema", SpectacularAPIView.as_view(), name="schema"),
    path("docs", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    path("api/<path:rest>", api_not_found),
    path("admin/", admin.site.urls),
    path("", include("ide.urls")),
]

handler500 = "cloudrun.problems.server_error"
