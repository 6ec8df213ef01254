"""What staff see of the assistant: every call, and nothing that they could change."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from assistant.models import Call


@admin.register(Call)
class CallAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    list_display = (
        "created_at",
        "user",
        "action",
        "step",
        "language",
        "provider",
        "model",
        "outcome",
        "verdict",
        "first_text_ms",
        "latency_ms",
        "prompt_tokens",
        "answer_tokens",
    )
    list_filter = ("outcome", "verdict", "action", "step", "provider", "language", "created_at")
    list_select_related = ("user",)
    search_fields = ("user__username", "user__email")
    date_hierarchy = "created_at"
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
