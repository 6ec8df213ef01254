"""What the front page shows."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest
from django.utils import timezone

from accounts.audit import audit
from accounts.models import AuditAction, Classroom, User
from accounts.visibility import sees_everybody, visible_classes
from sandbox.languages import language_name
from sandbox.selectors import counts, sandboxes_ready
from staff.dashboard.charts import bar_chart, time_chart
from staff.dashboard.figures import Figures, Scope, figures

_RANGES = {"0": "24 hours", "7": "7 days", "30": "30 days", "91": "13 weeks"}
_ENDS = ("completed", "error", "timeout", "stopped", "lost")


class RangeForm(forms.Form):
    """The time and the class; another's class is no choice."""

    days = forms.ChoiceField(label="Time", choices=list(_RANGES.items()), required=False)
    classroom = forms.ModelChoiceField(
        label="Class", queryset=Classroom.objects.none(), required=False, empty_label="all"
    )

    def __init__(self, data: Any, staff: User) -> None:
        super().__init__(data)
        field: Any = self.fields["classroom"]
        field.queryset = visible_classes(staff).distinct()


def dashboard(request: HttpRequest, staff: User) -> dict[str, Any]:
    """The context of the page. Looking at it is written down first."""
    form = RangeForm(request.GET, staff)
    everybody = sees_everybody(staff)
    context = {"form": form, "everybody": everybody, "server": counts()}
    context["ready"] = sandboxes_ready()
    context["has_class"] = visible_classes(staff).exists()
    if not staff.has_perm("sandbox.view_run") or not form.is_valid():
        return context
    classroom = form.cleaned_data["classroom"]
    days = int(form.cleaned_data["days"] or 0)
    name = f"overview of class {classroom.pk}" if classroom else "overview"
    audit(staff, AuditAction.LISTED, what=f"{name}, {_RANGES[str(days)]}")
    found = figures(Scope.of(staff, classroom), days, timezone.now())
    return context | {"figures": found, "range": _RANGES[str(days)]} | _drawn(found, classroom)


def _drawn(found: Figures, classroom: Classroom | None) -> dict[str, Any]:
    step = found.units[1] - found.units[0]
    hourly = step < timedelta(days=1)
    labels = [f"{unit:%H:%M}" if hourly else f"{unit:%d %b}" for unit in found.units]
    others = [name for name in found.outcomes if name not in _ENDS]
    ends: dict[str, list[int | None]] = {
        name: [unit[name] for unit in found.statuses] for name in _ENDS
    }
    ends["going on"] = [sum(unit[name] for name in others) for unit in found.statuses]
    units = zip(found.units, ends_by_unit(ends), found.p50_ms, found.p95_ms, strict=True)
    languages = [(language_name(id), runs) for id, runs in found.languages.most_common()]
    return {
        "hourly": hourly,
        "unit": "hour" if hourly else "day" if step == timedelta(days=1) else "week",
        "ends": list(ends),
        "units": list(units),
        "runs_chart": time_chart("bars", "Runs by outcome", labels, ends),
        "times_chart": time_chart(
            "lines",
            "Time to first output in milliseconds",
            labels,
            {"p50": found.p50_ms, "p95": found.p95_ms},
        )
        if found.all_p50_ms is not None
        else [],
        "languages": languages,
        "languages_chart": bar_chart("Runs by language", languages),
        "errors": [
            (error, runs, hit, _query(found, classroom, error=error))
            for error, runs, hit in found.errors
        ],
        "busiest": [
            (name, runs, _query(found, classroom, user=str(pk))) for pk, name, runs in found.busiest
        ],
    }


def ends_by_unit(ends: dict[str, list[int | None]]) -> list[tuple[int | None, ...]]:
    return list(zip(*ends.values(), strict=True))


def _query(found: Figures, classroom: Classroom | None, **filters: str) -> str:
    """Of the list of runs: these, in the same time and class."""
    filters["since"] = f"{found.units[0]:%Y-%m-%d}"
    if classroom:
        filters["class"] = str(classroom.pk)
    return urlencode(filters)
