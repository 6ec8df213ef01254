"""The run logs in the admin: who sees which, and what can be done with them."""

import csv
import io
import json
from typing import Any

import pytest
from channels.db import database_sync_to_async as threaded
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEntry, Classroom, User
from accounts.tests.factories import make_user
from sandbox.events import EventLog, pack
from sandbox.models import Artifact, Run, pack_source
from staff.runs.exports import harmless
from staff.tests.makers import client_of, make_instructor, make_run

pytestmark = pytest.mark.django_db
LIST = "/admin/sandbox/run/"
PAGES = ("change/", "recording/", "output/", "files/", "made/plot.txt", "live/")


class School:
    """Ada is the teacher's, Bob the other's."""

    def __init__(self) -> None:
        self.ada, self.bob = make_user("ada"), make_user("bob")
        self.teacher = make_instructor("teacher", self.ada)
        self.other = make_instructor("other", self.bob)
        self.of_ada = make_run(self.ada, code="print('ada wrote')\n")
        self.of_bob = make_run(self.bob, code="print('bob wrote')\n")
        self.of_guest = make_run(None, session_key="g")
        for run in (self.of_ada, self.of_bob, self.of_guest):
            Artifact.objects.create(run=run, name="plot.txt", content=b"made", size=4)


@pytest.fixture
def school() -> School:
    return School()


def text(answer: Any) -> str:
    parts = answer.streaming_content if answer.streaming else [answer.content]
    return b"".join(parts).decode(errors="replace")


async def taken(client: Any, path: str) -> str:
    answer = await client.get(path)
    assert answer.status_code == 200, path
    return b"".join([part async for part in answer.streaming_content]).decode("utf-8-sig")


def ids(client: Client, query: str = "") -> set[str]:
    answer = client.get(f"{LIST}{query}")
    assert answer.status_code == 200
    return {run.pk for run in answer.context["cl"].result_list}


@pytest.mark.parametrize("page", PAGES)
def test_a_run_is_there_for_whoever_teaches_its_owner_and_nobody_else(
    school: School, page: str
) -> None:
    path = f"{LIST}{school.of_ada.pk}/{page}"
    code = 204 if page == "live/" else 200
    root = make_user("root", is_staff=True, is_superuser=True)
    assert client_of(school.teacher).get(path).status_code == code
    assert client_of(root).get(path).status_code == code
    assert client_of(school.other).get(path).status_code == 404
    assert client_of(make_user("clerk", is_staff=True)).get(path).status_code == 403
    for client in (client_of(school.ada), client_of(school.bob), Client()):
        assert client.get(path).status_code == 302
    guest = f"{LIST}{school.of_guest.pk}/{page}"
    assert client_of(school.teacher).get(guest).status_code == 404
    assert client_of(root).get(guest).status_code == code


def test_run_again_is_for_the_same_and_by_post(school: School) -> None:
    path = f"{LIST}{school.of_ada.pk}/again/"
    assert client_of(school.teacher).get(path).status_code == 405
    assert client_of(school.other).post(path).status_code == 404
    assert client_of(make_user("clerk", is_staff=True)).post(path).status_code == 403
    assert client_of(school.ada).post(path).status_code == 302
    assert not Run.objects.exclude(instance="test").exists()
    refused = Client(enforce_csrf_checks=True)
    refused.force_login(school.teacher)
    assert refused.post(path).status_code == 403


def test_what_is_looked_at_is_in_the_audit_log(school: School) -> None:
    client = client_of(school.teacher)
    for page in ("change/", "output/"):
        client.get(f"{LIST}{school.of_ada.pk}/{page}")
    seen = AuditEntry.objects.filter(subject=school.ada).values_list("action", "what")
    what = f"run {school.of_ada.pk}"
    assert set(seen) == {("viewed", what), ("exported", what)}
    client_of(school.other).get(f"{LIST}{school.of_ada.pk}/change/")
    assert not AuditEntry.objects.filter(actor=school.other).exists()


def test_page_shows_the_code_and_harmless_output(school: School) -> None:
    hostile = "<script>hacked=1</script>"
    run = make_run(school.ada, code=f"# {hostile}\n", output=hostile, error=f"Error: {hostile}")
    page = text(client_of(school.teacher).get(f"{LIST}{run.pk}/change/"))
    assert hostile not in page
    assert "&lt;script&gt;hacked=1" in page
    assert "30 s" in page
    assert "256.0\xa0MB" in page


def test_run_again_says_that_nobody_types(school: School) -> None:
    client = client_of(school.teacher)
    source = {"code": "input()", "stdin": "", "files": [], "cols": 80, "rows": 24}
    for tty in (False, True):
        run = make_run(school.ada, source=pack_source({**source, "tty": tty}))
        page = text(client.get(f"{LIST}{run.pk}/change/"))
        assert ("it finds the end of its input where it reads" in page) == tty


def test_lists_show_only_ones_own_students_whatever_the_filter(school: School) -> None:
    client = client_of(school.teacher)
    other = Classroom.objects.get(name="class of other").pk
    own = Classroom.objects.get(name="class of teacher").pk
    mine = {school.of_ada.pk}
    assert ids(client) == ids(client, f"?class={own}") == ids(client, "?by=AD") == mine
    assert ids(client, "?q=ada+wrote") == ids(client, "?language=python") == mine
    for query in (f"?class={other}", "?by=bob", "?q=bob+wrote", f"?q={school.of_bob.pk}"):
        assert ids(client, query) == set(), query
    page = text(client.get(LIST))
    assert "class of other" not in page
    assert "bob" not in page
    assert len(ids(client_of(make_user("root", is_staff=True, is_superuser=True)))) == 3


def test_filters_find_runs(school: School) -> None:
    client = client_of(school.teacher)
    failed = make_run(
        school.ada, language="java", status="error", reason="exception", error="NameError: name"
    )
    today = timezone.now().date().isoformat()
    for query in ("?language=java", "?reason=exception", "?error=NameError:+name", "?status=error",
                  "?status__exact=error"):  # fmt: skip
        assert ids(client, query) == {failed.pk}, query
    assert len(ids(client, f"?since={today}&until={today}")) == 2
    for query in ("?since=2999-01-01", "?until=1999-01-01"):
        assert ids(client, query) == set()
    for query in ("?by=%00", "?error=%00"):
        assert ids(client, query) == set()


WRONG = {
    "since=zz": "“zz” is no day for “From”. Write it as 20",
    "until=9999-12-31": "is no day for “To”",
    "since=2026-02-02&until=2026-02-01": "no day lies between them",
    "language=cobol": "There is no language “cobol”. In an address it is one of: python, nodejs,",
    "status=done": "There is no status “done”",
    "reason=%00": "There is no reason",
    "class=zz": "There is no such class, or it is not yours.",
    "user=0": "There is no such user, or they are in no class of yours.",
    "user=²": "There is no such user",
}


@pytest.mark.parametrize("query", WRONG)
def test_what_a_filter_does_not_know_is_told_and_finds_nothing(school: School, query: str) -> None:
    client = client_of(school.teacher)
    page = client.get(f"{LIST}?{query}&q=wrote")
    assert WRONG[query] in text(page)
    assert page.context["cl"].result_count == 0
    answer = client.get(f"{LIST}export/csv/?{query}", headers={"Accept": "text/html"})
    assert answer.status_code == 400
    assert WRONG[query] in text(answer)
    assert not AuditEntry.objects.filter(action="exported").exists()
    assert "There is no" not in text(client.get(LIST))


def test_unknown_filter_is_told(school: School) -> None:
    client = client_of(school.teacher)
    for query in ("created_at__gte=zz", "user__password__startswith=p"):
        page = client.get(f"{LIST}?{query}", follow=True)
        assert "a filter, a value or a page that this list does not have" in text(page)
        assert page.context["cl"].result_count == 1
        assert client.get(f"{LIST}export/csv/?{query}").status_code == 400
        assert not AuditEntry.objects.filter(what__contains=query)


def test_unknown_action_of_the_audit_log_is_told() -> None:
    root = User.objects.create_superuser("root", "root@example.org", "x")
    page = client_of(root).get("/admin/accounts/auditentry/?action=foo")
    assert "There is no action “foo”" in text(page)
    assert page.context["cl"].result_count == 0


def test_own_run_says_nothing_of_the_audit_log(school: School) -> None:
    own = make_run(school.teacher)
    page = client_of(school.teacher).get(f"{LIST}{own.pk}/change/")
    assert (page.status_code, "is in the audit log" in text(page)) == (200, False)


def test_end_of_another_s_run_is_told_as_of_another(school: School) -> None:
    log = EventLog()
    log.append("complete", "", explanation="Your program used more than 256 MB of memory.")
    run = make_run(school.ada, status="error", reason="memory_limit", log=pack(log))
    page = text(client_of(school.teacher).get(f"{LIST}{run.pk}/change/"))
    assert "The program used more than 256 MB" in page
    assert "is in the audit log" in page
    assert "Your program used more than 256 MB of memory.</" not in page


def test_one_person_is_found_by_their_number_and_others_by_what_begins_so(school: School) -> None:
    namesake = make_user("ada_2", display_name="Ada Byron")
    school.teacher.taught_classes.get().students.add(namesake)
    theirs = make_run(namesake, language="cpp")
    client = client_of(school.teacher)
    assert ids(client, f"?user={school.ada.pk}") == {school.of_ada.pk}
    assert ids(client, "?by=ada") == {school.of_ada.pk, theirs.pk}
    assert ids(client, f"?user={school.bob.pk}") == set()
    page = text(client.get(f"{LIST}?user={namesake.pk}"))
    assert page.count("Ada Byron (ada_2)") == 2  # the row and the filter
    assert "C++" in page
    page = text(client.get(f"{LIST}{theirs.pk}/change/"))
    assert f"?user={namesake.pk}" in page
    assert "(ada_2)" in page


def test_too_many_people_whose_names_begin_so_are_told(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("staff.runs.filters._MOST_USERS", 2)
    for number in range(3):
        make_user(f"ada_{number}")
    assert ids(client_of(school.teacher), "?by=ada") == {school.of_ada.pk}  # who sees no others
    root = client_of(make_user("root", is_staff=True, is_superuser=True))
    page = root.get(f"{LIST}?by=ada")
    assert "names begin so: write more of one." in text(page)
    assert page.context["cl"].result_count == 0
    assert ids(root, "?by=ada_2") == set()
    assert root.get(f"{LIST}export/csv/?by=ada").status_code == 400


def test_a_list_makes_no_query_per_row_and_reads_no_code(school: School) -> None:
    client = client_of(school.teacher)
    counts = []
    for _ in range(2):
        for _ in range(10):
            make_run(school.ada)
        with CaptureQueriesContext(connection) as queries:
            client.get(LIST)
        counts.append(len(queries))
        assert not any('"sandbox_run"."source"' in query["sql"] for query in queries)
    assert counts[0] == counts[1]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_cells_are_no_formulas(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"
    assert harmless(-9) == -9
    assert harmless("print(1)") == "print(1)"


def test_export_is_refused_to_others(school: School) -> None:
    path = f"{LIST}export/csv/"
    assert client_of(make_user("clerk", is_staff=True)).get(path).status_code == 403
    for client in (client_of(school.ada), Client()):
        assert client.get(path).status_code == 302
    assert client_of(school.teacher).get(f"{LIST}export/exe/").status_code == 404


@pytest.fixture
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("staff.runs.exports._CHUNK", 2)


@pytest.mark.usefixtures("_small_chunks")
@pytest.mark.django_db(transaction=True)
async def test_export_has_what_the_list_shows(async_client: Any) -> None:
    school = await threaded(make_school)()
    await async_client.aforce_login(school.teacher)
    rows = list(csv.DictReader(io.StringIO(await taken(async_client, f"{LIST}export/csv/"))))
    assert [row["user"] for row in rows] == ["ada"] * 6
    assert len({row["id"] for row in rows}) == 6
    assert "code" not in rows[0]
    assert rows[0]["error"] == "'=1+1"
    raw = await async_client.get(f"{LIST}export/csv/")
    assert (await anext(aiter(raw.streaming_content))).startswith(b"\xef\xbb\xbfid,")
    lines = (await taken(async_client, f"{LIST}export/jsonl/code/?language=java")).splitlines()
    assert [json.loads(line)["code"] for line in lines] == ["=code"]
    entries = AuditEntry.objects.filter(action="exported", actor=school.teacher)
    assert [entry.subject_id async for entry in entries] == [school.ada.pk, None] * 3
    form = {"action": "export_csv", "_selected_action": [school.of_ada.pk, school.of_bob.pk]}
    answer = await async_client.post(LIST, form)
    ticked = b"".join([part async for part in answer.streaming_content]).decode()
    assert school.of_ada.pk in ticked
    assert school.of_bob.pk not in ticked


def make_school() -> School:
    school = School()
    for _ in range(4):
        make_run(school.ada)
    make_run(school.ada, language="java", code="=code", error="=1+1")
    return school


def test_only_so_many_rows_are_counted(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("staff.paging._MOST_COUNTED", 2)
    for _ in range(4):
        make_run(school.ada)
    page = text(client_of(school.teacher).get(LIST))
    assert "more than 2 runs" in page


def test_empty_list_says_what_to_do(school: School) -> None:
    page = text(client_of(school.teacher).get(f"{LIST}?language=java"))
    assert "Take a filter away" in page
