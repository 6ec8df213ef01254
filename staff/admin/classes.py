"""Classes: an instructor's own, with their students and the code to join."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from accounts.audit import audit
from accounts.models import AuditAction, Classroom, Membership, new_join_code
from accounts.visibility import visible_classes
from staff.admin.base import staff_of


class StudentsInline(admin.TabularInline):  # type: ignore[type-arg]
    """They join by themselves: nobody is added without their own doing."""

    model = Membership
    fields = ("user", "joined_at")
    readonly_fields = fields
    extra = 0
    verbose_name_plural = "students"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        return super().get_queryset(request).select_related("user", "classroom")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return staff_of(request).has_perm("accounts.view_classroom")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return staff_of(request).has_perm("accounts.change_classroom")


@admin.register(Classroom)
class ClassroomAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    list_display = ("name", "join_code", "is_open", "students", "created_at")
    inlines = (StudentsInline,)
    actions = ("renew_codes",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Classroom]:
        return visible_classes(staff_of(request)).annotate(
            student_count=Count("memberships", distinct=True)
        )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who teaches what is for operators to say: to see all staff is not for instructors."""
        fields = ["name", "is_open", *(["join_code", "join_link"] if obj else [])]
        return [*fields, "teachers"] if staff_of(request).is_superuser else fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("join_code", "join_link")

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if field is not None and db_field.name == "teachers":
            field.required = False
        return field

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if not change:
            form.instance.teachers.add(staff_of(request))
        what = f"class {form.instance.pk}"
        audit(staff_of(request), AuditAction.CHANGED, what=what)
        for gone in (gone for formset in formsets for gone in formset.deleted_objects):
            audit(staff_of(request), AuditAction.CHANGED, subject=gone.user, what=f"out of {what}")

    @admin.display(description="students")
    def students(self, classroom: Any) -> int:
        return int(classroom.student_count)

    @admin.display(description="link to join")
    def join_link(self, classroom: Classroom) -> str:
        address = reverse("class_join", args=[classroom.join_code])
        return format_html('<a href="{}">{}</a>', address, address)

    @admin.action(description="Give them new codes; the old ones end", permissions=["change"])
    def renew_codes(self, request: HttpRequest, classes: QuerySet[Classroom]) -> None:
        for classroom in classes:
            classroom.join_code = new_join_code()
            classroom.save(update_fields=["join_code"])
            audit(staff_of(request), AuditAction.CHANGED, what=f"code of class {classroom.pk}")
