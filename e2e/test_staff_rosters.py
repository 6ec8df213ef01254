"""Instructors fill a class from a list, and take somebody out of it again."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from e2e.accessibility import axe
from e2e.account_page import PASSWORD, AccountPage
from e2e.conftest import BASE_URL, missing
from e2e.database import run_code
from e2e.ide_page import NARROW, WIDE
from e2e.server import Server, started

_FILL = f"""
from django.contrib.auth.models import Group
from accounts.models import Classroom, User
teacher = User.objects.create_user("teacher", "t@example.org", {PASSWORD!r}, is_staff=True)
teacher.groups.add(Group.objects.get(name="Instructors"))
classroom = Classroom.objects.create(name="7a")
classroom.teachers.add(teacher)
classroom.students.add(User.objects.create_user("ada", "ada@example.org", {PASSWORD!r}))
User.objects.create_user("sam", "sam@example.org", {PASSWORD!r})
"""
_LIST = (
    "\ufeffname;e-mail;group\r\nGrace Hopper;grace@example.org;7a\r\nSam;sam@example.org;7a\r\n"
    "Ada;ada@example.org;7a\r\n<b>=1+1</b>;nobody;7a\r\n"
)


@pytest.fixture(scope="module", params=["bubblewrap"])
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if BASE_URL:
        missing("a server of one's own")
    folder: Path = tmp_path_factory.mktemp("staff_rosters")
    with started("bubblewrap", folder) as server:
        run_code(folder, _FILL)
        yield server


def log_in(visitor: AccountPage) -> None:
    visitor.log_in("teacher")
    visitor.expect_editor()


def choose_list(page: Page) -> None:
    """From the page of the class."""
    page.get_by_role("link", name="7a", exact=True).first.click()
    page.get_by_role("link", name="Import a class list").click()
    file = FilePayload(name="7a.csv", mimeType="text/csv", buffer=_LIST.encode())
    page.get_by_label("Class list").set_input_files(file)
    page.get_by_role("button", name="Look at it first").click()
    expect(page.get_by_role("row", name=re.compile("Grace Hopper"))).to_contain_text("New account")


def tick(page: Page, action: str) -> None:
    page.locator("#result_list input.action-select").first.check()
    page.locator("select[name=action]").select_option(action)
    page.get_by_role("button", name="Go").click()


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_for_everybody(browser: Browser, server: Server, scheme: Any, size: Any) -> None:
    with browser.new_context(viewport=size, color_scheme=scheme) as context:
        visitor = AccountPage(context.new_page(), server.url)
        log_in(visitor)
        page = visitor.page

        def expect_usable() -> None:
            assert visitor.complaints == []
            assert axe(page) == []
            visitor.complaints.clear()  # axe's own, where a style imports another
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

        visitor.open("/admin/accounts/classroom/import/")
        page.get_by_role("button", name="Look at it first").click()
        expect(page.get_by_text("Choose a file.")).to_be_visible()
        expect_usable()
        visitor.open("/admin/accounts/classroom/")
        choose_list(page)
        expect_usable()
        visitor.open("/admin/accounts/classroom/")
        page.get_by_role("link", name="7a", exact=True).first.click()
        expect(page.get_by_role("link", name="Remove ada")).to_be_visible()
        expect_usable()
        for path, action in (("classroom", "renew_codes"), ("user", "deactivate")):
            visitor.open(f"/admin/accounts/{path}/")
            tick(page, action)
            expect(page.get_by_role("link", name="Cancel")).to_be_visible()
            expect_usable()


def test_list_fills_a_class_and_a_student_is_taken_out(browser: Browser, server: Server) -> None:
    with browser.new_context(viewport=WIDE) as context:
        visitor = AccountPage(context.new_page(), server.url)
        log_in(visitor)
        page = visitor.page
        visitor.open("/admin/accounts/classroom/")
        choose_list(page)
        for name, outcome in (
            ("sam@", "Invited"), ("ada@", "In the class already"), ("nobody", "Refused"),
        ):  # fmt: skip
            expect(page.get_by_role("row", name=re.compile(name))).to_contain_text(outcome)
        page.get_by_role("button", name="Import").click()
        expect(page.get_by_text("1 new account, 1 invited")).to_be_visible()
        grace = "Grace Hopper (grace)"
        expect(page.get_by_role("link", name=grace, exact=True)).to_be_visible()
        expect(page.get_by_role("link", name="sam", exact=True)).to_have_count(0)
        page.get_by_role("link", name=f"Remove {grace}").click()
        page.get_by_role("button", name="Remove").click()
        expect(page.get_by_text(f"{grace} is not in 7a any more.")).to_be_visible()
        expect(page.get_by_role("link", name=f"Remove {grace}")).to_have_count(0)
        visitor.open("/admin/accounts/user/")
        with page.expect_download() as download:
            page.get_by_role("link", name="Export as CSV").click()
        assert download.value.suggested_filename == "users.csv"
        text = download.value.path().read_text()
        assert "ada@example.org" in text
        assert "sam@example.org" not in text
        assert visitor.complaints == []
