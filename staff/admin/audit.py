"""The audit log, to read: nobody can change it, whatever their rights."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from accounts.models import AuditEntry, User
from staff.paging import LargeListAdmin

_MOST_USERS = 100


@admin.register(AuditEntry)
class AuditAdmin(LargeListAdmin):
    list_display = ("at", "actor_name", "action", "subject", "what")
    list_select_related = ("subject",)
    list_filter = ("action", "at")
    search_fields = ("what",)
    search_help_text = (
        "Who looked or at whose, as their name begins; what it begins with, or its id."
    )
    actions = None

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By what indexes have: the log grows with every look."""
        term = search_term.strip().replace("\x00", "")
        if not term:
            return queryset, False
        users = User.objects.filter(username__startswith=term.lower()).values_list("pk", flat=True)
        found = Q(actor_name__startswith=term.lower()) | Q(subject__in=[*users[:_MOST_USERS]])
        named = [f"{model._meta.verbose_name} {term}" for model in self.admin_site._registry]
        return queryset.filter(found | Q(what__startswith=term) | Q(what__in=named)), False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
