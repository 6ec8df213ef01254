"""By what staff look for users."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from ide.history.words import outcome_words
from sandbox.models import Run, RunStatus
from staff.class_filter import ClassFilter
from staff.filters import ChoiceFilter

_DAYS = {"1": "in the last day", "7": "in the last 7 days", "30": "in the last 30 days"}
_LONG = timedelta(days=30)
_EVER = datetime.min.replace(tzinfo=UTC)


class ClassOfUserFilter(ClassFilter):
    field = "pk"


class RanFilter(ChoiceFilter):
    title = "runs"
    parameter_name = "ran"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [*_DAYS.items(), ("none", "none ever")]

    def chosen(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        if value == "none":
            return rows.filter(~Exists(Run.objects.filter(user=OuterRef("pk"))))
        since = timezone.now() - timedelta(days=int(value))
        return rows.filter(pk__in=Run.objects.filter(created_at__gte=since).values("user"))


class OutcomeFilter(ChoiceFilter):
    """Of rows that have their `latest_status`, in the words of their column."""

    title = "last outcome"
    parameter_name = "outcome"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [
            (status, outcome_words(status=status, reason="", exit_code=None).text)
            for status in RunStatus.values
        ]

    def chosen(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        return rows.filter(latest_status=value)


class SeenFilter(ChoiceFilter):
    """By what `staff.people.page` takes for having been here: a login, a page, a run."""

    title = "last seen"
    parameter_name = "seen"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [*_DAYS.items(), ("not", "not in the last 30 days"), ("never", "never")]

    def chosen(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        if value == "never":
            return rows.exclude(_seen_since(_EVER))
        if value == "not":
            return rows.exclude(_seen_since(timezone.now() - _LONG))
        return rows.filter(_seen_since(timezone.now() - timedelta(days=int(value))))


def _seen_since(time: datetime) -> Q:
    user = OuterRef("pk")
    return (
        Q(last_login__gte=time)
        | Q(Exists(UserSession.objects.filter(user=user, last_seen_at__gte=time)))
        | Q(Exists(Run.objects.filter(user=user, created_at__gte=time)))
    )
