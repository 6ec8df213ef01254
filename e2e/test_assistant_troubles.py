"""What the assistant's panel says where providers fail, or something else is in its way."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from assistant.tests.ai_server import AIServer, ai_server
from cloudrun.tests.windows import wait_for_room
from e2e.accessibility import axe
from e2e.assistant_panel import button, page_of, panel, show, with_providers
from e2e.ide_page import NARROW, WIDE
from e2e.server import started

_COVERED = """() => [...document.querySelectorAll('button, a, input, [role=tab]')].filter((one) => {
  const { x, y, width, height } = one.getBoundingClientRect();
  const over = document.elementFromPoint(x + width / 2, y + height / 2);
  return over?.closest('.toasts') && !one.closest('.toasts');
}).map((one) => one.textContent)"""


@pytest.fixture(scope="module")
def ai() -> Iterator[AIServer]:
    with ai_server() as server:
        yield server


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_lasting_message_covers_no_controls(
    context: BrowserContext, ai: AIServer, tmp_path: Path, size: Any
) -> None:
    with with_providers(tmp_path, groq=ai.groq()) as server:
        ide = page_of(context, server)
        ide.page.set_viewport_size(size)
        context.set_offline(True)
        expect(ide.page.locator(".toast")).to_contain_text("You are offline.")
        for part in ("Assistant", "Terminal", "Code"):
            if size == WIDE and part != "Code":
                ide.page.get_by_role("tab", name=part).click()
            ide.go_to(part)
            assert ide.page.evaluate(_COVERED) == []
        ide.code.click()
        ide.page.keyboard.press("ControlOrMeta+f")
        expect(ide.page.locator(".cm-search")).to_be_visible()
        assert ide.page.evaluate(_COVERED) == []


def test_other_provider_answers_where_the_first_breaks_off(
    context: BrowserContext, ai: AIServer, tmp_path: Path
) -> None:
    ai.answer = lambda prompt: "A whole answer."
    with with_providers(tmp_path, groq=ai.groq("broken"), gemini=ai.gemini()) as server:
        ide = page_of(context, server)
        show(ide)
        button(ide, "Explain the code").click()
        expect(panel(ide)).to_contain_text("By gemini (gemini-2.0-flash)", timeout=20_000)
        expect(panel(ide)).to_contain_text("A whole answer.")
        expect(panel(ide)).not_to_contain_text("Half an answ")
        assert ide.complaints == []


def test_failing_provider_and_lost_network_are_told_with_what_to_do(
    context: BrowserContext, ai: AIServer, tmp_path: Path
) -> None:
    with with_providers(tmp_path, groq=ai.groq("status-500")) as server:
        ide = page_of(context, server)
        show(ide)
        button(ide, "Explain the code").click()
        expect(panel(ide)).to_contain_text("No AI provider answered")
        expect(panel(ide)).to_contain_text("Groq failed (status 500)")
        expect(button(ide, "Ask again")).to_be_visible()
        assert ide.complaints == []
        context.set_offline(True)
        button(ide, "Ask again").click()
        expect(panel(ide)).to_contain_text("The connection broke off.")
        context.set_offline(False)
        assert "secret-key" not in ide.page.content()


def test_too_many_questions_are_told_with_how_long_to_wait(
    context: BrowserContext, ai: AIServer, tmp_path: Path
) -> None:
    ai.answer = lambda prompt: "An answer."
    with with_providers(tmp_path, groq=ai.groq(), a_minute=1) as server:
        ide = page_of(context, server)
        show(ide)
        wait_for_room()
        button(ide, "Explain the code").click()
        expect(panel(ide)).to_contain_text("By groq")
        button(ide, "Ask again").click()
        expect(panel(ide)).to_contain_text("The assistant can be asked once a minute.")
        expect(panel(ide)).to_contain_text(re.compile(r"Try again in \d+ seconds"))
        assert len(ide.complaints) == 1, "the browser's own, of the status"


def test_without_a_key_the_panel_says_how_to_switch_it_on(
    context: BrowserContext, tmp_path: Path
) -> None:
    with started("bubblewrap", tmp_path) as server:
        ide = page_of(context, server)
        ide.run("print(1 / 0)")
        expect(ide.notice).to_contain_text("ZeroDivisionError", timeout=20_000)
        expect(button(ide, "Fix")).to_have_count(0)
        ide.page.keyboard.press("F1")
        ide.page.keyboard.type("explain")
        expect(ide.page.get_by_role("option", name="Explain the error")).to_have_count(0)
        ide.page.keyboard.press("Escape")
        show(ide)
        expect(panel(ide)).to_contain_text("GROQ_API_KEY")
        expect(panel(ide).get_by_role("button")).to_have_count(0)
        assert axe(ide.page) == []
        assert ide.complaints == []
