"""The run logs: every run of those whom the asker may see, to read."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.urls import URLPattern, path
from django.utils.html import format_html

from accounts.audit import audit
from accounts.models import AuditAction
from ide.history.words import duration_words, outcome_words
from sandbox.models import Run
from sandbox.searching import runs_matching
from staff.admin.base import OwnedAdmin, staff_of
from staff.estimates import EstimatingPaginator
from staff.runs import pages
from staff.runs.exports import csv_export, json_export
from staff.runs.filters import ClassFilter, LanguageFilter, ReasonFilter

_BY_USER = "user:"
_LIST = "sandbox_run_changelist"
_LARGE = ("source", "log", "search_text")


@admin.register(Run)
class RunAdmin(OwnedAdmin):
    list_display = ("created_at", "whose", "language", "outcome", "error", "took", "first_output")
    list_display_links = ("created_at",)
    list_filter = ("created_at", ClassFilter, LanguageFilter, "status", ReasonFilter)
    list_select_related = ("user",)
    list_per_page = 50
    ordering = ("-created_at", "-pk")
    sortable_by = ("created_at",)
    paginator = EstimatingPaginator
    search_fields = ("id",)
    search_help_text = 'Words or a "phrase" in code or output, the id of a run, or user:name.'
    actions = ("export_csv", "export_json")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Run]:
        runs: QuerySet[Run] = super().get_queryset(request)
        is_list = request.resolver_match and request.resolver_match.url_name == _LIST
        return runs.defer(*_LARGE) if is_list and request.method == "GET" else runs

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        if term.lower().startswith(_BY_USER):
            name = term[len(_BY_USER) :].strip().lower().replace("\x00", "")
            return queryset.filter(user__username=name), False
        return runs_matching(queryset, term), False

    def get_urls(self) -> list[URLPattern]:
        views = {
            "recording": pages.recording,
            "output": pages.output,
            "files": pages.files,
            "made": pages.made,
            "again": pages.again,
            "live": pages.live,
        }
        own = [
            path(
                f"<str:run_id>/{name}/",
                self.admin_site.admin_view(pages.of_run(self, view)),
                name=f"sandbox_run_{name}",
            )
            for name, view in views.items()
        ]
        return [*own, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        return pages.of_run(self, pages.page)(request, object_id)

    @admin.display(description="user", ordering="user__username")
    def whose(self, run: Run) -> str:
        if run.user is None:
            return "a guest"
        return format_html('<a href="?user__id__exact={}">{}</a>', run.user.pk, run.user.username)

    @admin.display(description="outcome")
    def outcome(self, run: Run) -> str:
        words = outcome_words(status=run.status, reason=run.reason, exit_code=run.exit_code)
        return format_html('<span data-tone="{}">{}</span>', words.tone, words.text)

    @admin.display(description="time")
    def took(self, run: Run) -> str:
        return duration_words(run.duration_ms)

    @admin.display(description="first output")
    def first_output(self, run: Run) -> str:
        return duration_words(run.first_output_ms)

    @admin.action(description="Export as CSV (facts)", permissions=["view"])
    def export_csv(self, request: HttpRequest, runs: QuerySet[Run]) -> StreamingHttpResponse:
        return csv_export(self._exported(request, runs))

    @admin.action(description="Export as JSON (with code and output)", permissions=["view"])
    def export_json(self, request: HttpRequest, runs: QuerySet[Run]) -> StreamingHttpResponse:
        return json_export(self._exported(request, runs))

    def _exported(self, request: HttpRequest, runs: QuerySet[Run]) -> QuerySet[Run]:
        what = f"runs {request.META.get('QUERY_STRING', '')}".strip()
        audit(staff_of(request), AuditAction.EXPORTED, what=what)
        return runs.select_related("user")
