"""Users: operators change them, instructors see and help the students of their classes."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, cast

from allauth.account.forms import ResetPasswordForm
from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_safe

from accounts.audit import audit, audit_all
from accounts.models import AuditAction, User
from accounts.services import user_deactivate, user_log_out_everywhere
from accounts.visibility import is_student, visible_classes, visible_users
from sandbox.models import Run
from staff.admin.base import AuditedAdmin, staff_of
from staff.class_filter import ClassFilter
from staff.confirming import confirmation, is_confirmed
from staff.rosters.exports import users_response

_INSTRUCTORS = "Instructors"
_MOST_NAMED = 10
_SEEN_OF_STUDENTS = (
    "username", "display_name", "email", "is_active", "last_login", "date_joined"
)  # fmt: skip


class ClassOfUserFilter(ClassFilter):
    field = "pk"


class RanFilter(admin.SimpleListFilter):
    title = "runs"
    parameter_name = "ran"
    _DAYS = {"1": "in the last day", "7": "in the last 7 days", "30": "in the last 30 days"}

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [*self._DAYS.items(), ("none", "none ever")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        if self.value() == "none":
            return queryset.filter(~Exists(Run.objects.filter(user=OuterRef("pk"))))
        if self.value() not in self._DAYS:
            return queryset
        since = timezone.now() - timedelta(days=int(self.value() or 0))
        recent = Run.objects.filter(created_at__gte=since).values("user")
        return queryset.filter(pk__in=recent)


@admin.register(User)
class UserAdmin(AuditedAdmin, DjangoUserAdmin):  # type: ignore[type-arg]  # in the stubs only
    list_display = (
        "username", "email", "display_name", "is_active", "last_login", "runs_lately",
        "last_outcome",
    )  # fmt: skip
    list_filter = ("is_active", ClassOfUserFilter, RanFilter, "last_login", "is_staff")
    search_fields = ("username", "email", "display_name")
    fieldsets = (
        *(DjangoUserAdmin.fieldsets or ()),
        ("Profile", {"fields": ("display_name",)}),
    )
    change_list_template = "admin/accounts/user/change_list.html"
    actions = (
        "export_csv", "deactivate", "reactivate", "log_out_everywhere", "send_reset_link",
        "make_instructor", "make_no_instructor",
    )  # fmt: skip

    def get_urls(self) -> list[URLPattern]:
        export = self.admin_site.admin_view(self.export_view)
        return [path("export/", export, name="accounts_user_export"), *super().get_urls()]

    @method_decorator(require_safe)
    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        """All users whom the list shows with the same query."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            users = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters as error:
            raise Http404("No list has such filters.") from error
        return self.export_csv(request, users)

    @admin.action(description="Export as CSV", permissions=["view"])
    def export_csv(self, request: HttpRequest, users: QuerySet[User]) -> HttpResponseBase:
        """In the audit log for everybody who is among them, and once as a whole."""
        staff = staff_of(request)
        users = User.objects.filter(pk__in=users.order_by().values("pk"))
        what = f"users as csv {request.GET.urlencode()}"
        audit(staff, AuditAction.EXPORTED, what=what)
        audit_all(staff, AuditAction.EXPORTED, users, what="account")
        return users_response(users, visible_classes(staff))

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        week = timezone.now() - timedelta(days=7)
        latest = Run.objects.filter(user=OuterRef("pk")).order_by("-created_at")
        lately = (
            Run.objects.filter(user=OuterRef("pk"), created_at__gte=week)
            .order_by()
            .values("user")
            .annotate(count=Count("pk"))
        )
        return visible_users(staff_of(request)).annotate(
            runs_in_week=Subquery(lately.values("count")),
            latest_status=Subquery(latest.values("status")[:1]),
        )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if self.has_change_permission(request, obj) or obj is None:
            return super().get_fieldsets(request, obj)
        return ((None, {"fields": _SEEN_OF_STUDENTS}),)

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        """What is not shown is no filter: it would be told, letter by letter."""
        own = {ClassOfUserFilter.parameter_name, RanFilter.parameter_name}
        is_shown = lookup.split("__")[0] in {*_SEEN_OF_STUDENTS, "id", *own}
        is_operator = request is not None and staff_of(request).is_superuser
        return super().lookup_allowed(lookup, value, request) and (is_operator or is_shown)

    def get_list_filter(self, request: HttpRequest) -> Any:
        filters = super().get_list_filter(request)
        return filters if staff_of(request).is_superuser else filters[:-1]

    def owner_of(self, row: Any) -> User | None:
        return cast(User, row)

    def name_of(self, row: Any) -> str:
        return "account"

    def has_deactivate_permission(self, request: HttpRequest) -> bool:
        return staff_of(request).has_perm("accounts.deactivate_user")

    def has_reset_permission(self, request: HttpRequest) -> bool:
        return staff_of(request).has_perm("accounts.send_reset_link")

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return staff_of(request).is_superuser

    @admin.display(description="runs in 7 days")
    def runs_lately(self, user: Any) -> int:
        return user.runs_in_week or 0

    @admin.display(description="last outcome")
    def last_outcome(self, user: Any) -> str:
        return user.latest_status or ""

    @admin.action(
        description="Deactivate, and end all sessions and tokens", permissions=["deactivate"]
    )
    def deactivate(self, request: HttpRequest, users: QuerySet[User]) -> HttpResponse | None:
        allowed = self._allowed(request, users)
        if allowed and not is_confirmed(request):
            return confirmation(
                self,
                request,
                allowed,
                title="Deactivate these users?",
                consequence="They are logged out everywhere at once, and cannot log in before"
                " somebody activates them again. Nothing of theirs is deleted.",
                button="Deactivate",
                action="deactivate",
            )
        for user in self._others(request, users, AuditAction.DEACTIVATED):
            user_deactivate(user)
        return None

    @admin.action(description="Activate again", permissions=["deactivate"])
    def reactivate(self, request: HttpRequest, users: QuerySet[User]) -> None:
        for user in self._others(request, users, AuditAction.REACTIVATED):
            user.is_active = True
            user.save(update_fields=["is_active"])

    @admin.action(description="Log out everywhere", permissions=["deactivate"])
    def log_out_everywhere(self, request: HttpRequest, users: QuerySet[User]) -> None:
        for user in self._others(request, users, AuditAction.LOGGED_OUT):
            user_log_out_everywhere(user)

    @admin.action(description="Send a link to set a new password", permissions=["reset"])
    def send_reset_link(self, request: HttpRequest, users: QuerySet[User]) -> None:
        """By mail to the user's own address: nobody else gets to see it."""
        reachable = Q(is_active=True) & ~Q(email="")
        for user in self._others(request, users.filter(reachable), AuditAction.RESET_LINK):
            form = ResetPasswordForm({"email": user.email})
            if form.is_valid():
                form.save(request)
        left_out = self._allowed(request, users.exclude(reachable))
        if not left_out:
            return
        why = "deactivated, or without an e-mail address"
        audit_all(staff_of(request), AuditAction.NO_RESET_LINK, left_out, what=why)
        told = f"No link could be sent to {_names(left_out)}: {why}."
        self.message_user(request, told, messages.WARNING)

    @admin.action(description="Make instructors of them", permissions=["operate"])
    def make_instructor(self, request: HttpRequest, users: QuerySet[User]) -> None:
        group = Group.objects.get(name=_INSTRUCTORS)
        for user in self._others(request, users, AuditAction.CHANGED, "is an instructor now"):
            user.is_staff = True
            user.save(update_fields=["is_staff"])
            user.groups.add(group)

    @admin.action(description="Let them be instructors no more", permissions=["operate"])
    def make_no_instructor(self, request: HttpRequest, users: QuerySet[User]) -> None:
        group = Group.objects.get(name=_INSTRUCTORS)
        for user in self._others(request, users, AuditAction.CHANGED, "is no instructor any more"):
            user.is_staff = False
            user.save(update_fields=["is_staff"])
            user.groups.remove(group)
            user.taught_classes.clear()

    def _others(
        self, request: HttpRequest, users: QuerySet[User], action: AuditAction, what: str = ""
    ) -> list[User]:
        """Those of the ticked to whom the asker may do something; it is written down first."""
        chosen = self._allowed(request, users)
        audit_all(staff_of(request), action, chosen, what=what)
        told = f"{action.label}: {_names(chosen)}."
        self.message_user(request, told, messages.SUCCESS)
        return chosen

    def _allowed(self, request: HttpRequest, users: QuerySet[User]) -> list[User]:
        """Nobody does anything to themselves, and only operators to staff."""
        staff = staff_of(request)
        allowed = Q() if staff.is_superuser else is_student()
        return list(users.filter(allowed).exclude(pk=staff.pk))

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        self.audit(request, AuditAction.CHANGED, obj)
        if "is_active" in form.changed_data and not obj.is_active:
            user_deactivate(obj)


def _names(users: list[User]) -> str:
    names = ", ".join(user.username for user in users[:_MOST_NAMED]) or "nobody"
    more = len(users) - _MOST_NAMED
    return f"{names} and {more} more" if more > 0 else names
