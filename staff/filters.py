"""What the filters of the staff's lists have in common: what they do not know they say, and then no
row is shown as though it had been looked for."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest

from cloudrun.errors import InvalidRequestError

UNKNOWN = "The address asks for a filter, a value or a page that this list does not have."
_LONGEST_QUOTED = 40
_MOST_NAMED = 20


class ChoiceFilter(admin.SimpleListFilter):
    """One of `lookups`, by the field that is named as the parameter is."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not (value := self.value()):
            return queryset
        return queryset.none() if self.problem else self.chosen(queryset, value)

    def chosen(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        """The rows for a value that there is."""
        return rows.filter(**{str(self.parameter_name): value})

    @property
    def problem(self) -> str:
        """What is wrong with the value, and which others there are; else empty."""
        known = [str(value) for value, _ in self.lookup_choices]
        value = self.value() or ""
        if not value or value in known:
            return ""
        others = ", ".join(known[:_MOST_NAMED])
        return f"There is no {self.title} {quoted(value)}. In an address it is one of: {others}."


class KnownFilter(ChoiceFilter):
    """By a field whose values are known, so that no rows are asked for them."""

    values: Iterable[str]

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [(value, value.replace("_", " ")) for value in self.values]


def quoted(value: str) -> str:
    """As much of it as a sentence has room for."""
    cut = value if len(value) <= _LONGEST_QUOTED else f"{value[:_LONGEST_QUOTED]}…"
    return f"“{cut}”"


def problems_of(changelist: ChangeList) -> list[str]:
    """What its filters do not know, in sentences."""
    problems = [getattr(filter, "problem", "") for filter in changelist.filter_specs]
    return [problem for problem in problems if problem]


def listed_rows(model_admin: Any, request: HttpRequest) -> QuerySet[Any]:
    """All rows that the list shows with the same query; `InvalidRequestError` where that says what
    no filter knows."""
    try:
        changelist = model_admin.get_changelist_instance(request)
        rows: QuerySet[Any] = changelist.get_queryset(request)
    except IncorrectLookupParameters as error:
        raise InvalidRequestError(UNKNOWN) from error
    if problems := problems_of(changelist):
        raise InvalidRequestError(" ".join(problems))
    return rows
