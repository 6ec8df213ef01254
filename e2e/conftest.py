"""Journeys in a real browser against the real server. Those about running are walked once for each
runner, the others with the embedded one.

`E2E_BASE_URL` names a server that runs already. Where `CI` is set, nothing is skipped for want of
a component: a runner or a language that is missing fails.
"""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ViewportSize, expect, sync_playwright

from e2e.account_page import PASSWORD
from e2e.database import run_code
from e2e.ide_page import WIDE, IdePage
from e2e.server import Server, running, started
from e2e.workspace_page import WorkspacePage

BASE_URL = os.environ.get("E2E_BASE_URL", "").rstrip("/")
IS_CI = bool(os.environ.get("CI"))
RUNNERS = ["given"] if BASE_URL else ["bubblewrap", "docker"]
both_runners = pytest.mark.parametrize("server", RUNNERS, indirect=True, scope="session")

_EXPECTED = ("ERR_INTERNET_DISCONNECTED", "409 (Conflict)", "400 (Bad Request)", "status of 404")

_SCHOOL = f"""
from django.contrib.auth.models import Group
from accounts.models import Classroom, User
from staff.tests.makers import make_run
ada = User.objects.create_user("ada", "ada@example.org", {PASSWORD!r})
teacher = User.objects.create_user("teacher", "t@example.org", {PASSWORD!r}, is_staff=True)
teacher.display_name = "Grace Hopper"
teacher.save()
teacher.groups.add(Group.objects.get(name="Instructors"))
classroom = Classroom.objects.create(name="7a")
classroom.teachers.add(teacher)
classroom.students.add(ada)
many = User.objects.bulk_create(
    User(username=f"student{{n}}", email=f"student{{n}}@example.org") for n in range(200)
)
year = Classroom.objects.create(name="Year 7")
year.teachers.add(teacher)
year.students.add(*many)
for n, student in enumerate(many):
    failed = dict(status="error", exit_code=1, error="NameError: name '…' is not defined")
    make_run(student, **(failed if n % 3 else {{}}))
make_run(ada, code="print('replayed')", output="replayed\\n")
"""

expect.set_options(timeout=10_000)


def missing(what: str) -> None:
    """Skip for want of `what`; in CI that is a failure."""
    if IS_CI:
        pytest.fail(f"{what}, and CI must have it")
    pytest.skip(what)


@pytest.fixture(scope="session")
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    if BASE_URL:
        yield running(BASE_URL)
        return
    runner: str = getattr(request, "param", RUNNERS[0])
    with started(runner, tmp_path_factory.mktemp(runner)) as server:
        if not server.has_sandbox:
            missing(f"no {runner} runner on this machine")
        yield server


@contextmanager
def filled(
    folder: Path, code: str, runner: str = "bubblewrap", settings: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """A server of one's own, whose database `code` has filled."""
    if BASE_URL:
        missing("a server of one's own")
    with started(runner, folder, settings) as server:
        run_code(folder, code)
        yield server


@pytest.fixture(scope="session")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Grace Hopper, `teacher`, has Ada, `ada`, in her class 7a, who has run a program;
    two hundred others are in Year 7."""
    with filled(tmp_path_factory.mktemp("school"), _SCHOOL) as server:
        yield server


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        missing("no Chromium on this machine")
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def window() -> ViewportSize:
    """Of the browser's window; a journey marked `both_sizes` has both."""
    return WIDE


@pytest.fixture
def context(browser: Browser, window: ViewportSize) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport=window, color_scheme="light")
    yield context
    context.close()


@pytest.fixture
def new_ide(context: BrowserContext, server: Server) -> Iterator[Callable[[], IdePage]]:
    """Opens the IDE, in one more tab of the same browser each time; at the end none may have
    had anything to complain of."""
    opened: list[IdePage] = []

    def open_ide() -> IdePage:
        ide = IdePage(context.new_page(), f"{server.url}/")
        opened.append(ide)
        ide.open()
        return ide

    yield open_ide
    for ide in opened:
        assert ide.complaints == []


@pytest.fixture
def ide(new_ide: Callable[[], IdePage]) -> IdePage:
    return new_ide()


@pytest.fixture
def work(context: BrowserContext, server: Server) -> Iterator[WorkspacePage]:
    """A new workspace in Python."""
    work = WorkspacePage(context.new_page(), server.url)
    work.begin_with("Python main.py")
    yield work
    assert work.complaints == []


@pytest.fixture
def new_work(context: BrowserContext, server: Server) -> Iterator[Callable[[], WorkspacePage]]:
    """Pages of workspaces, each in one more tab of the same browser; what browsers say of answers
    that the journeys ask for is no complaint."""
    made: list[WorkspacePage] = []

    def make() -> WorkspacePage:
        made.append(WorkspacePage(context.new_page(), server.url))
        return made[-1]

    yield make
    for page in made:
        assert [one for one in page.complaints if not any(e in one for e in _EXPECTED)] == []
