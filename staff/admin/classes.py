"""Classes: an instructor's own."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import Classroom
from accounts.visibility import visible_classes
from staff.admin.base import staff_of


@admin.register(Classroom)
class ClassroomAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    list_display = ("name", "join_code", "is_open", "created_at")
    fields = ("name", "is_open", "teachers", "join_code")
    readonly_fields = ("join_code",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Classroom]:
        return visible_classes(staff_of(request))
