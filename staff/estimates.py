"""Counting what may be a million rows: exactly while they are few, else as the planner guesses."""

import json
from typing import Any, cast

from django.core.paginator import Paginator
from django.db import connection
from django.db.models import QuerySet
from django.utils.functional import cached_property

_EXACT = 10_000
_MOST_PAGES = 100


class EstimatingPaginator(Paginator):  # type: ignore[type-arg]  # generic in the stubs only
    """At most 100 pages: behind them a filter leads on, and each page more would be slower."""

    @cached_property
    def count(self) -> int:
        return estimated_count(cast("QuerySet[Any]", self.object_list))

    @cached_property
    def num_pages(self) -> int:
        return max(1, min(-(-self.count // self.per_page), _MOST_PAGES))


def estimated_count(rows: QuerySet[Any]) -> int:
    """Exact up to 10 000. Above, PostgreSQL's planner says how many; SQLite counts."""
    plain = rows.order_by()
    if connection.vendor != "postgresql":
        return plain.count()
    counted = plain.values("pk")[: _EXACT + 1].count()
    if counted <= _EXACT:
        return counted
    plan = json.loads(plain.explain(format="json"))
    return max(_EXACT + 1, int(plan[0]["Plan"]["Plan Rows"]))
