"""Watching a run that goes on, and a class, against the real server: the watcher sees it, who is
watched is told."""

import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from accounts.tests.factories import PASSWORD
from conftest import require
from e2e.database import run_code
from e2e.server import Server, started
from sandbox.tests.test_run_events import messages

_SSE = {"Accept": "text/event-stream"}
_CLASS_EVENTS = "/admin/accounts/classroom/1/watch/events/"
_LOOP = "import time\nfor n in range(200):\n    print(n, flush=True)\n    time.sleep(0.1)\n"
_FILL = f"""
from django.contrib.auth.models import Group
from accounts.models import Classroom, User
ada = User.objects.create_user("ada", "ada@example.org", {PASSWORD!r})
for name, students in (("teacher", [ada]), ("other", [])):
    user = User.objects.create_user(name, f"{{name}}@example.org", {PASSWORD!r}, is_staff=True)
    user.display_name = name.title()
    user.save()
    user.groups.add(Group.objects.get(name="Instructors"))
    classroom = Classroom.objects.create(name=name)
    classroom.teachers.add(user)
    classroom.students.add(*students)
"""
_LEAVE = """
from accounts.models import Classroom
Classroom.objects.get(name="teacher").students.clear()
"""
_JOIN = """
from django.contrib.auth.models import Group
from accounts.models import Classroom, User
Classroom.objects.get(name="teacher").students.add(User.objects.get(username="ada"))
User.objects.filter(username="teacher").update(is_active=True, is_staff=True)
User.objects.get(username="teacher").groups.add(Group.objects.get(name="Instructors"))
"""
_TEACHER = """
from accounts.models import User
from accounts.services import user_deactivate, user_log_out_everywhere
teacher = User.objects.get(username="teacher")
"""
_DEMOTE = f"{_TEACHER}teacher.is_staff = False; teacher.save()"
_NO_GROUP = f"{_TEACHER}teacher.groups.clear()"
_LOG_OUT = f"{_TEACHER}user_log_out_everywhere(teacher)"
_DEACTIVATE = f"{_TEACHER}user_deactivate(teacher)"
_DISMISS = """
from accounts.models import Classroom
Classroom.objects.get(name="teacher").teachers.clear()
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("watching")


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    require("bubblewrap")
    with started("bubblewrap", folder) as server:
        run_code(folder, _FILL)
        yield server


def logged_in(server: Server, name: str) -> httpx.Client:
    """By the site's own door, with its session."""
    client = httpx.Client(base_url=server.url, timeout=30)
    client.get("/accounts/login/")
    form = {
        "login": name,
        "password": PASSWORD,
        "csrfmiddlewaretoken": client.cookies["csrftoken"],
    }
    answer = client.post("/accounts/login/", data=form, headers={"Referer": server.url})
    assert answer.status_code == 302, answer.text
    return client


def begin(client: httpx.Client, code: str = _LOOP) -> str:
    """The id of a run of hers that goes on by itself."""
    answer = client.post("/api/execute?wait=0", json={"language": "python", "code": code})
    assert answer.status_code == 202, answer.text
    run_id: str = answer.json()["execution_id"]
    return run_id


def caller(server: Server, name: str) -> httpx.Client:
    """Of the API, with a token."""
    client = httpx.Client(base_url=server.url, timeout=30)
    answer = client.post("/api/auth/login", json={"username": name, "password": PASSWORD})
    client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
    return client


def watched(client: httpx.Client, run_id: str) -> list[dict[str, Any]]:
    """What the run's owner was told of watchers so far."""
    events = client.get(f"/api/runs/{run_id}/events").json()["events"]
    return [event for event in events if event["type"] == "watched"]


def soon(fact: Callable[[], bool], within_s: float = 10) -> None:
    deadline = time.monotonic() + within_s
    while not fact():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_a_watcher_sees_the_run_and_its_owner_sees_the_watcher(server: Server) -> None:
    ada = caller(server, "ada")
    teacher, other = logged_in(server, "teacher"), logged_in(server, "other")
    run_id = begin(ada)
    live = f"/admin/sandbox/run/{run_id}/live/"
    assert other.get(live).status_code == 404
    assert ada.get(live).status_code == 302
    with teacher.stream("GET", live) as answer:
        written = (frame for frame in messages(answer) if frame["type"] == "stdout")
        assert next(written)["content"].startswith("0")
        page = teacher.get(f"/admin/sandbox/run/{run_id}/change/").text
        assert {"Time limit", "Memory limit"} <= set(re.findall("<dt>(.*?)</dt>", page))
        (told,) = watched(ada, run_id)
        assert told["content"] == "Teacher is watching this run."
        assert told["watchers"] == ["Teacher"]
    soon(lambda: len(watched(ada, run_id)) == 2)
    assert watched(ada, run_id)[-1]["watchers"] == []
    # Neither going nor coming of a watcher has changed the run.
    assert ada.get(f"/api/runs/{run_id}").json()["status"] == "running"
    ada.delete(f"/api/runs/{run_id}")


def test_what_is_watched_to_its_end_is_kept_as_any_other(server: Server) -> None:
    ada, teacher = caller(server, "ada"), logged_in(server, "teacher")
    run_id = begin(ada, "import time\ntime.sleep(3)\nprint('done')\n")
    with teacher.stream("GET", f"/admin/sandbox/run/{run_id}/live/") as answer:
        frames = list(messages(answer))
    assert frames[-1]["type"] == "complete"
    result = ada.get(f"/api/runs/{run_id}").json()["result"]
    assert (result["status"], result["stdout"]) == ("completed", "done\n")
    assert ada.get(f"/api/runs/{run_id}/events").json()["events"][-1]["type"] == "complete"
    recording = ada.get(f"/api/runs/{run_id}/recording").text.splitlines()
    # An unbuffered print writes the end of its line by itself, which may come alone.
    assert "".join(json.loads(line)[2] for line in recording[1:]) == "done\r\n"
    assert teacher.get(f"/admin/sandbox/run/{run_id}/live/").status_code == 204


_LOST: dict[str, tuple[str, str, str]] = {
    "removed": (_LEAVE, "not_found", "It is of none of your classes any more."),
    "demoted": (_DEMOTE, "forbidden", "You are no instructor any more."),
    "out of the group": (_NO_GROUP, "forbidden", "You are no instructor any more."),
    "logged out": (_LOG_OUT, "not_authenticated", "You are logged out."),
    "deactivated": (_DEACTIVATE, "not_authenticated", "Your account was deactivated."),
}


@pytest.mark.parametrize("lost", _LOST)
def test_watching_ends_with_the_right_to_it_and_says_why(
    server: Server, folder: Path, lost: str
) -> None:
    loss, code, words = _LOST[lost]
    ada, teacher = caller(server, "ada"), logged_in(server, "teacher")
    run_id = begin(ada)
    live = f"/admin/sandbox/run/{run_id}/live/"
    with teacher.stream("GET", live) as answer:
        frames = messages(answer)
        assert next(frames)
        run_code(folder, loss)
        lost_at = time.monotonic()
        last = list(frames)[-1]
    assert time.monotonic() - lost_at < 4  # 2 on a machine that has nothing else to do
    assert (last["type"], last["code"], last["content"]) == ("error", code, words)
    assert last["id"] is None  # it is no event of the run
    assert ada.get(f"/api/runs/{run_id}").json()["status"] == "running"
    assert teacher.get(live).status_code in {302, 403, 404}
    # An EventSource, which would complain, stops on it.
    assert teacher.get(live, headers=_SSE).status_code == 204
    ada.delete(f"/api/runs/{run_id}")
    run_code(folder, _JOIN)


def test_staff_run_it_again_as_themselves(server: Server) -> None:
    ada, teacher = caller(server, "ada"), logged_in(server, "teacher")
    run_id = begin(ada, "print(input())\n")
    soon(lambda: ada.get(f"/api/runs/{run_id}").json()["result"] is not None)
    page = teacher.get(f"/admin/sandbox/run/{run_id}/change/")
    assert page.status_code == 200
    headers = {"X-CSRFToken": teacher.cookies["csrftoken"], "Origin": server.url}
    answer = teacher.post(f"/admin/sandbox/run/{run_id}/again/", headers=headers)
    assert answer.status_code == 302
    own = answer.headers["Location"].split("/")[-3]
    assert own != run_id
    run = teacher.get(f"/api/runs/{own}").json()
    assert run["code"] == "print(input())\n"
    assert ada.get(f"/api/runs/{own}").status_code == 404


def test_a_class_changes_as_its_students_run(server: Server, folder: Path) -> None:
    ada = caller(server, "ada")
    teacher, other = logged_in(server, "teacher"), logged_in(server, "other")
    assert other.get(_CLASS_EVENTS).status_code == 404
    with teacher.stream("GET", _CLASS_EVENTS) as answer:
        changes = messages(answer)
        ran = ada.post("/api/execute", json={"language": "python", "code": "nothing\n"})
        ended = time.monotonic()
        assert ran.json()["status"] == "error"
        tile = ""
        while "NameError" not in tile:
            tile = "".join(next(changes).get("tiles", {}).values())
        assert time.monotonic() - ended < 5  # 2 on a machine that has nothing else to do
        run_code(folder, _LEAVE)
        while next(changes).get("order") != []:
            pass
        run_code(folder, _JOIN)
        # Who teaches it no more does not see it any more.
        run_code(folder, _DISMISS)
        dismissed_at = time.monotonic()
        last = list(changes)[-1]
    assert time.monotonic() - dismissed_at < 4
    assert (last["code"], last["content"]) == ("not_found", "You do not teach it any more.")
    assert teacher.get(_CLASS_EVENTS).status_code == 404
    assert teacher.get(_CLASS_EVENTS, headers=_SSE).status_code == 204
