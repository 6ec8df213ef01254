"""The pages that are asked for."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

from benchmarks.admin.results import Cast, Page
from sandbox.languages import LANGUAGES

LISTS, SEARCHES, OVERVIEW = "lists of runs", "searches of runs", "front page"
OTHERS, ONE, API, HISTORY = "other lists", "one row", "API", "past runs"
FIGURES = "figures of the assistant"

# Of how many pages each sees one.
_STEPS = {"operator": 1, "instructor": 3, "newcomer": 5}

_RUNS = "/admin/sandbox/run/"
_COMMON_ERROR = "NameError: name '…' is not defined"
# Frequent ones, some of which never come together; rare ones; and of nobody.
_TERMS = (
    '"name is not defined"', "print", "total", "print total", "fibonacci palindrome",
    "number123", "number7777", '"print total"', "average rain", "a", "zzyzx", "print zzyzx",
    "ff0000000000000000000000000000ff",
)  # fmt: skip
_STATUSES = ("completed", "error", "timeout", "stopped", "lost", "running")
_REASONS = ("exit", "exception", "memory_limit", "output_limit", "process_limit")
_OTHERS: dict[str, tuple[str, ...]] = {
    "accounts/user": (
        "", "p=19", "ran=1", "ran=30", "ran=none", "seen=1", "seen=30", "seen=not",
        "seen=never", "outcome=completed", "outcome=lost", "class=2", "is_active__exact=1",
        "is_active__exact=0", "q=student_12", "q=zzyzx", "q=example.org", "o=-7", "o=5",
    ),
    "accounts/classroom": ("",),
    "accounts/auditentry": (
        "", "p=20", "action=viewed", "action=imported", "q=teacher_1",
        "q=student_0001", "q=zzyzx", "q=run",
    ),
    "assistant/call": (
        "", "p=20", "outcome__exact=left", "verdict=verified",
        "action=fix_error", "provider=groq&language=java", "q=student_0001", "q=zzyzx", "o=11",
        "created_at__gte={week}%2000:00:00%2B00:00",
    ),
    "ide/workspace": (
        "", "p=20", "teaching__exact=1", "language=java", "q=Exercise", "q=student_0001",
        "q=zzyzx", "o=3",
    ),
    "auth/group": ("",),
    "account/emailaddress": ("", "verified__exact=0"),
    "usersessions/usersession": ("", "p=20", "q=student_0001"),
}  # fmt: skip
_OF_INSTRUCTORS = {"accounts/user", "accounts/classroom", "assistant/call", "ide/workspace"}


def pages(cast: Cast) -> Iterator[Page]:
    """Those of the admin for each who may open them; all of them for the operator."""
    now = datetime.now(UTC)
    words = {
        "week": f"{now - timedelta(days=7):%Y-%m-%d}",
        "begin": f"{now - timedelta(days=89):%Y-%m-%d}",
        "student": str(cast.student_id),
    }
    for viewer, step in _STEPS.items():
        for days in (0, 7, 30, 91):
            yield Page(OVERVIEW, viewer, f"/admin/?days={days}")
        for filter in [*_filters(words)][::step]:
            yield Page(LISTS, viewer, f"{_RUNS}?{filter}")
        for term in _TERMS[::step]:
            yield Page(SEARCHES, viewer, f"{_RUNS}?q={quote(term)}")
        combined = {"q": "print", "status": "timeout", "since": words["week"]}
        yield Page(SEARCHES, viewer, f"{_RUNS}?{urlencode(combined)}")
        for name, filters in _OTHERS.items():
            if viewer == "operator" or name in _OF_INSTRUCTORS:
                for filter in filters[::step]:
                    yield Page(OTHERS, viewer, f"/admin/{name}/?{filter.format(**words)}")
        yield Page(FIGURES, viewer, "/admin/assistant/call/figures/?")
    for classroom in (2, 40):
        yield Page(OVERVIEW, "operator", f"/admin/?days=91&classroom={classroom}")
        yield Page(OVERVIEW, "operator", f"/admin/?days=0&classroom={classroom}")
    yield Page(ONE, "operator", f"{_RUNS}{cast.run_id}/change/")
    yield Page(ONE, "operator", f"/admin/accounts/user/{cast.student_id}/change/")
    yield Page(ONE, "operator", "/admin/accounts/classroom/2/change/")
    yield Page(ONE, "operator", f"/admin/ide/workspace/{cast.workspace_id}/change/")
    yield Page(ONE, "operator", "/admin/status/")
    yield Page(ONE, "operator", "/metrics")
    yield from _of_student(cast, words["week"])


def _filters(words: dict[str, str]) -> Iterator[str]:
    """Of the list of runs; the pages that are furthest away, too."""
    yield from ("", "p=20", "o=-1", "class=2", "class=40", "class=40&status=error")
    yield from (f"language={language}" for language in LANGUAGES)
    yield from (f"status={status}" for status in _STATUSES)
    yield from (f"reason={reason}" for reason in _REASONS)
    yield from ("by=student_0000", "by=student_19", "by=zzyzx", "by=student_0000&status=lost")
    yield f"user={words['student']}"
    yield from (f"since={words['week']}", f"until={words['begin']}", "since=2001-01-01&p=20")
    yield from (urlencode({"error": error}) for error in (_COMMON_ERROR, "no such error"))
    yield from ("language=java&reason=memory_limit", "language=ubuntu&status=lost")
    yield f"status=error&since={words['week']}&language=python"


def _of_student(cast: Cast, week: str) -> Iterator[Page]:
    """Their own runs, over the API and in the IDE."""
    for query in (
        "", "limit=100", f"cursor={cast.cursor}", "language=python", "status=lost", "status=queued",
        "language=ubuntu&status=timeout", f"created_after={week}T00:00:00Z",
        "created_before=2001-01-01T00:00:00Z",
    ):  # fmt: skip
        yield Page(API, "token", f"/api/runs?{query}")
    yield Page(API, "token", f"/api/runs/{cast.run_id}")
    yield Page(API, "token", f"/api/runs/{cast.run_id}/events")
    runs = f"/w/{cast.workspace_id}/runs"
    for path in (runs, f"{runs}?cursor={cast.cursor}", "/workspaces"):
        yield Page(HISTORY, "student", path)
    yield Page(HISTORY, "student", "/accounts/profile/")
