"""The run logs: every run of those whom the asker may see, to read."""

from django.contrib import admin

from sandbox.models import Run
from staff.admin.base import OwnedAdmin


@admin.register(Run)
class RunAdmin(OwnedAdmin):
    list_display = ("created_at", "user", "language", "status", "reason")
    list_select_related = ("user",)
    fields = ("id", "user", "language", "status", "reason", "exit_code", "created_at", "ended_at")
