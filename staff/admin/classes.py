"""Classes: an instructor's own, with their students and the code to join."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet, Value
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_safe

from accounts.audit import audit
from accounts.classes import class_leave
from accounts.models import AuditAction, Classroom, User, new_join_code
from accounts.visibility import is_student, sees_everybody, visible_classes
from staff.admin.base import AuditedAdmin, staff_of
from staff.class_view.page import class_context, class_events
from staff.confirming import confirmation, counted, is_confirmed
from staff.permitted import refused_silently
from staff.rosters.page import import_page

_SHOWN = ("join_code", "join_link", "who")
_MOST_NAMED = 500
_NOBODY = SafeString("nobody yet")


@admin.register(Classroom)
class ClassroomAdmin(AuditedAdmin):
    list_display = ("name", "watch", "join_code", "is_open", "size", "created_at")
    actions = ("renew_codes",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Classroom]:
        return visible_classes(staff_of(request)).annotate(
            student_count=Count(
                "memberships", filter=is_student("memberships__user"), distinct=True
            ),
            may_remove=Value(self.has_change_permission(request)),
            may_see_staff=Value(sees_everybody(staff_of(request))),
        )

    def owner_of(self, row: Any) -> User | None:
        """Nobody in particular: students look up who has looked at their own work."""
        return None

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("import/", wrap(self.import_view), name="accounts_classroom_import"),
            path(
                "<int:pk>/remove/<int:user_pk>/",
                wrap(self.remove_view),
                name="accounts_classroom_remove",
            ),
            path("<int:pk>/watch/", wrap(self.watch_view), name="accounts_classroom_watch"),
            path(
                "<int:pk>/watch/events/",
                refused_silently(wrap(self.events_view)),
                name="accounts_classroom_events",
            ),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        can_import = {"can_import": self.has_change_permission(request)}
        return super().changelist_view(request, can_import | (extra_context or {}))

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def import_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        context = self.admin_site.each_context(request) | {"title": "Import a class list"}
        return import_page(request, staff_of(request), context | {"opts": self.opts})

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def remove_view(self, request: HttpRequest, pk: int, user_pk: int) -> HttpResponse:
        """Takes a student out of the class, whose teachers see nothing of theirs any more."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        classroom = self.get_queryset(request).filter(pk=pk).first()
        student = classroom.students.filter(pk=user_pk).first() if classroom else None
        if classroom is None or student is None:
            raise Http404("There is no such student in a class of yours.")
        back = reverse("admin:accounts_classroom_change", args=[pk])
        if not is_confirmed(request):
            return confirmation(
                self,
                request,
                [student],
                title=f"Remove from {classroom}?",
                consequence="The account and its runs stay, but whoever teaches the class does not"
                " see them any more. With the code of the class one can join again.",
                button="Remove",
                back=back,
            )
        what = f"removed from class {pk}"
        audit(staff_of(request), AuditAction.CHANGED, subject=student, what=what)
        class_leave(pk, user=student)
        messages.success(request, f"{student} is not in {classroom} any more.")
        return redirect(back)

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
    def size(self, classroom: Any) -> int:
        return int(classroom.student_count)

    @admin.display(description="link to join")
    def join_link(self, classroom: Classroom) -> str:
        address = f"{settings.SITE_URL}{reverse('class_join', args=[classroom.join_code])}"
        return format_html('<a href="{}">{}</a>', address, address)

    @admin.display(description="who is in it")
    def who(self, classroom: Any) -> SafeString:
        """With the way out of it, for whoever may remove them."""
        users = classroom.students.order_by("username")[:_MOST_NAMED]
        people = [(_person(user, classroom.may_see_staff), user) for user in users]
        if not classroom.may_remove:
            return format_html_join(", ", "{}", ((person,) for person, _ in people)) or _NOBODY
        row = '<li>{} <a href="{}" aria-label="Remove {}">Remove</a></li>'
        rows = (
            (person, reverse("admin:accounts_classroom_remove", args=[classroom.pk, user.pk]), user)
            for person, user in people
        )
        found = format_html_join("", row, rows)
        return format_html('<ul class="roster">{}</ul>', found) if found else _NOBODY

    @admin.action(description="Give them new codes; the old ones end", permissions=["change"])
    def renew_codes(
        self, request: HttpRequest, classes: QuerySet[Classroom]
    ) -> HttpResponse | None:
        if not classes:
            self.message_user(request, "These are no classes of yours.", messages.WARNING)
            return None
        if not is_confirmed(request):
            return confirmation(
                self,
                request,
                classes,
                title=f"Give new codes to {counted(list(classes))}?",
                consequence="Nobody can join these classes with their codes and links of today,"
                " also whoever has been invited. Students who are in them stay.",
                button="Give new codes",
            )
        for classroom in classes:
            classroom.join_code = new_join_code()
            classroom.save(update_fields=["join_code"])
            audit(staff_of(request), AuditAction.CHANGED, what=f"code of class {classroom.pk}")
        return None


def _person(user: User, may_see_staff: bool) -> SafeString:
    """Instructors do not see each other, but are told who is no student any more."""
    is_staff = user.is_staff or user.is_superuser
    name = format_html("<bdi>{}</bdi>", user)
    if not is_staff or may_see_staff:
        address = reverse("admin:accounts_user_change", args=[user.pk])
        name = format_html('<a href="{}">{}</a>', address, name)
    return format_html("<span>{} (staff)</span>", name) if is_staff else name
