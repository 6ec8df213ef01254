"""Hints before fixes, where people are to learn; and an assistant that one can do without."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, expect

from assistant.tests.ai_server import AIServer, ai_server
from e2e.accessibility import axe
from e2e.account_page import PASSWORD, AccountPage
from e2e.assistant_panel import panel
from e2e.database import database_url
from e2e.ide_page import NARROW, WIDE, IdePage
from e2e.server import ROOT, Server, started
from e2e.workspace_page import WorkspacePage

BROKEN = """\
def half(number):
    return number / 0


print("begin")
print(half(4))
"""
MENDED = BROKEN.replace("/ 0", "/ 2")
FAST = "print(sum(range(3000)))\n"
NUDGE, EXPLANATION = "Neither the cause nor any code", "Not the corrected code"


def teacher(prompt: str) -> str:
    """A provider that gives the solution away whatever it was told."""
    code = f"\n\n```python main.py\n{FAST if 'range' in prompt else MENDED}```\n"
    if NUDGE in prompt:
        return f"What does line 2 divide by?{code}"
    return f"It divides by **zero**.{code}" if EXPLANATION in prompt else f"So.{code}"


@pytest.fixture(scope="module")
def ai() -> Iterator[AIServer]:
    with ai_server(teacher) as server:
        yield server


def serving(ai: AIServer, folder: Path, **settings: str) -> Any:
    keys = {"GROQ_API_KEY": "secret-key", "GROQ_BASE_URL": ai.groq()}
    return started("bubblewrap", folder, {"AI_REQUESTS_PER_MINUTE": "1000", **keys, **settings})


@pytest.fixture(scope="module", params=["bubblewrap"])
def server(ai: AIServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(ai, tmp_path_factory.mktemp("teaching"), AI_TEACHING="true") as server:
        yield server


def button(ide: IdePage, name: str) -> Locator:
    return panel(ide).get_by_role("button", name=name, exact=True)


def words(ide: IdePage) -> Locator:
    return ide.page.locator("[data-hint-words]")


def fail(ide: IdePage, code: str = BROKEN) -> None:
    ide.run(code)
    expect(ide.notice).to_contain_text("ZeroDivisionError", timeout=20_000)


def expect_open(ide: IdePage, *names: str, steps: tuple[str, ...]) -> None:
    for name in steps:
        closed = "false" if name in names else "true"
        expect(button(ide, name)).to_have_attribute("aria-disabled", closed)


FIX = ("Give me a nudge", "Explain it", "Show the fix")
BETTER = ("Give me a nudge", "Explain it", "Show the better code")


def test_failure_is_found_out_hint_by_hint(work: WorkspacePage, ai: AIServer) -> None:
    ai.asked.clear()
    fail(work)
    expect(work.notice.get_by_role("button", name="Fix")).to_have_count(0)
    work.notice.get_by_role("button", name="Give me a nudge").click()
    expect(panel(work)).to_contain_text("What does line 2 divide by?")
    expect(panel(work)).to_contain_text("Code is left out of a hint.")
    expect(panel(work)).not_to_contain_text("number / 2")
    expect_open(work, *FIX[:2], steps=FIX)
    button(work, "Show the fix").click(force=True)
    assert len(ai.asked) == 1, "it is not its turn yet"
    button(work, "Explain it").click()
    expect(panel(work)).to_contain_text("It divides by zero.")
    expect(panel(work)).to_contain_text("What does line 2 divide by?")
    expect(panel(work)).not_to_contain_text("number / 2")
    expect_open(work, *FIX, steps=FIX)
    button(work, "Show the fix").click()
    expect(panel(work)).to_contain_text("Verified by running it", timeout=20_000)
    button(work, "Accept all").click()
    expect(panel(work)).to_contain_text("Accepted")
    work.run()
    work.expect_output("2.0")
    work.page.get_by_role("tab", name="Assistant").click()
    expect_open(work, steps=FIX)


def test_optimisation_comes_hint_by_hint(ide: IdePage, ai: AIServer) -> None:
    ide.write("total = 0\nfor i in range(3000):\n    total += i\n\nprint(total)\n")
    ide.page.get_by_role("tab", name="Assistant").click()
    button(ide, "Optimize").click()
    expect(panel(ide)).to_contain_text("Code is left out of a hint.")
    expect_open(ide, *BETTER[:2], steps=BETTER)
    button(ide, "Explain it").click()
    expect_open(ide, *BETTER, steps=BETTER)
    button(ide, "Show the better code").click()
    expect(button(ide, "Review the changes")).to_be_visible(timeout=30_000)


def test_keyboard_and_screen_reader_follow_the_steps(ide: IdePage, ai: AIServer) -> None:
    announced = ide.page.locator("[data-announce]")
    fail(ide)
    ide.page.keyboard.press("F1")
    ide.page.keyboard.type("fix")
    expect(ide.page.get_by_role("option", name=re.compile("^(Show|Fix) the"))).to_have_count(0)
    ide.page.keyboard.press("ControlOrMeta+a")
    ide.page.keyboard.type("give me a nudge")
    ide.page.keyboard.press("Enter")
    expect(announced).to_contain_text("You can ask for the explanation now")
    expect(ide.page.get_by_role("region", name="Answers")).to_be_focused()
    for _ in range(4):
        ide.page.keyboard.press("Shift+Tab")
    expect(button(ide, "Explain it")).to_be_focused()
    expect(button(ide, "Explain it")).to_have_accessible_description(words(ide).inner_text())
    ide.page.keyboard.press("Tab")
    ide.page.keyboard.press("Enter")
    expect(announced).to_contain_text("Try it with the nudge.")
    ide.page.keyboard.press("Shift+Tab")
    ide.page.keyboard.press("Enter")
    expect(announced).to_contain_text("You can ask for the fix now")
    expect(button(ide, "Explain it")).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", ["wide", "narrow"])
def test_axe_finds_nothing(work: WorkspacePage, ai: AIServer, scheme: Any, width: str) -> None:
    work.page.emulate_media(color_scheme=scheme)
    work.page.set_viewport_size(NARROW if width == "narrow" else WIDE)
    work.write(BROKEN)
    if width == "narrow":
        work.go_to("Assistant")
    else:
        work.page.get_by_role("tab", name="Assistant").click()
    expect(words(work)).to_contain_text("They are about the error of a run.")
    assert axe(work.page) == []
    work.run_button.click()
    nudge = work.notice.get_by_role("button", name="Give me a nudge")
    expect(nudge).to_be_visible(timeout=20_000)
    nudge.click()
    expect(words(work)).to_contain_text("You can ask for the explanation now")
    assert axe(work.page) == []
    assert work.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    button(work, "Explain it").click()
    expect(words(work)).to_contain_text("You can ask for the fix now")
    button(work, "Show the fix").click()
    expect(button(work, "Review the changes")).to_be_visible(timeout=20_000)
    assert axe(work.page) == []


def make_root(folder: Path) -> None:
    env = os.environ | {
        "DATA_DIR": str(folder),
        "DATABASE_URL": database_url(folder),
        "ENV_FILE": os.devnull,
        "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
    }
    made = ["createsuperuser", "--no-input", "--username=root", "--email=root@example.org"]
    manage = [sys.executable, str(ROOT / "manage.py")]
    subprocess.run([*manage, *made], env=env, check=True, capture_output=True)  # noqa: S603


def test_instructor_teaches_in_one_workspace(
    browser: Browser, context: BrowserContext, ai: AIServer, tmp_path: Path
) -> None:
    with serving(ai, tmp_path) as server:
        work = WorkspacePage(context.new_page(), server.url)
        work.begin_with("Python main.py")
        make_root(tmp_path)
        staff = browser.new_context()
        admin = AccountPage(staff.new_page(), server.url)
        admin.log_in("root")
        admin.expect_editor()
        admin.open("/admin/ide/workspace/")
        page = admin.page
        page.get_by_role("checkbox", name=re.compile("^Select this object")).first.check()
        page.get_by_label("Action:").select_option("Give hints first (teaching mode)")
        page.get_by_role("button", name=re.compile("Go|Run")).click()
        expect(page.get_by_role("img", name="True")).to_have_count(1)
        staff.close()
        # Before the page knows of it, the server holds the order.
        fail(work)
        work.notice.get_by_role("button", name="Fix").click()
        expect(panel(work)).to_contain_text("this is a nudge. Ask again for the explanation.")
        expect(panel(work)).not_to_contain_text("number / 2")
        work.reload()
        fail(work)
        work.notice.get_by_role("button", name="Give me a nudge").click()
        expect_open(work, *FIX[:2], steps=FIX)
        scratchpad = IdePage(context.new_page(), f"{server.url}/")
        scratchpad.open()
        fail(scratchpad)
        expect(scratchpad.notice.get_by_role("button", name="Fix")).to_be_visible()
        assert work.complaints + scratchpad.complaints == []


def settings(ide: IdePage) -> Locator:
    ide.page.get_by_role("button", name="Editor settings").click()
    return ide.page.get_by_role("dialog", name="Editor settings")


def switch(ide: IdePage, *, on: bool) -> None:
    dialog = settings(ide)
    dialog.get_by_label("Assistant").set_checked(on)
    with ide.page.expect_navigation():
        dialog.get_by_role("button", name="Done").click()
    ide.wait_until_ready()


def expect_assistant(ide: IdePage, *, there: bool) -> None:
    expect(ide.page.get_by_role("tab", name="Assistant")).to_have_count(int(there))
    expect(ide.page.locator("[data-panel=assistant], [data-proposal]")).to_have_count(2 * there)
    ide.page.keyboard.press("F1")
    ide.page.keyboard.type("assistant")
    named = ide.page.get_by_role("option", name="Ask the assistant")
    expect(named).to_have_count(int(there))
    ide.page.keyboard.press("Escape")


def test_guest_does_without_the_assistant(ide: IdePage, ai: AIServer) -> None:
    ide.write(BROKEN)
    expect_assistant(ide, there=True)
    switch(ide, on=False)
    expect_assistant(ide, there=False)
    assert ide.code.inner_text().startswith("def half"), "what was written is there"
    ide.page.keyboard.press("Shift+Alt+E")
    fail(ide)
    expect(ide.notice.get_by_role("button", name="Give me a nudge")).to_have_count(0)
    source = ide.page.request.get(ide.url).text()
    assert 'data-panel="assistant"' not in source
    assert axe(ide.page) == []
    switch(ide, on=True)
    expect_assistant(ide, there=True)


def test_switch_follows_the_account(browser: Browser, server: Server) -> None:
    for first in (True, False):
        context = browser.new_context(viewport=WIDE)
        visitor = AccountPage(context.new_page(), server.url)
        if first:
            visitor.register("loner")
        visitor.log_in("loner")
        visitor.expect_editor()
        work = WorkspacePage(context.new_page(), server.url)
        work.begin_with("Python main.py")
        if first:
            work.write("kept = 1\n")
            switch(work, on=False)
            assert work.code.inner_text().startswith("kept")
        expect_assistant(work, there=False)
        assert work.complaints == []
        context.close()
