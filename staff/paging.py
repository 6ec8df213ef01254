"""Pages of a list of a million rows, without counting or sorting them."""

from collections.abc import Iterable
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG, ChangeList
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import DataError, connections, transaction
from django.db.models import DateTimeField, F, Model, QuerySet, Value
from django.http import HttpRequest, HttpResponse

from cloudrun.errors import InvalidRequestError
from staff.filters import UNKNOWN, problems_of

_MOST_COUNTED = 2_000
_CONFIRMED = {"confirmed", "post"}  # by our own page that asks, or Django's before a deletion
_BETWEEN = ","
_NO_SUCH_ROWS = "Rows were ticked that this list does not have. Load it again."


class EstimatingPaginator(Paginator):  # type: ignore[type-arg]  # generic in the stubs only
    """Counts no further than there are pages, of which there are enough for looking through.

    Of a whole table in PostgreSQL it says how long that is about, as the last vacuum saw it.
    """

    @cached_property
    def count(self) -> int:
        """At most the rows that can be paged to, which are the newest."""
        return min(self._counted, _MOST_COUNTED)

    @property
    def count_words(self) -> str:
        if self._counted <= _MOST_COUNTED:
            return f"{self._counted:,}"
        about = self._estimate
        return f"about {about:,}" if about > _MOST_COUNTED else f"more than {_MOST_COUNTED:,}"

    @property
    def has_unreachable(self) -> bool:
        return self._counted > _MOST_COUNTED

    @cached_property
    def _counted(self) -> int:
        rows: Any = self.object_list
        # Without a column of theirs, an index alone can be enough.
        return len(rows.order_by().values_list(Value(1), flat=True)[: _MOST_COUNTED + 1])

    @cached_property
    def _estimate(self) -> int:
        """Rows of the table; 0 where that is unknown, or not all of them are meant."""
        rows: Any = self.object_list
        connection = connections[rows.db]
        if connection.vendor != "postgresql" or rows.query.where:
            return 0
        with connection.cursor() as cursor:
            table = rows.model._meta.db_table
            cursor.execute(
                "SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass", [table]
            )
            (found,) = cursor.fetchone()
        return max(int(found), 0)


class PlannedChangeList(ChangeList):
    """Says to PostgreSQL how to find rows of which it cannot know how many they are.

    Where few are like what is looked for, it finds them and sorts them then: in the list's order
    it would go through all rows, sure to meet enough of them soon. Where many are, it does go in
    that order: of a phrase it takes all for rare, and would find and sort every row that has it.
    """

    def get_results(self, request: HttpRequest) -> None:
        connection = connections[self.queryset.db]
        is_all = not self.queryset.query.where
        if connection.vendor != "postgresql" or is_all or not _indexed_time(self.queryset):
            super().get_results(request)
            return
        with transaction.atomic(using=self.queryset.db), connection.cursor() as cursor:
            # In less, what is found of a frequent word are pages instead of rows.
            cursor.execute("SET LOCAL work_mem = '32MB'")
            super().get_results(request)
            if self.paginator.has_unreachable:
                # It takes that for so dear that it would also compile the query first.
                cursor.execute("SET LOCAL enable_sort = off; SET LOCAL jit = off")
            else:
                self.paginator.object_list = self.queryset = _sorted_afterwards(self.queryset)
            is_whole = (self.show_all and self.can_show_all) or not self.multi_page
            page = self.queryset if is_whole else self.paginator.page(self.page_num).object_list
            self.result_list = list(page)


class LargeListAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    """Of rows that may be a million."""

    show_full_result_count = False
    paginator = EstimatingPaginator

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return PlannedChangeList

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        context = getattr(response, "context_data", None) or {}
        if "cl" in context:
            context["problems"] = _tell_problems(request, context["cl"])
        return response

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        try:
            return super().get_changelist_instance(request)
        # What no filter is for, and what the database cannot hold.
        except (DisallowedModelAdminLookup, OverflowError, DataError) as error:
            raise IncorrectLookupParameters from error

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[Any], *args: Any, **kwargs: Any
    ) -> HttpResponse | None:
        """What is confirmed is done to those whom its page asked about, whoever the list's filters
        find by now."""
        values = request.POST.getlist(ACTION_CHECKBOX_NAME)
        ticked = [pk for value in values for pk in value.split(_BETWEEN)]
        post: Any = request.POST.copy()
        post.setlist(ACTION_CHECKBOX_NAME, ticked)
        if _CONFIRMED & post.keys():
            queryset = self.get_queryset(request).order_by(*self.get_ordering(request))
            post["select_across"] = "0"
        request.POST = post
        try:
            queryset.filter(pk__in=ticked).exists()
        except (ValueError, ValidationError, OverflowError, DataError) as error:
            raise InvalidRequestError(_NO_SUCH_ROWS) from error
        response = super().response_action(request, queryset, *args, **kwargs)
        context = getattr(response, "context_data", None) or {}
        if "deletable_objects" in context:  # Django's own page, with a field for each of them
            context["queryset"] = [{"pk": all_in_one(context["queryset"])}]
        return response


def all_in_one(rows: Iterable[Model]) -> str:
    """The rows as what is ticked, in a single field: a request may not have a thousand."""
    return _BETWEEN.join(str(row.pk) for row in rows)


def _tell_problems(request: HttpRequest, changelist: ChangeList) -> list[str]:
    if ERROR_FLAG in request.GET:
        messages.warning(request, f"{UNKNOWN} These are all that there are.")
    problems = problems_of(changelist)
    for problem in problems:
        messages.error(request, f"{problem} Until then nothing is listed.")
    return problems


def _indexed_time(rows: QuerySet[Any]) -> str:
    """The time that they are ordered by, if there is an index of it; else empty."""
    first = rows.query.order_by[0] if rows.query.order_by else ""
    name = first.removeprefix("-") if isinstance(first, str) else ""
    meta = rows.model._meta
    indexed = {index.fields[0].removeprefix("-") for index in meta.indexes if index.fields}
    indexed |= {field.name for field in meta.fields if field.db_index}
    times = {field.name for field in meta.fields if isinstance(field, DateTimeField)}
    return name if name in times & indexed else ""


def _sorted_afterwards(rows: QuerySet[Any]) -> QuerySet[Any]:
    """In the same order, said so that no index has it."""
    first, *others = rows.query.order_by
    time = F(_indexed_time(rows)) + timedelta(0)
    return rows.order_by(time.desc() if str(first).startswith("-") else time.asc(), *others)
