"""By what staff look for users."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from sandbox.models import Run
from staff.class_filter import ClassFilter
from staff.filters import ChoiceFilter


class ClassOfUserFilter(ClassFilter):
    field = "pk"


class RanFilter(ChoiceFilter):
    title = "runs"
    parameter_name = "ran"
    _DAYS = {"1": "in the last day", "7": "in the last 7 days", "30": "in the last 30 days"}

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [*self._DAYS.items(), ("none", "none ever")]

    def chosen(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        if value == "none":
            return rows.filter(~Exists(Run.objects.filter(user=OuterRef("pk"))))
        since = timezone.now() - timedelta(days=int(value))
        return rows.filter(pk__in=Run.objects.filter(created_at__gte=since).values("user"))
