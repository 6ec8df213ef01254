"""Who has looked at one's work: what the audit log has of a student, in their own words."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import AuditAction, AuditEntry, Classroom, User
from ide.models import Workspace
from sandbox.languages import LANGUAGES
from sandbox.models import Run

_LATEST = 300
_ONE_LOOK = timedelta(minutes=15)

_OF_RUN = re.compile(r"run (\w+)")
_OF_WORKSPACE = re.compile(r"workspace (\w+)(: .+)?")
_OF_CLASS = re.compile(r".*\bclass (\d+)")

# Of a run, each beside the others of the same look; who watches has its page open, too.
_RUN_VERBS = {
    AuditAction.WATCHED: "watched",
    AuditAction.VIEWED: "looked at",
    AuditAction.EXPORTED: "replayed or downloaded",
    AuditAction.RERAN: "ran again",
    AuditAction.DELETED: "deleted",
}
_DID = {
    AuditAction.DEACTIVATED: "deactivated your account",
    AuditAction.REACTIVATED: "activated your account again",
    AuditAction.LOGGED_OUT: "logged you out everywhere",
    AuditAction.RESET_LINK: "sent you a link to set a new password",
    AuditAction.NO_RESET_LINK: "wanted to send you a link to set a new password, and could not",
}
_TO_CLASS = {
    AuditAction.WATCHED: "watched the class {}, and how your runs in it ended",
    AuditAction.IMPORTED: "made your account for the class {}",
    AuditAction.CHANGED: "took you out of the class {}",
}
_VERBS = {
    AuditAction.VIEWED: "looked at",
    AuditAction.CHANGED: "changed",
    AuditAction.DELETED: "deleted",
}


@dataclass
class Look:
    """What somebody did at one time, so many `times`. `did` goes on from their name."""

    who: str
    did: SafeString
    began_at: datetime
    ended_at: datetime
    times: int

    @property
    def minutes(self) -> int:
        return round((self.ended_at - self.began_at).total_seconds() / 60)


def looks_at(user: User) -> list[Look]:
    """The latest that staff looked at or did of a user's, the newest first. At most four queries,
    however much that is."""
    entries = AuditEntry.objects.filter(subject=user).select_related("actor")[:_LATEST]
    looks = _together(entries)
    named = _Names(user, [look[0] for look in looks])
    return _told_once(
        Look(
            who=_who(look[0]),
            did=named.did(look[0], {entry.action for entry in look}),
            began_at=look[-1].at,
            ended_at=look[0].at,
            times=1 if _OF_RUN.fullmatch(look[0].what) else len(look),
        )
        for look in looks
    )


def _told_once(looks: Iterable[Look]) -> list[Look]:
    """Without lines that would read the same: of a dozen exports each has words of its own in the
    log only."""
    told: list[Look] = []
    latest: dict[tuple[str, str], Look] = {}
    for look in looks:
        later = latest.get((look.who, look.did))
        if later and later.began_at - look.ended_at < _ONE_LOOK:
            later.began_at = min(later.began_at, look.began_at)
            later.times += look.times
        else:
            latest[look.who, look.did] = look
            told.append(look)
    return told


def _together(entries: Iterable[AuditEntry]) -> list[list[AuditEntry]]:
    """The entries of each look, the newest first: the page of a run alone writes several."""
    looks: list[list[AuditEntry]] = []
    open_looks: dict[tuple[str, ...], list[AuditEntry]] = {}
    for entry in entries:
        is_run = _OF_RUN.fullmatch(entry.what)
        key = (entry.actor_name, entry.what, "" if is_run else entry.action)
        look = open_looks.get(key)
        if look and look[-1].at - entry.at < _ONE_LOOK:
            look.append(entry)
        else:
            open_looks[key] = [entry]
            looks.append(open_looks[key])
    return looks


def _who(entry: AuditEntry) -> str:
    return (entry.actor.display_name if entry.actor else "") or entry.actor_name


class _Names:
    """What the entries name by ids, read at once. Only what is the user's own is named."""

    def __init__(self, user: User, entries: list[AuditEntry]) -> None:
        self.user = user
        runs = Run.objects.filter(user=user, pk__in=_ids(_OF_RUN, entries))
        self.runs = {run.pk: run for run in runs.only("language", "workspace")}
        wanted = {run.workspace for run in self.runs.values()} | _ids(_OF_WORKSPACE, entries)
        workspaces = Workspace.objects.filter(user=user, deleted_at=None, pk__in=wanted)
        self.workspaces = {workspace.pk: workspace for workspace in workspaces}
        self.classes = {
            str(pk): name
            for pk, name in Classroom.objects.filter(pk__in=_ids(_OF_CLASS, entries)).values_list(
                "pk", "name"
            )
        }

    def did(self, entry: AuditEntry, actions: set[str]) -> SafeString:
        action = AuditAction(entry.action)
        if found := _OF_RUN.fullmatch(entry.what):
            return self._did_to_run(found[1], actions)
        if found := _OF_CLASS.fullmatch(entry.what):
            return self._did_in_class(action, entry.what, found[1])
        if action in _DID:
            return format_html("{}", _DID[action])
        if action is AuditAction.EXPORTED:
            return format_html("{}", _exported(entry.what))
        if action is AuditAction.CHANGED and entry.what.startswith("is "):
            return format_html("{}", _changed_role(entry.what))
        if action in _VERBS:
            return format_html("{} {}", _VERBS[action], self._thing(entry.what))
        return SafeString("had you in what they searched or listed")

    def _did_to_run(self, run_id: str, actions: set[str]) -> SafeString:
        verbs = [verb for action, verb in _RUN_VERBS.items() if action in actions]
        if "watched" in verbs and "looked at" in verbs:
            verbs.remove("looked at")
        return format_html("{} {}", " and ".join(verbs) or "used", self._run(run_id))

    def _run(self, run_id: str) -> SafeString:
        run = self.runs.get(run_id)
        if run is None:
            return SafeString("a run of yours that is gone")
        workspace = self.workspaces.get(run.workspace)
        if workspace is None:
            language = LANGUAGES.get(run.language)
            return format_html("a {} run of yours", language.name if language else run.language)
        return format_html(
            '<a href="{}">your run of <bdi>{}</bdi></a> in “<bdi>{}</bdi>”',
            reverse("run", args=[workspace.pk, run.pk]),
            workspace.entry,
            workspace.name,
        )

    def _did_in_class(self, action: AuditAction, what: str, class_id: str) -> SafeString:
        name = self.classes.get(class_id)
        shown = format_html("“<bdi>{}</bdi>”", name) if name else SafeString("that is gone")
        if what.startswith("invitation"):
            return format_html("invited you to the class {}", shown)
        return format_html(_TO_CLASS.get(action, "did something in the class {}"), shown)

    def _thing(self, what: str) -> SafeString:
        if found := _OF_WORKSPACE.fullmatch(what):
            workspace = self.workspaces.get(found[1])
            if workspace is None:
                return SafeString("a workspace of yours that is gone")
            return format_html(
                "the settings of your workspace “<bdi>{}</bdi>”{}", workspace.name, found[2] or ""
            )
        if what.startswith("call of the assistant"):
            return SafeString("a question of yours to the assistant")
        return SafeString("your account" if what == "account" else "something of yours")


def _ids(pattern: re.Pattern[str], entries: Iterable[AuditEntry]) -> set[str]:
    found = (pattern.fullmatch(entry.what) for entry in entries)
    return {match[1] for match in found if match}


def _exported(what: str) -> str:
    if what == "account":
        return "downloaded a list of users with you in it"
    if what.startswith("runs as"):
        code = " and their code" if " with code" in what else ""
        return f"downloaded a list of runs{code}, with yours in it"
    return "downloaded something of yours"


def _changed_role(what: str) -> str:
    is_new = what == "is an instructor now"
    return "made you an instructor" if is_new else "made you an instructor no more"
