"""The run logs: every run of those whom the asker may see, to read, to watch and to take along."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST, require_safe

from accounts.audit import audit, audit_all
from accounts.models import AuditAction, User
from cloudrun.errors import ApplicationError
from cloudrun.times import moment
from ide.history.answers import code_zip, output_file, recording_file
from ide.history.words import duration_words, outcome_words
from sandbox.api.artifacts import made_file_response
from sandbox.identity import owner_of_request
from sandbox.models import Run, is_run_id
from sandbox.searching import runs_matching
from staff.admin.base import OwnedAdmin, staff_of
from staff.class_filter import ClassFilter
from staff.filters import listed_rows
from staff.permitted import refused_silently
from staff.runs import filters
from staff.runs.again import run_again
from staff.runs.exports import FORMATS, export_response
from staff.runs.live import live_run, watch_response
from staff.runs.pages import run_context, snapshot

_LARGE = ("source", "log", "search_text")


@admin.register(Run)
class RunAdmin(OwnedAdmin):
    list_display = (
        "when",
        "who",
        "language_words",
        "outcome",
        "took",
        "first_output",
        "error",
    )
    list_filter = (
        filters.PersonFilter,
        filters.UserFilter,
        ClassFilter,
        filters.LanguageFilter,
        filters.StatusFilter,
        filters.ReasonFilter,
        filters.DayFilter,
        filters.ErrorFilter,
    )
    list_select_related = ("user",)
    empty_value_display = ""
    sortable_by = ("when",)  # what has no index would sort a million rows
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("search_text",)
    search_help_text = "Words of the code or the output, a “phrase” in quotes, or a run's id"
    change_list_template = "admin/sandbox/run/change_list.html"
    actions = ("export_csv", "export_jsonl", "export_csv_code", "export_jsonl_code")

    @admin.display(description="when", ordering="-created_at")
    def when(self, run: Run) -> SafeString:
        return moment(run.created_at)

    @admin.display(description="outcome")
    def outcome(self, run: Run) -> SafeString:
        words = outcome_words(status=run.status, reason=run.reason, exit_code=run.exit_code)
        return format_html('<span data-tone="{}">{}</span>', words.tone, words.text)

    @admin.display(description="duration")
    def took(self, run: Run) -> str:
        return duration_words(run.duration_ms)

    @admin.display(description="first output")
    def first_output(self, run: Run) -> str:
        return duration_words(run.first_output_ms)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Run]:
        return super().get_queryset(request).defer(*_LARGE)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return (runs_matching(queryset, search_term) if search_term else queryset), False

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own: dict[str, Callable[..., HttpResponseBase]] = {
            "recording": self.recording_view,
            "output": self.output_view,
            "files": self.files_view,
            "again": self.again_view,
        }
        return [
            path("export/<str:format>/", wrap(self.export_view), name="sandbox_run_export"),
            path(
                "export/<str:format>/code/",
                wrap(self.export_view),
                {"with_code": True},
                name="sandbox_run_export_code",
            ),
            *(
                path(f"<str:run_id>/{name}/", wrap(view), name=f"sandbox_run_{name}")
                for name, view in own.items()
            ),
            path(
                "<str:run_id>/live/",
                refused_silently(wrap(self.live_view)),
                name="sandbox_run_live",
            ),
            path("<str:run_id>/made/<path:name>", wrap(self.made_view), name="sandbox_run_made"),
            *super().get_urls(),
        ]

    @method_decorator(require_safe)
    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        run = self._found(request, object_id)
        self.audit(request, AuditAction.VIEWED, run)
        return TemplateResponse(request, "admin/sandbox/run/run.html", run_context(run))

    @method_decorator(require_safe)
    def live_view(self, request: HttpRequest, run_id: str) -> HttpResponseBase:
        run = self._found(request, run_id)
        live = live_run(run.pk)
        if live:
            self.audit(request, AuditAction.WATCHED, run)
        return watch_response(request, staff_of(request), live)

    @method_decorator(require_safe)
    def recording_view(self, request: HttpRequest, run_id: str) -> HttpResponse:
        return recording_file(snapshot(self._taken(request, run_id)))

    @method_decorator(require_safe)
    def output_view(self, request: HttpRequest, run_id: str) -> HttpResponse:
        return output_file(snapshot(self._taken(request, run_id)))

    @method_decorator(require_safe)
    def files_view(self, request: HttpRequest, run_id: str) -> HttpResponseBase:
        return code_zip(snapshot(self._taken(request, run_id)))

    @method_decorator(require_safe)
    def made_view(self, request: HttpRequest, run_id: str, name: str) -> HttpResponse:
        made = self._taken(request, run_id).artifacts.filter(name=name.replace("\x00", "")).first()
        if made is None:
            raise Http404("This run has made no such file, or it is not kept any more.")
        return made_file_response(made.name, bytes(made.content))

    @method_decorator(require_POST)
    def again_view(self, request: HttpRequest, run_id: str) -> HttpResponse:
        run = self._found(request, run_id)
        self.audit(request, AuditAction.RERAN, run)
        try:
            run_id = run_again(run, owner_of_request(request))
        except ApplicationError as error:
            messages.error(request, error.detail)
        return redirect("admin:sandbox_run_change", run_id)

    @method_decorator(require_safe)
    def export_view(
        self, request: HttpRequest, format: str, *, with_code: bool = False
    ) -> HttpResponseBase:
        """All runs that the list shows with the same query."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if format not in FORMATS:
            raise Http404
        return self._export(request, listed_rows(self, request), format, with_code=with_code)

    @admin.action(description="Export as CSV", permissions=["view"])
    def export_csv(self, request: HttpRequest, runs: QuerySet[Run]) -> HttpResponseBase:
        return self._export(request, runs, "csv")

    @admin.action(description="Export as JSON lines", permissions=["view"])
    def export_jsonl(self, request: HttpRequest, runs: QuerySet[Run]) -> HttpResponseBase:
        return self._export(request, runs, "jsonl")

    @admin.action(description="Export as CSV with code", permissions=["view"])
    def export_csv_code(self, request: HttpRequest, runs: QuerySet[Run]) -> HttpResponseBase:
        return self._export(request, runs, "csv", with_code=True)

    @admin.action(description="Export as JSON lines with code", permissions=["view"])
    def export_jsonl_code(self, request: HttpRequest, runs: QuerySet[Run]) -> HttpResponseBase:
        return self._export(request, runs, "jsonl", with_code=True)

    def _export(
        self, request: HttpRequest, runs: QuerySet[Run], format: str, *, with_code: bool = False
    ) -> HttpResponseBase:
        """In the audit log for everybody whose runs are among them, and once as a whole."""
        what = f"runs as {format}{' with code' if with_code else ''} {request.GET.urlencode()}"
        staff = staff_of(request)
        audit(staff, AuditAction.EXPORTED, what=what)
        owners = User.objects.filter(pk__in=runs.order_by().values("user"))
        audit_all(staff, AuditAction.EXPORTED, owners, what=what)
        return export_response(runs, format, with_code=with_code)

    def _taken(self, request: HttpRequest, run_id: str) -> Run:
        run = self._found(request, run_id)
        self.audit(request, AuditAction.EXPORTED, run)
        return run

    def _found(self, request: HttpRequest, run_id: str) -> Run:
        """A run that the asker may see, with all its columns; 404 for all others alike."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        runs = self.get_queryset(request).defer(None).select_related("user")
        run = runs.filter(pk=run_id).first() if is_run_id(run_id) else None
        if run is None:
            raise Http404("There is no such run, or it is not of your classes.")
        return run
