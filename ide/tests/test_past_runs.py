"""The pages of past runs: who finds them, what they show, what they put back."""

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from ide.history.diffs import text_diff
from ide.models import File, Workspace
from ide.tests.makers import content, guest_of, make_client, make_user, make_workspace, paths
from ide.tests.past_runs import HOSTILE, make_run
from ide.trash import UNDO_TIME
from sandbox.models import Run, RunStatus

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true", "Accept": "text/html"}
OTHER = {"files": [{"name": "lib/a.py", "content": "A = 1\n", "encoding": "utf-8"}]}


def doors(workspace_id: str, run_id: str) -> list[tuple[str, str]]:
    at = f"/w/{workspace_id}/runs/{run_id}"
    reads = ("", "/recording", "/output", "/files.zip", f"/compare?with={run_id}")
    changes = ("/restore", "/restore/undo", "/restore/new", "/share")
    return [
        ("get", f"/w/{workspace_id}/runs"),
        *(("get", at + door) for door in reads),
        *(("post", at + door) for door in changes),
    ]


def knock(client: Client, door: tuple[str, str]) -> Any:
    method, path = door
    return getattr(client, method)(path)


@pytest.mark.parametrize("who", ["stranger", "other guest", "anonymous"])
@pytest.mark.parametrize("whose", ["user", "guest"])
def test_strangers_find_nothing_as_where_nothing_is(who: str, whose: str) -> None:
    owner = make_user() if whose == "user" else guest_of(make_client())
    workspace = make_workspace(owner)
    run = make_run(owner, workspace)
    visitor = {
        "stranger": lambda: make_client(make_user("eve")),
        "other guest": make_client,
        "anonymous": Client,
    }[who]()
    there = [knock(visitor, door) for door in doors(workspace.pk, run.pk)]
    nowhere = [knock(visitor, door) for door in doors("0" * 16, "0" * 32)]
    assert {answer.status_code for answer in there} == {404}
    assert [answer.json()["detail"] for answer in there] == [
        answer.json()["detail"] for answer in nowhere
    ]
    assert Workspace.objects.count() == 1


def test_run_of_a_stranger_is_in_no_workspace_of_mine() -> None:
    """The caller of a run names its workspace freely."""
    ada, eve = make_user(), make_user("eve")
    mine = make_workspace(ada)
    theirs = make_run(eve, mine, code="print('of eve')")
    client = make_client(ada)
    assert client.get(f"/w/{mine.pk}/runs/{theirs.pk}").status_code == 404
    assert theirs.pk not in client.get(f"/w/{mine.pk}/runs").content.decode()
    eves = make_client(eve)
    assert eves.get(f"/w/{mine.pk}/runs/{theirs.pk}").status_code == 404


def test_run_of_another_workspace_is_not_found() -> None:
    user = make_user()
    one, other = make_workspace(user), make_workspace(user)
    run, here = make_run(user, other), make_run(user, one)
    client = make_client(user)
    for door in doors(one.pk, run.pk)[1:]:
        assert knock(client, door).status_code == 404
    assert client.get(f"/w/{one.pk}/runs/{here.pk}/compare?with={run.pk}").status_code == 404


@pytest.mark.parametrize("id", ["%00", "x" * 300, "é", "0" * 31])
def test_what_cannot_be_an_id_is_not_found(id: str) -> None:
    user = make_user()
    workspace = make_workspace(user)
    run = make_run(user, workspace)
    client = make_client(user)
    assert client.get(f"/w/{workspace.pk}/runs/{id}").status_code == 404
    assert client.get(f"/w/{workspace.pk}/runs/{run.pk}/compare?with={id}").status_code == 404


def test_list_says_when_how_and_how_long() -> None:
    user = make_user()
    workspace, client = make_workspace(user), make_client(user)
    assert "Nothing has run here yet" in client.get(f"/w/{workspace.pk}/runs").content.decode()
    make_run(user, workspace, duration_ms=41)
    make_run(user, workspace, status=RunStatus.ERROR, exit_code=3, duration_ms=2100)
    make_run(user, workspace, status=RunStatus.ERROR, reason="memory_limit", exit_code=137)
    make_run(user, workspace, status=RunStatus.TIMEOUT, duration_ms=90_500)
    page = client.get(f"/w/{workspace.pk}/runs").content.decode()
    for words in ("Ran fine", "Failed with exit code 3", "Memory limit reached", "41 ms", "2.1 s"):
        assert words in page
    assert "Time limit reached" in page
    assert "1 min 30 s" in page
    assert page.count("?with=") == 3


def test_older_runs_come_page_by_page() -> None:
    user = make_user()
    workspace, client = make_workspace(user), make_client(user)
    runs = [make_run(user, workspace, minutes_ago=n) for n in range(45)]
    address, seen = f"/w/{workspace.pk}/runs", []
    for _ in range(3):
        page = client.get(address, headers=HTMX).content.decode()
        assert "<html" not in page
        seen += [run.pk for run in runs if f'/runs/{run.pk}"' in page]
        address = page.partition('href="')[2] and page.rpartition('hx-get="')[2].partition('"')[0]
    assert seen == [run.pk for run in runs]
    assert "cursor" not in page
    refused = client.get(f"/w/{workspace.pk}/runs?cursor=x", headers={"Accept": "text/html"})
    assert refused.status_code == 400


def test_page_has_code_input_output_and_facts() -> None:
    user = make_user()
    workspace, client = make_workspace(user), make_client(user)
    run = make_run(
        user,
        workspace,
        code="def greet():\n    return 1\n",
        output="\x1b[31mred\x1b[0m\n",
        source=OTHER | {"stdin": "Ada\n"},
    )
    page = client.get(f"/w/{workspace.pk}/runs/{run.pk}").content.decode()
    assert '<span class="c-keyword">def</span> <span class="c-function">greet</span>' in page
    assert '<span class="in-red">red</span>' in page
    for words in ("lib/a.py", "Ada\n", "41 ms", "Ran fine", "Python"):
        assert words in page
    assert "<script" not in page.partition("<main")[2]


def test_bad_end_is_explained_and_a_good_one_needs_no_words() -> None:
    user = make_user()
    workspace, client = make_workspace(user), make_client(user)
    bad = make_run(user, workspace, status=RunStatus.ERROR, explanation="It went wrong.")
    good = make_run(user, workspace, explanation="Your program ended normally.")
    assert "It went wrong." in client.get(f"/w/{workspace.pk}/runs/{bad.pk}").content.decode()
    page = client.get(f"/w/{workspace.pk}/runs/{good.pk}").content.decode()
    assert "Your program ended" not in page


def test_run_that_still_goes_on_says_so() -> None:
    user = make_user()
    workspace = make_workspace(user)
    run = make_run(user, workspace, status=RunStatus.RUNNING, output="")
    Run.objects.filter(pk=run.pk).update(log=None)
    page = make_client(user).get(f"/w/{workspace.pk}/runs/{run.pk}").content.decode()
    assert "The program still runs" in page


@pytest.mark.parametrize("place", ["", "/compare", "list"])
def test_hostile_text_is_only_text(place: str) -> None:
    user = make_user()
    workspace = make_workspace(user)
    Workspace.objects.update(name=HOSTILE)
    hostile = {"files": [{"name": HOSTILE, "content": HOSTILE, "encoding": "utf-8"}]}
    before = make_run(user, workspace, minutes_ago=1)
    run = make_run(
        user,
        workspace,
        code=HOSTILE,
        output=f"\x1b[31m{HOSTILE}\x1b]8;;javascript:hacked=1\x07link\x1b]8;;\x07\n",
        source=hostile | {"stdin": HOSTILE},
        explanation=HOSTILE,
    )
    at = f"/w/{workspace.pk}/runs"
    path = at if place == "list" else f"{at}/{run.pk}{place}?with={before.pk}"
    page = make_client(user).get(path).content.decode()
    assert "&lt;img src=x" in page or place == "list"
    assert "<img src=x" not in page
    assert "<script>hacked" not in page
    assert "javascript:" not in page


def test_recording_begins_with_the_program_and_names_no_run() -> None:
    user = make_user()
    workspace = make_workspace(user)
    run = make_run(user, workspace)
    answer = make_client(user).get(f"/w/{workspace.pk}/runs/{run.pk}/recording")
    header, moment = [json.loads(line) for line in answer.content.decode().splitlines()]
    assert (header["version"], header["width"], header["height"]) == (2, 80, 24)
    assert run.pk not in answer.content.decode()
    assert moment[1:] == ["o", "hello\r\n"]
    assert moment[0] < 1


def test_output_is_a_file_of_text() -> None:
    user = make_user()
    workspace = make_workspace(user)
    run = make_run(user, workspace, output="<b>\x1b[31mred\n")
    answer = make_client(user).get(f"/w/{workspace.pk}/runs/{run.pk}/output")
    assert answer.content == b"<b>\x1b[31mred\n"
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["Content-Disposition"].startswith("attachment")


def test_restored_files_replace_what_is_there_until_undone() -> None:
    user = make_user()
    workspace = make_workspace(user, {"new.txt": b"new", "lib/a.py": b"A = 2\n"})
    client = make_client(user)
    run = make_run(user, workspace, code="old\n", source=OTHER)
    at = f"/w/{workspace.pk}/runs/{run.pk}"
    assert client.post(f"{at}/restore").status_code == 302
    assert paths(workspace) == ["lib/a.py", "main.py"]
    assert (content(workspace, "main.py"), content(workspace, "lib/a.py")) == (b"old\n", b"A = 1\n")
    page = client.get(at)
    deletion = page.context["replaced"]
    assert deletion
    assert "ten minutes" in page.content.decode()
    assert client.get(at).context["replaced"] == deletion, "offered as long as it can be done"
    assert client.post(f"{at}/restore/undo", {"deletion": deletion}).status_code == 302
    assert "ten minutes" not in client.get(at).content.decode()
    assert paths(workspace) == ["lib/a.py", "main.py", "new.txt"]
    assert content(workspace, "lib/a.py") == b"A = 2\n"
    assert client.post(f"{at}/restore/undo", {"deletion": ""}).status_code == 404


def test_files_restored_twice_are_undone_as_one() -> None:
    user = make_user()
    workspace, client = make_workspace(user), make_client(user)
    at = f"/w/{workspace.pk}/runs/{make_run(user, workspace, code='old').pk}"
    other = f"/w/{workspace.pk}/runs/{make_run(user, workspace, code='older').pk}"
    for _ in range(2):
        client.post(f"{at}/restore")
    deletion = client.get(other).context["replaced"]
    client.post(f"{other}/restore/undo", {"deletion": deletion})
    assert content(workspace, "main.py") == b"print('hello')\n"


def test_undo_is_offered_for_ten_minutes_and_for_its_workspace() -> None:
    user = make_user()
    workspace, other, client = make_workspace(user), make_workspace(user), make_client(user)
    at = f"/w/{workspace.pk}/runs/{make_run(user, workspace, code='old').pk}"
    client.post(f"{at}/restore")
    elsewhere = f"/w/{other.pk}/runs/{make_run(user, other).pk}"
    assert client.get(elsewhere).context["replaced"] == ""
    assert client.get(at).context["replaced"]
    File.objects.exclude(deleted_at=None).update(deleted_at=timezone.now() - UNDO_TIME)
    assert client.get(at).context["replaced"] == ""


def test_undo_that_comes_too_late_takes_nothing_away() -> None:
    user = make_user()
    workspace, client = make_workspace(user), make_client(user)
    run = make_run(user, workspace, code="old\n")
    at = f"/w/{workspace.pk}/runs/{run.pk}"
    client.post(f"{at}/restore")
    deletion = client.get(at).context["replaced"]
    File.objects.exclude(deleted_at=None).delete()
    assert client.post(f"{at}/restore/undo", {"deletion": deletion}).status_code == 404
    assert content(workspace, "main.py") == b"old\n"


def test_file_that_is_the_same_keeps_its_row() -> None:
    """Whoever has it open goes on with it."""
    user = make_user()
    workspace, client = make_workspace(user, {"lib/a.py": b"A = 1\n"}), make_client(user)
    same = File.objects.get(path="lib/a.py").pk
    run = make_run(user, workspace, code="old\n", source=OTHER)
    client.post(f"/w/{workspace.pk}/runs/{run.pk}/restore")
    assert File.objects.get(path="lib/a.py", deleted_at=None).pk == same


def test_restored_into_a_workspace_of_its_own() -> None:
    user = make_user()
    workspace, client = make_workspace(user), make_client(user)
    run = make_run(user, workspace, code="old\n", source=OTHER)
    answer = client.post(f"/w/{workspace.pk}/runs/{run.pk}/restore/new")
    made = Workspace.objects.exclude(pk=workspace.pk).get()
    assert answer["Location"] == f"/w/{made.pk}"
    assert (content(made, "main.py"), content(made, "lib/a.py")) == (b"old\n", b"A = 1\n")
    assert content(workspace, "main.py") != b"old\n"


def test_files_of_a_run_that_no_workspace_can_have_are_refused() -> None:
    user = make_user()
    workspace, client = make_workspace(user), make_client(user)
    names = [{"name": name, "content": "", "encoding": "utf-8"} for name in ("a.py", "A.py")]
    run = make_run(user, workspace, source={"files": names})
    for door in ("restore", "restore/new"):
        answer = client.post(f"/w/{workspace.pk}/runs/{run.pk}/{door}")
        assert answer.status_code == 400
        assert "letter case" in answer.json()["detail"]
    assert paths(workspace) == ["main.py"]


def test_changes_need_the_token_of_the_form() -> None:
    user = make_user()
    workspace = make_workspace(user)
    run = make_run(user, workspace, code="old\n")
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    for method, path in doors(workspace.pk, run.pk):
        if method == "post":
            assert client.post(path).status_code == 403
            assert client.get(path).status_code == 405


def test_guest_who_logs_in_takes_the_history_along() -> None:
    client = make_client()
    guest = guest_of(client)
    workspace = make_workspace(guest)
    make_run(guest, workspace)
    assert "Ran fine" in client.get(f"/w/{workspace.pk}/runs").content.decode()
    client.force_login(make_user())
    assert "Ran fine" in client.get(f"/w/{workspace.pk}/runs").content.decode()


def test_comparison_shows_what_changed() -> None:
    user = make_user()
    workspace, client = make_workspace(user), make_client(user)
    before = make_run(user, workspace, code="one\ntwo\nthree\n", output="a\nb\n", minutes_ago=1)
    after = make_run(user, workspace, code="one\n2\nthree\n", output="a\nc\n", source=OTHER)
    page = client.get(f"/w/{workspace.pk}/runs/{after.pk}/compare?with={before.pk}")
    text = page.content.decode()
    assert '<del><span class="visually-hidden">Removed: </span>two</del>' in text
    assert '<ins><span class="visually-hidden">Added: </span>2</ins>' in text
    titles = [(diff.title, diff.added, diff.removed) for diff in page.context["diffs"]]
    assert titles == [("main.py", 1, 1), ("lib/a.py", 1, 0), ("Output", 1, 1)]


@pytest.mark.parametrize(
    ("before", "after", "added", "removed"),
    [
        ("", "a\n", 1, 0),
        ("a\n", "a\nb\n", 1, 0),
        ("a\nb", "a\n", 0, 1),
        ("a\n\n", "a\n", 0, 1),
        ("a", "a\n", 0, 0),
    ],
)
def test_what_ends_the_last_line_is_no_line(
    before: str, after: str, added: int, removed: int
) -> None:
    diff = text_diff("Output", before, after)
    assert (diff.added, diff.removed) == (added, removed)
    assert not diff.is_same
