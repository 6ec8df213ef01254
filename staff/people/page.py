"""What the page of a user says beside their account: where their work is, and what can be done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.usersessions.models import UserSession
from django.db.models import Max
from django.urls import reverse

from accounts.models import User
from accounts.visibility import visible_classes
from ide.history.words import Outcome, outcome_words
from sandbox.languages import language_name
from sandbox.models import Run
from staff.people.runs import runs_url, week_url

_LATEST = 5
_COLUMNS = ("id", "created_at", "language", "status", "reason", "exit_code", "error")


@dataclass(frozen=True)
class RunLine:
    run: Run
    language: str
    outcome: Outcome


def person_context(staff: User, user: User, acts: Mapping[str, Any]) -> dict[str, Any]:
    """For `admin/accounts/user/_person.html`; `staff` must be allowed to see the user. `acts` are
    what they may do, by the action's name."""
    sees_runs = staff.has_perm("sandbox.view_run")
    runs = _latest(user) if sees_runs else []
    return {
        "last_seen": _last_seen(user, runs),
        "sees_runs": sees_runs,
        "runs": runs,
        "runs_urls": [
            ("All runs", runs_url(user.pk)),
            ("In 7 days", week_url(user.pk)),
            ("Failed", runs_url(user.pk, status="error")),
        ],
        "classes": list(visible_classes(staff).filter(students=user).distinct()),
        "acts": [
            (reverse("admin:accounts_user_do", args=[user.pk, name]), act.button)
            for name, act in acts.items()
        ],
    }


def _latest(user: User) -> list[RunLine]:
    runs = Run.objects.filter(user=user).only(*_COLUMNS).order_by("-created_at")[:_LATEST]
    return [
        RunLine(
            run,
            language_name(run.language),
            outcome_words(status=run.status, reason=run.reason, exit_code=run.exit_code),
        )
        for run in runs
    ]


def _last_seen(user: User, runs: list[RunLine]) -> datetime | None:
    """The latest of a login, a page and a run; None where there was none."""
    sessions = UserSession.objects.filter(user=user).aggregate(at=Max("last_seen_at"))
    times = [user.last_login, sessions["at"], *(line.run.created_at for line in runs[:1])]
    return max((at for at in times if at), default=None)
