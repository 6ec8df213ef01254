"""Users: operators change them, instructors see and help the students of their classes."""

from typing import Any, cast

from asgiref.sync import async_to_sync
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.core.exceptions import PermissionDenied
from django.db.models import CASCADE, Count, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from accounts.audit import audit, audit_all
from accounts.models import AuditAction, Membership, User
from accounts.services import user_deactivate
from accounts.visibility import visible_classes, visible_users
from cloudrun.times import ago
from ide.history.words import outcome_words
from sandbox.models import Run
from sandbox.services import service
from staff.admin.base import staff_of
from staff.admin.user_actions import UserActions
from staff.filters import listed_rows
from staff.models import Tally
from staff.people.filters import ClassOfUserFilter, OutcomeFilter, RanFilter, SeenFilter
from staff.people.page import person_context
from staff.people.runs import week_begin, week_url
from staff.rosters.exports import users_response

_SEEN_OF_STUDENTS = (
    "username", "display_name", "email", "is_active", "last_login", "date_joined"
)  # fmt: skip
_OWN_FILTERS = {
    filter.parameter_name for filter in (ClassOfUserFilter, SeenFilter, RanFilter, OutcomeFilter)
}
# What goes with a user, where its name alone would not say so.
_CALLED: dict[Any, str] = {Membership: "places in classes", Tally: "tallies of runs"}


@admin.register(User)
class UserAdmin(UserActions, DjangoUserAdmin):  # type: ignore[type-arg]  # in the stubs only
    list_display = (
        "username", "email", "display_name", "is_active", "logged_in", "runs_lately",
        "last_outcome",
    )  # fmt: skip
    list_filter = (
        "is_active", ClassOfUserFilter, SeenFilter, RanFilter, OutcomeFilter, "is_staff"
    )  # fmt: skip
    search_fields = ("username", "email", "display_name")
    fieldsets = (
        *(DjangoUserAdmin.fieldsets or ()),
        ("Profile", {"fields": ("display_name",)}),
    )
    readonly_fields = ("last_login", "date_joined")
    filter_horizontal = ()  # Django's widget for it has labels that no screen reader may read
    change_list_template = "admin/accounts/user/change_list.html"
    actions = ("export_csv", *UserActions.actions)

    def get_urls(self) -> list[URLPattern]:
        export = self.admin_site.admin_view(self.export_view)
        return [path("export/", export, name="accounts_user_export"), *super().get_urls()]

    @method_decorator(require_safe)
    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        """All users whom the list shows with the same query."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self.export_csv(request, listed_rows(self, request))

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
        latest = Run.objects.filter(user=OuterRef("pk")).order_by("-created_at")
        lately = (
            Run.objects.filter(user=OuterRef("pk"), created_at__gte=week_begin())
            .order_by()
            .values("user")
            .annotate(count=Count("pk"))
        )
        return visible_users(staff_of(request)).annotate(
            runs_in_week=Subquery(lately.values("count")),
            latest_status=Subquery(latest.values("status")[:1]),
        )

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What goes with users, counted: to list every run would be no page. Nobody may delete a
        single run, but operators may with its user."""
        if not staff_of(request).is_superuser:
            return super().get_deleted_objects(objs, request)
        users = list(objs)
        return [str(user) for user in users], _going_with(users), set(), []

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        async_to_sync(_end_runs)([obj.pk])
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        async_to_sync(_end_runs)(list(queryset.values_list("pk", flat=True)))
        super().delete_queryset(request, queryset)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if self.has_change_permission(request, obj) or obj is None:
            return super().get_fieldsets(request, obj)
        return ((None, {"fields": _SEEN_OF_STUDENTS}),)

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        """What is not shown is no filter: it would be told, letter by letter."""
        is_shown = lookup.split("__")[0] in {*_SEEN_OF_STUDENTS, "id", *_OWN_FILTERS}
        is_operator = request is not None and staff_of(request).is_superuser
        return super().lookup_allowed(lookup, value, request) and (is_operator or is_shown)

    def get_list_filter(self, request: HttpRequest) -> Any:
        filters = super().get_list_filter(request)
        return filters if staff_of(request).is_superuser else filters[:-1]

    def owner_of(self, row: Any) -> User | None:
        return cast(User, row)

    def name_of(self, row: Any) -> str:
        return "account"

    @admin.display(description="last login", ordering="last_login")
    def logged_in(self, user: User) -> str:
        return ago(user.last_login) if user.last_login else ""

    @admin.display(description="runs in 7 days")
    def runs_lately(self, user: Any) -> str | SafeString:
        if not user.runs_in_week:
            return "0"
        link = '<a href="{}" aria-label="{} runs of {} in 7 days">{}</a>'
        return format_html(link, week_url(user.pk), user.runs_in_week, user, user.runs_in_week)

    @admin.display(description="last outcome")
    def last_outcome(self, user: Any) -> str:
        if not user.latest_status:
            return ""
        words = outcome_words(status=user.latest_status, reason="", exit_code=None)
        return format_html('<span data-tone="{}">{}</span>', words.tone, words.text)

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        if obj is not None:
            acts = self.acts_on(request, obj)
            context["person"] = person_context(staff_of(request), obj, acts)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        self.audit(request, AuditAction.CHANGED, obj)
        if "is_active" in form.changed_data and not obj.is_active:
            user_deactivate(obj)


async def _end_runs(user_ids: list[int]) -> None:
    for user_id in user_ids:
        await service().end_all_of(user_id)


def _going_with(users: list[User]) -> dict[str, int]:
    """How much is deleted with them, by what it is called, and they themselves."""
    counts = {str(User._meta.verbose_name_plural): len(users)}
    for relation in User._meta.related_objects:
        if relation.on_delete is CASCADE:
            model: Any = relation.related_model
            rows = model._base_manager.filter(**{f"{relation.field.name}__in": users})
            counts[_CALLED.get(model, str(model._meta.verbose_name_plural))] = rows.count()
    return {name: count for name, count in counts.items() if count}
