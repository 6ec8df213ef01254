"""Instructors at the runs of their class: found, replayed, watched while they go on."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from e2e.accessibility import axe
from e2e.account_page import PASSWORD, AccountPage, logged_in
from e2e.ide_page import NARROW, WIDE, IdePage
from e2e.server import Server

_LOOP = r"""import time
for n in range(300):
    print('turn', n, '\u202e', flush=True)
    time.sleep(0.1)
"""


def tab_to(page: Page, selector: str) -> None:
    """With the keyboard alone."""
    for _ in range(150):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab does not lead to {selector}")


def test_keyboard_alone_leads_to_a_replayed_run(browser: Browser, school: Server) -> None:
    with browser.new_context(viewport=WIDE) as context:
        visitor = AccountPage(context.new_page(), school.url)
        page = visitor.page
        visitor.open("/accounts/login/?next=/admin/sandbox/run/%3Fq%3Dreplayed")
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
def test_pages_are_for_everybody(browser: Browser, school: Server, scheme: Any, size: Any) -> None:
    with browser.new_context(viewport=size, color_scheme=scheme) as context:
        visitor = logged_in(context, school.url, "teacher")
        page = visitor.page
        for query in ("", "?language=java", "?since=zz"):
            visitor.open(f"/admin/sandbox/run/{query}")
            assert axe(page) == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        visitor.open("/admin/sandbox/run/?q=replayed")
        page.locator("#result_list tbody a").first.click()
        page.get_by_text("Events", exact=True).click()
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert visitor.complaints == []


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_of_a_student_leads_to_their_runs_and_to_what_can_be_done(
    browser: Browser, school: Server, scheme: Any, size: Any
) -> None:
    with browser.new_context(viewport=size, color_scheme=scheme) as context:
        visitor = logged_in(context, school.url, "teacher")
        page = visitor.page

        def expect_usable(heading: str) -> None:
            expect(page.get_by_role("heading", name=heading)).to_be_visible()
            assert visitor.complaints == []
            assert axe(page) == []
            visitor.complaints.clear()  # axe's own, where a style imports another
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

        visitor.open("/admin/accounts/user/?q=ada")
        page.get_by_role("link", name="ada", exact=True).click()
        expect_usable("At work")
        page.get_by_role("link", name="All runs").click()
        expect(page.get_by_text("Ran fine").first).to_be_visible()
        expect_usable("Select run to view")
        page.go_back()
        for act, title, told in (
            ("Deactivate", "Deactivate 1 user?", "Deactivated"),
            ("Activate again", "Activate 1 user again?", "Reactivated"),
        ):
            page.get_by_role("link", name=act).click()
            expect_usable(title)
            page.get_by_role("button", name=act).click()
            expect(page.get_by_text(f"{told}: ada.")).to_be_visible()
        assert visitor.complaints == []


def as_it_began(route: Route) -> None:
    """The page as one gets it a moment after Run was pressed."""
    answer = route.fetch()
    body = answer.text()
    assert ">Running<" in body
    route.fulfill(response=answer, body=body.replace(">Running<", ">Starting<"))


def test_student_sees_who_watches(browser: Browser, school: Server) -> None:
    with browser.new_context(viewport=WIDE) as hers, browser.new_context(viewport=WIDE) as theirs:
        logged_in(hers, school.url, "ada")
        ide = IdePage(hers.new_page(), f"{school.url}/")
        ide.page.goto(f"{school.url}/")
        ide.wait_until_ready()
        ide.run(_LOOP)
        ide.expect_output("turn 1")
        teacher = logged_in(theirs, school.url, "teacher")
        teacher.open("/admin/sandbox/run/?status=running")
        teacher.page.route(re.compile("/change/"), as_it_began)
        teacher.page.locator("#result_list tbody a").first.click()
        expect(teacher.page.locator(".xterm-rows")).to_contain_text("turn")
        expect(teacher.page.get_by_text("Running", exact=True)).to_be_visible()
        teacher.page.unroute_all()
        expect(teacher.page.locator(".xterm-rows")).to_contain_text("⟨U+202E⟩")
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
