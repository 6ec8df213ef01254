"""Classes: an instructor's own, with their students and the code to join."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from accounts.audit import audit
from accounts.models import AuditAction, Classroom, new_join_code
from accounts.visibility import visible_classes
from staff.admin.base import staff_of
from staff.class_view.page import class_context, class_events

_SHOWN = ("join_code", "join_link", "who")
_MOST_NAMED = 500


@admin.register(Classroom)
class ClassroomAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    list_display = ("name", "watch", "join_code", "is_open", "students", "created_at")
    actions = ("renew_codes",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Classroom]:
        return visible_classes(staff_of(request)).annotate(
            student_count=Count("memberships", distinct=True)
        )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who teaches what is for operators to say: to see all staff is not for instructors."""
        fields = ["name", "is_open", *(_SHOWN if obj else ())]
        return [*fields, "teachers"] if staff_of(request).is_superuser else fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return _SHOWN

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

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/watch/", wrap(self.watch_view), name="accounts_classroom_watch"),
            path(
                "<int:pk>/watch/events/", wrap(self.events_view), name="accounts_classroom_events"
            ),
            *super().get_urls(),
        ]

    @method_decorator(require_safe)
    def watch_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        classroom = self._watched(request, pk)
        context = self.admin_site.each_context(request) | class_context(
            staff_of(request), classroom
        )
        return TemplateResponse(request, "admin/accounts/classroom/watch.html", context)

    @method_decorator(require_safe)
    def events_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        return class_events(request, staff_of(request), self._watched(request, pk))

    def _watched(self, request: HttpRequest, pk: int) -> Classroom:
        """A class that the asker may see, and whose runs; 404 for all others alike."""
        if not self.has_view_permission(request) or not request.user.has_perm("sandbox.view_run"):
            raise PermissionDenied
        classroom = visible_classes(staff_of(request)).filter(pk=pk).first()
        if classroom is None:
            raise Http404("There is no such class, or it is not yours.")
        return classroom

    @admin.display(description="live")
    def watch(self, classroom: Classroom) -> SafeString:
        address = reverse("admin:accounts_classroom_watch", args=[classroom.pk])
        return format_html('<a href="{}" aria-label="Watch {}">Watch</a>', address, classroom)

    @admin.display(description="students")
    def students(self, classroom: Any) -> int:
        return int(classroom.student_count)

    @admin.display(description="link to join")
    def join_link(self, classroom: Classroom) -> str:
        address = reverse("class_join", args=[classroom.join_code])
        return format_html('<a href="{}">{}</a>', address, address)

    @admin.display(description="who is in it")
    def who(self, classroom: Classroom) -> SafeString:
        """They join and leave by themselves."""
        users = classroom.students.order_by("username")[:_MOST_NAMED]
        links = (
            (reverse("admin:accounts_user_change", args=[user.pk]), user.username) for user in users
        )
        return format_html_join(", ", '<a href="{}">{}</a>', links) or SafeString("nobody yet")

    @admin.action(description="Give them new codes; the old ones end", permissions=["change"])
    def renew_codes(self, request: HttpRequest, classes: QuerySet[Classroom]) -> None:
        for classroom in classes:
            classroom.join_code = new_join_code()
            classroom.save(update_fields=["join_code"])
            audit(staff_of(request), AuditAction.CHANGED, what=f"code of class {classroom.pk}")
