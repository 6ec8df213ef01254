"""What the list of runs can be narrowed by. Their choices are known without asking the runs."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import Membership
from accounts.visibility import visible_classes
from sandbox.diagnosis import Reason
from sandbox.languages import LANGUAGES
from sandbox.models import Run
from staff.admin.base import staff_of


class LanguageFilter(admin.SimpleListFilter):
    title = "language"
    parameter_name = "language"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [(language.id, language.name) for language in LANGUAGES.values()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Run]) -> QuerySet[Run]:
        return queryset.filter(language=self.value()) if self.value() else queryset


class ReasonFilter(admin.SimpleListFilter):
    title = "reason"
    parameter_name = "reason"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        reasons = [reason.value for reason in Reason] + ["lost"]
        return [(reason, reason.replace("_", " ").capitalize()) for reason in reasons]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Run]) -> QuerySet[Run]:
        return queryset.filter(reason=self.value()) if self.value() else queryset


class ClassFilter(admin.SimpleListFilter):
    """The asker's classes; another's is no choice, and chosen by hand it has no runs."""

    title = "class"
    parameter_name = "class"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        classes = visible_classes(staff_of(request)).values_list("pk", "name")
        return [(str(pk), name) for pk, name in classes]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Run]) -> QuerySet[Run]:
        value = self.value()
        if not value:
            return queryset
        if not (value.isascii() and value.isdigit() and len(value) < 10):
            return queryset.none()
        classes = visible_classes(staff_of(request)).filter(pk=value)
        members = Membership.objects.filter(classroom__in=classes)
        return queryset.filter(user__in=members.values("user"))
