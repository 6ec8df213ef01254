"""Instructors at the runs of their class: found, replayed, watched while they go on."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from e2e.accessibility import axe
from e2e.account_page import PASSWORD, AccountPage
from e2e.conftest import BASE_URL, missing
from e2e.database import run_code
from e2e.ide_page import NARROW, WIDE, IdePage
from e2e.server import Server, started

_LOOP = "import time\nfor n in range(300):\n    print('turn', n, flush=True)\n    time.sleep(0.1)\n"
_FILL = f"""
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
make_run(ada, code="print('replayed')", output="replayed\\n")
"""


@pytest.fixture(scope="module", params=["bubblewrap"])
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if BASE_URL:
        missing("a server of one's own")
    folder: Path = tmp_path_factory.mktemp("staff_runs")
    with started("bubblewrap", folder) as server:
        run_code(folder, _FILL)
        yield server


def logged_in(context: BrowserContext, server: Server, name: str) -> AccountPage:
    visitor = AccountPage(context.new_page(), server.url)
    visitor.log_in(name)
    visitor.expect_editor()
    return visitor


def tab_to(page: Page, selector: str) -> None:
    """With the keyboard alone."""
    for _ in range(150):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab does not lead to {selector}")


def test_keyboard_alone_leads_to_a_replayed_run(browser: Browser, server: Server) -> None:
    with browser.new_context(viewport=WIDE) as context:
        visitor = AccountPage(context.new_page(), server.url)
        page = visitor.page
        visitor.open("/accounts/login/?next=/admin/sandbox/run/")
        visitor.field("Username or e-mail").focus()
        page.keyboard.type("teacher")
        page.keyboard.press("Tab")
        visitor.field("Password").focus()
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_role("searchbox").first).to_be_visible()
        tab_to(page, "#result_list tbody th a")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Output")).to_be_visible()
        tab_to(page, "[aria-label='Replay the output']")
        page.keyboard.press("Enter")
        expect(page.locator(".xterm-rows")).to_contain_text("replayed")
        assert visitor.complaints == []


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_for_everybody(browser: Browser, server: Server, scheme: Any, size: Any) -> None:
    with browser.new_context(viewport=size, color_scheme=scheme) as context:
        visitor = logged_in(context, server, "teacher")
        page = visitor.page
        for query in ("", "?language=java"):
            visitor.open(f"/admin/sandbox/run/{query}")
            assert axe(page) == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        visitor.open("/admin/sandbox/run/?q=replayed")
        page.locator("#result_list tbody a").first.click()
        page.get_by_text("Events", exact=True).click()
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert visitor.complaints == []


def test_student_sees_who_watches(browser: Browser, server: Server) -> None:
    with browser.new_context(viewport=WIDE) as hers, browser.new_context(viewport=WIDE) as theirs:
        logged_in(hers, server, "ada")
        ide = IdePage(hers.new_page(), f"{server.url}/")
        ide.page.goto(f"{server.url}/")
        ide.wait_until_ready()
        ide.run(_LOOP)
        ide.expect_output("turn 1")
        teacher = logged_in(theirs, server, "teacher")
        teacher.open("/admin/sandbox/run/?status=running")
        teacher.page.locator("#result_list tbody a").first.click()
        expect(teacher.page.locator(".xterm-rows")).to_contain_text("turn")
        chip = ide.page.get_by_text("Watched by Grace Hopper")
        expect(chip).to_be_visible()
        said = ide.page.get_by_role("status").filter(has_text="Grace Hopper is watching")
        expect(said.first).to_be_attached()
        assert axe(ide.page) == []
        assert axe(teacher.page) == []
        ide.page.reload()
        expect(chip).to_be_visible()
        ide.stop_button.click()
        expect(chip).to_be_hidden()
        expect(teacher.page.get_by_role("heading", name="Output")).to_be_visible()
        assert teacher.complaints == []
