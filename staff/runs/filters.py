"""By what staff look for runs. No filter asks the database what there is to choose from but the
one of classes, of which somebody has few."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import User
from sandbox.diagnosis.facts import Reason
from sandbox.languages import LANGUAGES
from sandbox.models import ERROR_MAX_LENGTH, Run

_MOST_USERS = 100
Choice = tuple[str, str]


class LanguageFilter(admin.SimpleListFilter):
    """Of whatever rows have a language."""

    title = "language"
    parameter_name = "language"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[Choice]:
        return [(language.id, language.name) for language in LANGUAGES.values()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(language=self.value()) if self.value() else queryset


class ReasonFilter(admin.SimpleListFilter):
    title = "reason"
    parameter_name = "reason"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[Choice]:
        reasons = [reason.value for reason in Reason] + ["lost"]
        return [(reason, reason.replace("_", " ")) for reason in reasons]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Run]) -> QuerySet[Run]:
        return queryset.filter(reason=self.value()) if self.value() else queryset


class FieldsFilter(admin.ListFilter):
    """Something to type in. `names` are its parameters with their labels and types."""

    template = "admin/sandbox/run/fields_filter.html"
    names: dict[str, tuple[str, str]] = {}

    def __init__(
        self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any
    ) -> None:
        super().__init__(request, params, model, model_admin)
        for name in self.names:
            if name in params:
                self.used_parameters[name] = params.pop(name)[-1].replace("\x00", "").strip()

    def expected_parameters(self) -> list[str | None]:
        return list(self.names)

    def has_output(self) -> bool:
        return True

    def choices(self, changelist: ChangeList) -> Any:
        """One: the fields, and what else the list is filtered by, for the form to keep."""
        kept = {
            name: values
            for name, values in changelist.filter_params.items()
            if name not in self.names
        }
        others = [(name, value) for name, values in kept.items() for value in values]
        if changelist.query:
            others.append(("q", changelist.query))
        fields = [
            {"name": name, "label": label, "type": kind, "value": self.value(name)}
            for name, (label, kind) in self.names.items()
        ]
        without = changelist.get_query_string(remove=list(self.names))
        yield {
            "fields": fields,
            "others": others,
            "without": without,
            "is_set": any(self.value(name) for name in self.names),
            "selected": any(self.value(name) for name in self.names),
        }

    def value(self, name: str) -> str:
        return str(self.used_parameters.get(name, ""))


class UserFilter(FieldsFilter):
    """Whose name or address begins so; of somebody's whole username, only they."""

    title = "user"
    names = {"by": ("Name or e-mail", "search")}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Run]) -> QuerySet[Run]:
        if not (words := self.value("by").lower()):
            return queryset
        whole = User.objects.filter(username=words).values_list("pk", flat=True)
        return queryset.filter(user__in=[*whole] or _beginning(words))


def _beginning(words: str) -> set[int]:
    """Whose username, name or address begins so, at most a few hundred."""
    conditions = ("username__startswith", "email__startswith", "display_name__istartswith")
    return {
        pk
        for condition in conditions
        for pk in User.objects.filter(**{condition: words}).values_list("pk", flat=True)[
            :_MOST_USERS
        ]
    }


class DayFilter(FieldsFilter):
    """The days between two, both of them too, as UTC has them."""

    title = "day"
    names = {"since": ("From", "date"), "until": ("To", "date")}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Run]) -> QuerySet[Run]:
        if since := _day(self.value("since")):
            queryset = queryset.filter(created_at__gte=datetime.combine(since, time.min, UTC))
        if until := _day(self.value("until")):
            end = datetime.combine(until, time.min, UTC) + timedelta(days=1)
            queryset = queryset.filter(created_at__lt=end)
        return queryset


class ErrorFilter(FieldsFilter):
    """The very error, as it is normalised: what links from lists of errors lead to."""

    title = "error"
    names = {"error": ("Error", "search")}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Run]) -> QuerySet[Run]:
        error = self.value("error")[:ERROR_MAX_LENGTH]
        return queryset.filter(error=error) if error else queryset


def _day(text: str) -> date | None:
    """None for what is no day, and for the last ones that calendars know."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year < date.max.year else None
