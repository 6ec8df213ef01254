"""An instructor before a class: who is stuck, seen as it happens."""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from e2e.accessibility import axe
from e2e.account_page import logged_in
from e2e.ide_page import NARROW, WIDE, IdePage
from e2e.server import Server

_LOOP = "import time\nfor n in range(300):\n    print('turn', n, flush=True)\n    time.sleep(0.1)\n"


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
