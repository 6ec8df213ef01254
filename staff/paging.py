"""Pages of a list of a million rows, without counting them."""

from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.db import connections

_MOST_COUNTED = 10_000


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
        counted: int = rows.order_by().values("pk")[: _MOST_COUNTED + 1].count()
        return counted

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
