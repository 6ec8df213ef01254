"""What instructors set for a workspace. Its files are its owner's: none is shown."""

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import AuditAction
from ide.models import Workspace
from staff.admin.base import OwnedAdmin, staff_of
from staff.runs.filters import LanguageFilter


def _words(teaching: bool) -> str:
    return "hints first" if teaching else "fixes at once"


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
        self._set_teaching(request, workspaces, to=True)

    @admin.action(description="Give fixes at once (no teaching mode)", permissions=["change"])
    def stop_teaching(self, request: HttpRequest, workspaces: QuerySet[Workspace]) -> None:
        self._set_teaching(request, workspaces, to=False)

    @transaction.atomic
    def _set_teaching(
        self, request: HttpRequest, workspaces: QuerySet[Workspace], *, to: bool
    ) -> None:
        """Of those that are not set so already: only they are changed, and in the audit log."""
        others = workspaces.exclude(teaching=to)
        changed = list(others.select_related("user"))
        self.audit(request, AuditAction.CHANGED, *changed, details=_words(to))
        others.update(teaching=to)
        told = f"Now {_words(to)}. Workspaces changed: {len(changed):,}."
        self.message_user(request, told, messages.SUCCESS)

    def save_model(self, request: HttpRequest, obj: Workspace, form: Any, change: bool) -> None:
        if "teaching" in form.changed_data:
            self.audit(request, AuditAction.CHANGED, obj, details=_words(obj.teaching))
        obj.save(update_fields=["teaching"])  # its owner may have renamed it meanwhile

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return staff_of(request).has_perm("ide.change_workspace")
