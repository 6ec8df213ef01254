"""What the admin's pages have in common: whose rows are shown, and that looking is written down."""

from collections.abc import Iterable
from typing import Any, cast

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.audit import audit, audit_each
from accounts.models import AuditAction, User
from accounts.visibility import of_visible_users
from sandbox.languages import language_name
from staff.paging import LargeListAdmin


def staff_of(request: HttpRequest) -> User:
    """Who is asking; the admin has checked that they are staff."""
    return cast(User, request.user)


class AuditedAdmin(LargeListAdmin):
    """Every look at a row is in the audit log before it is shown, and so is every list."""

    owner_field = "user"

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        if request.method == "POST" or not isinstance(response, HttpResponseRedirect):
            name = str(self.opts.verbose_name_plural)
            query = request.META.get("QUERY_STRING", "")
            audit(staff_of(request), AuditAction.LISTED, what=f"{name} {query}".strip())
        return response

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        if row is not None and self.has_view_permission(request, row):
            self.audit(request, AuditAction.VIEWED, row)
        return super().change_view(request, object_id, form_url, extra_context)

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        self.audit_deletion(request, [obj])
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self.audit_deletion(request, queryset)
        super().delete_queryset(request, queryset)

    def audit_deletion(self, request: HttpRequest, rows: Iterable[Model]) -> None:
        """By their ids, which say nothing of who is gone."""
        things = ((self.owner_of(row), f"{self.opts.verbose_name} {row.pk}") for row in rows)
        audit_each(staff_of(request), AuditAction.DELETED, things)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> list[Any]:
        """None in Django's own log, which would keep the names of who is gone."""
        return []

    def audit(
        self, request: HttpRequest, action: AuditAction, *rows: Model, details: str = ""
    ) -> None:
        """Write down what is done to rows, each its owner's."""
        behind = f": {details}" if details else ""
        things = ((self.owner_of(row), f"{self.name_of(row)}{behind}") for row in rows)
        audit_each(staff_of(request), action, things)

    def name_of(self, row: Model) -> str:
        """What the audit log calls it: never by what is in it."""
        return f"{self.opts.verbose_name} {row.pk}"

    def owner_of(self, row: Any) -> User | None:
        owner: User | None = getattr(row, self.owner_field)
        return owner


class OwnedAdmin(AuditedAdmin):
    """Rows that belong to users: only those of whom the asker may see, to read."""

    @admin.display(description="language", ordering="language")
    def language_words(self, row: Any) -> str:
        """Of whatever rows have one."""
        return language_name(row.language)

    @admin.display(description="user", ordering="user")
    def who(self, row: Any) -> SafeString:
        return format_html("<bdi>{}</bdi>", self.owner_of(row) or "a guest")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        visible = of_visible_users(staff_of(request), self.owner_field)
        return super().get_queryset(request).filter(visible)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
