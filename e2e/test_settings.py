"""An editor as one likes it, on this device and the next."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, expect

from e2e.accessibility import axe
from e2e.account_page import AccountPage
from e2e.ide_page import NARROW, WIDE, IdePage
from e2e.server import Server


def settings(ide: IdePage) -> Locator:
    dialog = ide.page.get_by_role("dialog", name="Editor settings")
    if not dialog.is_visible():
        ide.page.get_by_role("button", name="Editor settings").click()
    return dialog


def done(ide: IdePage) -> None:
    settings(ide).get_by_role("button", name="Done").click()
    expect(ide.page.get_by_role("dialog")).to_be_hidden()


def text_size(ide: IdePage) -> Any:
    script = "getComputedStyle(document.querySelector('.cm-scroller')).fontSize"
    return ide.page.evaluate(script)


def test_settings_count_at_once_and_survive_a_reload(ide: IdePage) -> None:
    ide.write("x" * 500)
    expect(ide.page.locator(".cm-lineWrapping")).to_be_hidden()
    settings(ide).get_by_label("Wrap long lines").check()
    settings(ide).get_by_label("Text size").select_option("20 px")
    settings(ide).get_by_label("Indentation").select_option("8")
    done(ide)
    for _ in range(2):
        expect(ide.page.locator(".cm-lineWrapping")).to_be_visible()
        assert text_size(ide) == "20px"
        expect(ide.page.locator("[data-indent]")).to_have_text("Spaces 8")
        ide.reload()
    ide.write("")
    ide.code.click()
    ide.page.keyboard.press("Tab")
    ide.page.keyboard.type("x")
    assert ide.code.inner_text() == " " * 8 + "x"


def test_vim_and_emacs_keys_work(ide: IdePage) -> None:
    ide.write("one\ntwo\nthree")
    settings(ide).get_by_label("Keys").select_option("Vim")
    done(ide)
    expect(ide.page.locator(".cm-vim-panel")).to_be_visible()
    ide.code.click()
    ide.page.keyboard.type("ggddixyz")
    ide.page.keyboard.press("Escape")
    ide.page.keyboard.type(":")
    ide.page.keyboard.press("Escape")
    expect(ide.code).to_have_text("xyztwothree")
    settings(ide).get_by_label("Keys").select_option("Emacs")
    done(ide)
    expect(ide.page.locator(".cm-vim-panel")).to_be_hidden()
    ide.code.click()
    ide.page.keyboard.press("Control+Home")
    ide.page.keyboard.press("Control+n")
    ide.page.keyboard.press("Control+e")
    ide.page.keyboard.press("Control+b")
    ide.page.keyboard.type("-")
    expect(ide.code.locator(".cm-line").nth(1)).to_have_text("thre-e")


def test_settings_hold_in_every_file(work: Any) -> None:
    work.create_file("other.py")
    settings(work).get_by_label("Wrap long lines").check()
    done(work)
    for name in ("main.py", "other.py"):
        work.tab(name).click()
        expect(work.page.locator(".cm-lineWrapping")).to_be_visible()


def test_settings_follow_the_account(browser: Browser, server: Server) -> None:
    for first in (True, False):
        context = browser.new_context(viewport=WIDE)
        visitor = AccountPage(context.new_page(), server.url)
        if first:
            visitor.register("settler")
        visitor.log_in("settler")
        visitor.expect_editor()
        ide = IdePage(context.new_page(), f"{server.url}/")
        ide.open()
        if first:
            with ide.page.expect_response("**/settings/editor") as saved:
                settings(ide).get_by_label("Text size").select_option("18 px")
            assert saved.value.ok
        assert text_size(ide) == "18px"
        assert ide.complaints == []
        context.close()


@pytest.mark.parametrize("size", ["wide", "narrow"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(ide: IdePage, scheme: Any, size: str) -> None:
    ide.page.emulate_media(color_scheme=scheme)
    ide.page.set_viewport_size(WIDE if size == "wide" else NARROW)
    ide.page.keyboard.press("F1")
    ide.page.keyboard.type("editor settings")
    ide.page.keyboard.press("Enter")
    settings(ide).get_by_label("Keys").select_option("Vim")
    assert axe(ide.page) == []
