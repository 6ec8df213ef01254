"""Pages of large runs: as quick as those of small ones, and they say what they leave out."""

import random
import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from ide.history.diffs import Diff, text_diff
from ide.models import Share, Workspace
from ide.tests.makers import make_client, make_user, make_workspace, unzipped
from ide.tests.past_runs import make_run
from sandbox.models import Run

pytestmark = pytest.mark.django_db

MB = 1_000_000
# Of processor time, several times what it takes.
QUICK_S = 6
LINES = "".join(f"line {n} of what was written\n" for n in range(300_000))
OUTPUTS = {
    "lines": LINES,
    "one line": "x" * 2 * MB,
    "a colour a character": "\x1b[31ma\x1b[32mb" * (MB // 6),
    "cursors sent far": "\x1b[2000Cx\n" * (MB // 4),
    "written over": "abc\b\b\rxyz" * (MB // 4),
}
CODES = {
    "lines": LINES,
    "numbers": "1+" * MB,
    "empty lines": "\n" * (2 * MB),
    "quotes": "'\"" * MB,
}


def pages_of(run: Run, user: User, workspace: Workspace) -> tuple[str, ...]:
    at = f"/w/{workspace.pk}/runs/{run.pk}"
    make_client(user).post(f"{at}/share", {"title": "x", "days": "7"})
    token = Share.objects.latest("pk").token
    return at, f"/s/{token}", f"/s/{token}/embed"


def quick(client: Client, path: str) -> str:
    client.get("/workspaces")  # what only the first page needs
    began = time.thread_time()
    page = client.get(path)
    assert time.thread_time() - began < QUICK_S
    assert page.status_code == 200
    assert len(page.content) < 3 * MB
    return page.content.decode()


@pytest.mark.parametrize("kind", OUTPUTS)
def test_page_shows_the_end_of_much_output(kind: str) -> None:
    user = make_user()
    workspace = make_workspace(user)
    run = make_run(user, workspace, output=OUTPUTS[kind] + "\nthe very end\n")
    for path in pages_of(run, user, workspace):
        page = quick(make_client(user), path)
        assert "the very end" in page
        assert "line 1 of what was written" not in page
        assert re.search(r"[\d.]+ MB before are", page)
    output = make_client(user).get(f"/w/{workspace.pk}/runs/{run.pk}/output").content
    assert output.decode() == OUTPUTS[kind] + "\nthe very end\n"


@pytest.mark.parametrize("kind", CODES)
def test_page_shows_the_beginning_of_large_files(kind: str) -> None:
    user = make_user()
    workspace, client = make_workspace(user), make_client(user)
    run = make_run(user, workspace, code="# the beginning\n" + CODES[kind])
    for path in pages_of(run, user, workspace):
        page = quick(client, path)
        assert "# the beginning" in page
        assert "The first " in page
    for door in (f"/w/{workspace.pk}/runs/{run.pk}", f"/s/{Share.objects.get().token}"):
        assert f'href="{door}/files.zip"' in client.get(door).content.decode()
        files = unzipped(client.get(f"{door}/files.zip"))
        assert files == {"main.py": b"# the beginning\n" + CODES[kind].encode()}


def test_page_shows_only_so_much_of_many_files() -> None:
    user = make_user()
    workspace = make_workspace(user)
    run = make_run(user, workspace, source={"files": files("1+" * 25_000)})
    page = quick(make_client(user), pages_of(run, user, workspace)[0])
    assert "Not shown here, 48.83 KB." in page
    assert "f198.py" in page


def test_page_of_a_small_run_leaves_nothing_out() -> None:
    user = make_user()
    workspace = make_workspace(user)
    for path in pages_of(make_run(user, workspace), user, workspace):
        page = make_client(user).get(path).content.decode()
        assert "before are" not in page
        assert "files.zip" not in page


def test_text_with_nul_is_no_text() -> None:
    user = make_user()
    workspace, client = make_workspace(user), make_client(user)
    odd = [{"name": "odd.bin", "content": "a\0b", "encoding": "utf-8"}]
    before = make_run(user, workspace, source={"files": odd}, minutes_ago=1)
    after = make_run(user, workspace, source={"files": [odd[0] | {"content": "c"}]})
    assert "No text, 3 bytes." in client.get(f"/w/{workspace.pk}/runs/{before.pk}").content.decode()
    page = client.get(f"/w/{workspace.pk}/runs/{after.pk}/compare?with={before.pk}")
    assert "This file is no text, and it differs." in page.content.decode()


def files(text: str | Callable[[int], str]) -> list[dict[str, Any]]:
    return [
        {
            "name": f"f{n}.py",
            "content": text(n) if callable(text) else text,
            "encoding": "utf-8",
        }
        for n in range(199)
    ]


def hard(seed: int) -> str:
    """Lines that are the hardest to match: each is there often, but not too often."""
    lines = random.Random(seed)
    return "".join(f"{lines.randrange(110)}\n" for _ in range(1_499))


def test_comparison_of_many_hard_files_and_much_output_is_quick() -> None:
    user = make_user()
    workspace, client = make_workspace(user), make_client(user)
    runs = [
        make_run(user, workspace, output=LINES[side:], source={"files": files(texts)})
        for side, texts in enumerate((hard, lambda n: hard(1_000 + n)))
    ]
    page = quick(client, f"/w/{workspace.pk}/runs/{runs[0].pk}/compare?with={runs[1].pk}")
    assert "More than is above is not shown on one page." in page


@pytest.mark.parametrize("lines", [199, 1_499])
def test_text_that_is_hard_to_match_is_given_up_or_matched(lines: int) -> None:
    before = "\n".join(str(n % 2) for n in range(lines))
    after = "\n".join(str(n % 3 % 2) for n in range(lines))
    began = time.thread_time()
    diff = text_diff("x", before, after)
    assert time.thread_time() - began < 2
    assert diff.lines


def test_first_of_much_that_differs_is_shown_and_the_rest_told() -> None:
    same = ["same"] * 100
    before, after = ("\n".join([*same, *(f"{it}{n}" for n in range(9_000))]) for it in "ab")
    diff = text_diff("Output", before, after)
    assert (diff.added, diff.removed) == (500, 500)
    assert [line.text for line in diff.lines if line.before == 101] == ["a0"]
    assert "from line 601, is left out" in diff.note


def test_what_differs_behind_what_is_compared_is_told() -> None:
    same = "x\n" * 200_000
    diff = text_diff("x", same + "a", same + "b")
    assert diff == Diff("x", [], "Only the first 256 KB are compared.")


def test_lines_that_differ_far_to_the_right_differ() -> None:
    diff = text_diff("x", "a" * 3_000 + "1\n", "a" * 3_000 + "2\n")
    assert (diff.added, diff.removed) == (1, 1)
    assert all(len(line.text) < 2_100 for line in diff.lines)
