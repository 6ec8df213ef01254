"""An instructor before a class: who is stuck, seen as it happens."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from e2e.accessibility import axe
from e2e.account_page import PASSWORD, logged_in
from e2e.conftest import filled
from e2e.database import run_code
from e2e.ide_page import NARROW, WIDE, IdePage
from e2e.server import Server

_LOOP = "import time\nfor n in range(300):\n    print('turn', n, flush=True)\n    time.sleep(0.1)\n"
_CLASS = f"""
from django.contrib.auth.models import Group
from accounts.models import Classroom, User
ada = User.objects.create_user("ada", "ada@example.org", {PASSWORD!r})
teacher = User.objects.create_user("teacher", "t@example.org", {PASSWORD!r}, is_staff=True)
teacher.groups.add(Group.objects.get(name="Instructors"))
classroom = Classroom.objects.create(name="7a")
classroom.teachers.add(teacher)
classroom.students.add(ada)
"""
_REMOVE_ADA = "from accounts.models import Membership; Membership.objects.all().delete()"
_LOG_OUT_TEACHER = """
from accounts.models import User
from accounts.services import user_log_out_everywhere
user_log_out_everywhere(User.objects.get(username="teacher"))
"""


def test_who_may_see_it_no_more_is_told_why(browser: Browser, tmp_path: Path) -> None:
    with (
        filled(tmp_path, _CLASS) as server,
        browser.new_context(viewport=WIDE) as hers,
        browser.new_context(viewport=WIDE) as theirs,
    ):
        logged_in(hers, server.url, "ada")
        ide = IdePage(hers.new_page(), f"{server.url}/")
        ide.page.goto(f"{server.url}/")
        ide.wait_until_ready()
        ide.run(_LOOP)
        ide.expect_output("turn")
        teacher = logged_in(theirs, server.url, "teacher")
        page = teacher.page
        teacher.open("/admin/sandbox/run/?status=running")
        page.locator("#result_list tbody a").first.click()
        expect(page.locator(".xterm-rows")).to_contain_text("turn")
        expect(page.locator("pre.code")).to_be_visible()
        run_code(tmp_path, _REMOVE_ADA)
        alert = page.get_by_role("alert")
        expect(alert).to_contain_text(
            "You can no longer see this run. It is of none of your classes any more."
        )
        expect(ide.page.get_by_text("Watched by")).to_be_hidden()
        for shown in (".xterm-rows", "pre.code", "form button", ".run-facts"):
            expect(page.locator(f"main {shown}").first).to_be_hidden()
        assert axe(page) == []
        alert.get_by_role("link", name="To the runs").click()
        teacher.open("/admin/accounts/classroom/")
        page.get_by_role("link", name="Watch 7a").click()
        expect(page.get_by_text("Live.", exact=True)).to_be_visible()
        run_code(tmp_path, _LOG_OUT_TEACHER)
        expect(alert).to_contain_text("You can no longer see this class. You are logged out.")
        expect(page.get_by_text("Not live any more.")).to_be_visible()
        expect(page.get_by_role("list", name="Students")).to_be_hidden()
        assert axe(page) == []
        alert.get_by_role("link", name="Log in").click()
        teacher.field("Username or e-mail").fill("teacher")
        teacher.field("Password").fill(PASSWORD)
        teacher.button("Log in").click()
        expect(page.get_by_text("Live.", exact=True)).to_be_visible()
        assert teacher.complaints == []


def test_a_class_is_seen_as_it_works(browser: Browser, school: Server) -> None:
    with browser.new_context(viewport=WIDE) as hers, browser.new_context(viewport=WIDE) as theirs:
        teacher = logged_in(theirs, school.url, "teacher")
        page = teacher.page
        teacher.open("/admin/accounts/classroom/")
        page.get_by_role("link", name="Watch 7a").click()
        expect(page.get_by_text("Live.", exact=True)).to_be_visible()
        tile = page.get_by_role("listitem").filter(has_text="ada")
        logged_in(hers, school.url, "ada")
        ide = IdePage(hers.new_page(), f"{school.url}/")
        ide.page.goto(f"{school.url}/")
        ide.wait_until_ready()
        for _ in range(3):
            ide.run("print(nothing)")
            ide.expect_output("NameError")
            expect(ide.stop_button).to_be_disabled()
        expect(tile).to_contain_text("Stuck")
        expect(tile).to_contain_text("NameError: name '…' is not defined")
        expect(tile).to_contain_text("3 times")
        expect(page.get_by_role("status").filter(has_text="ada is stuck.")).to_be_attached()
        assert axe(page) == []
        ide.run(_LOOP)
        expect(tile).to_contain_text("Running")
        tile.get_by_role("link").click()
        expect(page.locator(".xterm-rows")).to_contain_text("turn")
        expect(ide.page.get_by_text("Watched by Grace Hopper")).to_be_visible()
        asked: list[Any] = []
        page.on("request", lambda request: asked.append(request.url))
        page.route("**/live/", lambda route: route.fulfill(status=204))  # as where it has ended
        page.reload()
        expect(page.get_by_text("You are not watching any more.")).to_be_visible()
        assert [url.endswith("/live/") for url in asked].count(True) == 2
        ide.stop_button.click()
        hers.pages[0].goto(f"{school.url}/accounts/classes/")
        looks = hers.pages[0].get_by_role("list", name="Who has looked at your work")
        expect(looks.get_by_text("Grace Hopper watched the class “7a”").first).to_be_visible()
        assert teacher.complaints == []


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_two_hundred_on_a_page(browser: Browser, school: Server, scheme: Any, size: Any) -> None:
    with browser.new_context(viewport=size, color_scheme=scheme) as context:
        teacher = logged_in(context, school.url, "teacher")
        page = teacher.page
        teacher.open("/admin/accounts/classroom/")
        page.get_by_role("link", name="Watch Year 7").click()
        expect(page.get_by_text("200 of 200 students")).to_contain_text("133 failing, 67 working")
        expect(page.get_by_text("Live.", exact=True)).to_be_visible()
        expect(page.get_by_role("listitem")).to_have_count(200)
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert teacher.complaints == []
