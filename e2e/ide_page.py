"""The IDE as a user meets it: what they can press, type and read."""

import re

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

from e2e.complaints import complaints_of

WIDE: ViewportSize = {"width": 1440, "height": 860}
NARROW: ViewportSize = {"width": 360, "height": 740}
both_sizes = pytest.mark.parametrize("window", [WIDE, NARROW], ids=["wide", "narrow"])
_SELECT_ALL = "ControlOrMeta+a"
_RUN = "ControlOrMeta+Enter"


class IdePage:
    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.complaints = complaints_of(page)

    # what it has

    @property
    def run_button(self) -> Locator:
        return self.page.get_by_role("button", name="Run", exact=True)

    @property
    def stop_button(self) -> Locator:
        return self.page.get_by_role("button", name="Stop", exact=True)

    @property
    def language_button(self) -> Locator:
        return self.page.get_by_role("button", name="Language:")

    @property
    def code(self) -> Locator:
        return self.page.locator(".cm-content")

    @property
    def terminal(self) -> Locator:
        return self.page.locator(".xterm-rows")

    @property
    def typed_into(self) -> Locator:
        """What has the focus while one types into the terminal."""
        return self.page.get_by_role("textbox", name="Terminal")

    @property
    def end_input(self) -> Locator:
        """There while the program takes what is typed."""
        return self.page.get_by_role("button", name="End input")

    @property
    def state(self) -> Locator:
        return self.page.locator("[data-run-state]")

    @property
    def notice(self) -> Locator:
        return self.page.locator("[data-notice]")

    @property
    def preview(self) -> Locator:
        return self.page.locator("[data-preview] iframe")

    # what one does

    def open(self) -> None:
        self.page.goto(self.url)
        self.wait_until_ready()

    def reload(self) -> None:
        self.page.reload()
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        expect(self.code).to_be_editable()
        expect(self.terminal).to_be_attached()  # which comes last

    def choose(self, language: str) -> None:
        self.language_button.click()
        self.page.locator(f"[role=option][data-language={language}]").click()
        expect(self.page.locator("[data-language-list]")).to_be_hidden()

    def write(self, code: str) -> None:
        """Put into the editor as a paste is, so that nothing is indented or closed by itself."""
        self.code.click()
        self.page.keyboard.press(_SELECT_ALL)
        self.page.keyboard.insert_text(code)

    def run(self, code: str | None = None) -> None:
        if code is not None:
            self.write(code)
        self.page.keyboard.press(_RUN)

    def answer(self, line: str) -> None:
        """Typed into the terminal, once the program takes it."""
        self.type(line)
        self.page.keyboard.press("Enter")

    def type(self, text: str) -> None:
        expect(self.end_input).to_be_visible()
        self.typed_into.focus()
        self.page.keyboard.type(text)

    def press(self, key: str) -> None:
        """In the terminal, once the program takes it."""
        expect(self.end_input).to_be_visible()
        self.typed_into.focus()
        self.page.keyboard.press(key)

    def output(self, text: str) -> Locator:
        """A piece of the output. To be pressed with `force`: a layer for the pointer lies above."""
        return self.terminal.locator("span").filter(has_text=re.compile(f"^{re.escape(text)}$"))

    def go_to(self, pane: str) -> None:
        """On a phone, where there is one at a time."""
        panes = self.page.get_by_role("navigation", name="Panes")
        if panes.is_visible():
            panes.get_by_role("button", name=pane).click()

    # what one sees

    def expect_output(self, text: str | re.Pattern[str], *, within_ms: int = 20_000) -> None:
        expect(self.terminal).to_contain_text(text, timeout=within_ms)

    def expect_state(self, text: str, *, within_ms: int = 20_000) -> None:
        expect(self.state).to_have_text(text, timeout=within_ms)
