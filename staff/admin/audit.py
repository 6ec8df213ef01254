"""The audit log, to read."""

from django.contrib import admin

from accounts.models import AuditEntry


@admin.register(AuditEntry)
class AuditAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    list_display = ("at", "actor_name", "action", "subject", "what")
    list_select_related = ("subject",)
    show_full_result_count = False
