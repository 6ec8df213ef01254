"""What instructors set for a workspace. Its files are its owner's: none is shown."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from ide.models import Workspace
from staff.admin.base import OwnedAdmin, staff_of
from staff.runs.filters import LanguageFilter


@admin.register(Workspace)
class WorkspaceAdmin(OwnedAdmin):
    list_display = ("name", "id", "who", "language_words", "teaching", "changed_at")
    list_filter = ("teaching", LanguageFilter)
    show_facets = admin.ShowFacets.NEVER
    list_select_related = ("user",)
    search_fields = ("id", "name", "user__username", "user__email")
    fields = ("id", "name", "user", "language_words", "created_at", "changed_at", "teaching")
    readonly_fields = fields[:-1]
    actions = ("teach", "stop_teaching")

    @admin.action(description="Give hints first (teaching mode)", permissions=["change"])
    def teach(self, request: HttpRequest, workspaces: QuerySet[Workspace]) -> None:
        workspaces.update(teaching=True)

    @admin.action(description="Give fixes at once (no teaching mode)", permissions=["change"])
    def stop_teaching(self, request: HttpRequest, workspaces: QuerySet[Workspace]) -> None:
        workspaces.update(teaching=False)

    def save_model(self, request: HttpRequest, obj: Workspace, form: Any, change: bool) -> None:
        obj.save(update_fields=["teaching"])  # its owner may have renamed it meanwhile

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return staff_of(request).has_perm("ide.change_workspace")
