"""What the assistant does, in figures, by what there is a row for: days, people, classes."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from django.db import connection
from django.db.models import (
    Aggregate,
    Count,
    F,
    FilteredRelation,
    IntegerField,
    Q,
    QuerySet,
    Sum,
    Value,
    Window,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Concat, RowNumber, TruncDate

from accounts.models import User
from accounts.visibility import visible_classes
from assistant.models import Call, Outcome

_BUSIEST = 20
Names = Mapping[Any, str]


def _as_they_are(values: Iterable[Any]) -> Names:
    return {value: str(value or "").strip() for value in values}


def _of_users(ids: Iterable[Any]) -> Names:
    found = User.objects.in_bulk([pk for pk in ids if pk is not None])
    return {pk: str(user) for pk, user in found.items()}


@dataclass(frozen=True)
class Subject:
    """What there is a row for each of: `by` says which one a call is of.

    `nothing` is what a row without a name is called. `most` leaves all but the busiest out.
    `relation` is what `by` calls `seen`, `names` says how the values that were found are called.
    """

    title: str
    by: Combinable
    nothing: str = "none"
    most: int | None = None
    relation: FilteredRelation | None = None
    names: Callable[[Iterable[Any]], Names] = _as_they_are


SUBJECTS = (
    Subject("All", Value("all")),
    Subject("Day", TruncDate("created_at", tzinfo=UTC)),
    Subject("Provider and model", Concat("provider", Value(" "), "model"), nothing="nobody"),
    Subject("Action", F("action")),
    Subject("Outcome", F("outcome")),
    Subject("Verdict on what was proposed", F("verdict"), nothing="nothing tried"),
    Subject("Busiest users", F("user"), nothing="guests", most=_BUSIEST, names=_of_users),
)


@dataclass(frozen=True)
class Row:
    """Calls and how they ended; `tried` had a proposal that was run. Times are of the answered
    ones, in milliseconds, to the end of the answer; None without any."""

    name: str
    calls: int
    answered: int
    failed: int
    left: int
    tried: int
    verified: int
    p50_ms: int | None
    p95_ms: int | None
    prompt_tokens: int
    answer_tokens: int


@dataclass(frozen=True)
class Table:
    title: str
    rows: list[Row]


def calls_between(since: date, until: date) -> QuerySet[Call]:
    """Those of all these days, of which `until` is the last."""
    begin = datetime.combine(since, time.min, UTC)
    end = datetime.combine(until, time.max, UTC)
    return Call.objects.filter(created_at__gte=begin, created_at__lte=end)


def tables(calls: QuerySet[Call], staff: User) -> Iterator[Table]:
    """The tables of calls that `staff` may see. Of the classes only theirs are named."""
    for subject in (*SUBJECTS, _classes_of(staff)):
        yield Table(subject.title, _rows(calls, subject))


def _classes_of(staff: User) -> Subject:
    """A student may be in classes of others, too, which are none of the asker's business."""
    # A condition of a join takes no query; no class has number 0, and an empty list is none either.
    names = dict(visible_classes(staff).values_list("pk", "name"))
    memberships = FilteredRelation(
        "user__memberships", condition=Q(user__memberships__classroom__in=[0, *names])
    )
    by = F("seen__classroom")
    return Subject("Class", by, "in no class", relation=memberships, names=lambda _: names)


class _Percentile(Aggregate):
    """The smallest value that `share` percent do not exceed. Only PostgreSQL has it."""

    function = "PERCENTILE_DISC"
    template = "%(function)s(%(share)s / 100.0) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = IntegerField()

    def __init__(self, expression: str, share: int, **extra: Any) -> None:
        super().__init__(expression, share=share, **extra)


_ANSWERED = Q(outcome=Outcome.ANSWERED)
_PERCENTILES = {
    f"p{share}": _Percentile("latency_ms", share, filter=_ANSWERED) for share in (50, 95)
}


def _rows(calls: QuerySet[Call], subject: Subject) -> list[Row]:
    """One query or two, however many rows there are."""
    has_percentiles = connection.vendor == "postgresql"
    seen = calls.annotate(seen=subject.relation) if subject.relation else calls
    of_subject = seen.annotate(name=subject.by).order_by()
    sums = of_subject.values("name").annotate(
        calls=Count("pk"),
        **{f"{outcome}_calls": Count("pk", filter=Q(outcome=outcome)) for outcome in Outcome},
        tried=Count("pk", filter=~Q(verdict="")),
        verified=Count("pk", filter=Q(verdict="verified")),
        tokens_in=Sum("prompt_tokens"),
        tokens_out=Sum("answer_tokens"),
        **(_PERCENTILES if has_percentiles else {}),
    )
    ordered = sums.order_by("-calls", "name") if subject.most else sums.order_by("name")
    found = [values for values in ordered[: subject.most] if values["calls"]]
    names = subject.names(values["name"] for values in found)
    called = {values["name"]: names.get(values["name"]) or subject.nothing for values in found}
    if has_percentiles:
        return [_row(values, values, called) for values in found]
    times = _times(of_subject, [values["name"] for values in found] if subject.most else None)
    return [_row(values, times.get(values["name"], {}), called) for values in found]


def _row(values: Any, times: Mapping[str, Any], called: Names) -> Row:
    return Row(
        name=called[values["name"]],
        calls=values["calls"],
        answered=values["answered_calls"],
        failed=values["failed_calls"],
        left=values["left_calls"],
        tried=values["tried"],
        verified=values["verified"],
        p50_ms=times.get("p50"),
        p95_ms=times.get("p95"),
        prompt_tokens=values["tokens_in"],
        answer_tokens=values["tokens_out"],
    )


def _times(calls: QuerySet[Call], names: list[Any] | None) -> dict[Any, dict[str, int]]:
    """The percentiles by name, by rank, since SQLite has no function for them.

    `names` are all that is wanted.
    """
    answered = calls.filter(_ANSWERED)
    if names is not None:
        wanted = Q(name__in=[name for name in names if name is not None])
        answered = answered.filter(wanted | Q(name=None) if None in names else wanted)
    ranked = answered.annotate(
        rank=Window(RowNumber(), partition_by=["name"], order_by="latency_ms"),
        size=Window(Count("pk"), partition_by=["name"]),
        # Rounded up, by integers, which both databases divide alike.
        p50=(F("size") * 50 + 99) / 100,
        p95=(F("size") * 95 + 99) / 100,
    ).filter(Q(rank=F("p50")) | Q(rank=F("p95")))
    times: dict[Any, dict[str, int]] = {}
    for call in ranked.values("name", "rank", "p50", "p95", "latency_ms"):
        of_name = times.setdefault(call["name"], {})
        for quantile in ("p50", "p95"):
            if call["rank"] == call[quantile]:
                of_name[quantile] = call["latency_ms"]
    return times
