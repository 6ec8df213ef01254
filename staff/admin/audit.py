"""The audit log, to read: nobody can change it, whatever their rights."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.models import AuditEntry
from staff.paging import LargeListAdmin


@admin.register(AuditEntry)
class AuditAdmin(LargeListAdmin):
    list_display = ("at", "actor_name", "action", "subject", "what")
    list_select_related = ("subject",)
    list_filter = ("action", "at")
    search_fields = ("actor_name", "subject__username", "what")
    search_help_text = "Who looked, at whose, or at what."
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
