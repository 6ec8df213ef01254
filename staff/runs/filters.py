"""By what staff look for runs. No filter asks the database what there is to choose from but the
one of classes, of which somebody has few."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from accounts.visibility import of_visible_users
from sandbox.diagnosis.facts import Reason
from sandbox.languages import LANGUAGES
from sandbox.models import ERROR_MAX_LENGTH, Run, RunStatus
from staff.admin.base import staff_of
from staff.filters import ChoiceFilter, KnownFilter, quoted

_MOST_USERS = 500
_MOST_DIGITS = 18
Choice = tuple[str, str]


class LanguageFilter(ChoiceFilter):
    """Of whatever rows have a language."""

    title = parameter_name = "language"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[Choice]:
        return [(language.id, language.name) for language in LANGUAGES.values()]


class StatusFilter(KnownFilter):
    title = parameter_name = "status"
    values = RunStatus.values


class ReasonFilter(KnownFilter):
    title = parameter_name = "reason"
    values = (*Reason, "lost")


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
                self.used_parameters[name] = params.pop(name)[-1].replace("\x00", "\ufffd").strip()

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
            {
                "name": name,
                "label": label,
                "type": self.type_of(name, kind),
                "value": self.value(name),
            }
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

    def type_of(self, name: str, kind: str) -> str:
        return kind

    def value(self, name: str) -> str:
        return str(self.used_parameters.get(name, ""))


class PersonFilter(ChoiceFilter):
    """The very user, by their number: what links to somebody's runs lead to."""

    title = "person"
    parameter_name = "user"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[Choice]:
        """Only the one who is asked for: there may be thousands."""
        value = self.value() or ""
        if not (value.isascii() and value.isdecimal() and len(value) <= _MOST_DIGITS):
            return []
        visible = User.objects.filter(of_visible_users(staff_of(request), "pk"))
        return [(value, str(user)) for user in visible.filter(pk=int(value))]

    def has_output(self) -> bool:
        return bool(self.value())

    @property
    def problem(self) -> str:
        return "There is no such user, or they are in no class of yours." if super().problem else ""


class UserFilter(FieldsFilter):
    """Whose name or address begins so, of those whom the asker may see."""

    title = "user"
    names = {"by": ("Name or e-mail begins with", "search")}

    def __init__(
        self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any
    ) -> None:
        super().__init__(request, params, model, model_admin)
        words = self.value("by").lower()
        self.found = _beginning(words, staff_of(request)) if words else None

    def queryset(self, request: HttpRequest, queryset: QuerySet[Run]) -> QuerySet[Run]:
        if self.found is None:
            return queryset
        return queryset.none() if self.problem else queryset.filter(user__in=self.found)

    @property
    def problem(self) -> str:
        if len(self.found or ()) <= _MOST_USERS:
            return ""
        return f"More than {_MOST_USERS} people's names begin so: write more of one."


def _beginning(words: str, staff: User) -> set[int]:
    """Whose username, name or address begins so; of more than `_MOST_USERS` only some."""
    conditions = ("username__startswith", "email__startswith", "display_name__istartswith")
    visible = User.objects.filter(of_visible_users(staff, "pk")).order_by()
    return {
        pk
        for condition in conditions
        for pk in visible.filter(**{condition: words}).values_list("pk", flat=True)[
            : _MOST_USERS + 1
        ]
    }


class DayFilter(FieldsFilter):
    """The days between two, both of them too, as UTC has them."""

    title = "day"
    names = {"since": ("From", "date"), "until": ("To", "date")}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Run]) -> QuerySet[Run]:
        if self.problem:
            return queryset.none()
        if since := _day(self.value("since")):
            queryset = queryset.filter(created_at__gte=datetime.combine(since, time.min, UTC))
        if until := _day(self.value("until")):
            end = datetime.combine(until, time.min, UTC) + timedelta(days=1)
            queryset = queryset.filter(created_at__lt=end)
        return queryset

    def type_of(self, name: str, kind: str) -> str:
        """What is no day no field of days would show, so that it could be mended."""
        return "text" if self.value(name) and not _day(self.value(name)) else kind

    @property
    def problem(self) -> str:
        example = timezone.now().date()
        wrong = [
            f"{quoted(self.value(name))} is no day for “{label}”. Write it as {example}."
            for name, (label, _) in self.names.items()
            if self.value(name) and not _day(self.value(name))
        ]
        since, until = (_day(self.value(name)) for name in self.names)
        if since and until and since > until:
            wrong.append("“From” is behind “To”: no day lies between them.")
        return " ".join(wrong)


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
