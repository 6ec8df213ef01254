"""The assistant in the IDE: it explains, and what it proposes changes nothing until one says so."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from assistant.tests.ai_server import AIServer, ai_server
from e2e.accessibility import axe
from e2e.assistant_panel import button, panel, show, with_providers
from e2e.ide_page import NARROW, WIDE, IdePage
from e2e.server import Server
from e2e.workspace_page import WorkspacePage

BROKEN = """\
def half(number):
    return number / 0


print("begin")
print("one")
print("two")
print("three")
print(half(4))
# the end
"""
MENDED = BROKEN.replace("/ 0", "/ 2").replace("# the end", "# the very end")
FIX = f"Nothing can be divided by **zero**.\n\n```python main.py\n{MENDED}```\n"
HOSTILE = """\
<img src=x onerror="document.title='taken'"><script>document.title='taken'</script>
![a](https://example.com/track.png) [click](javascript:document.title='taken')

It **explains** all the same.
"""


_COLOUR = "(one) => getComputedStyle(one).backgroundColor"


@pytest.fixture(scope="module")
def ai() -> Iterator[AIServer]:
    with ai_server() as server:
        yield server


@pytest.fixture(scope="module", params=["bubblewrap"])
def server(ai: AIServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Its provider writes as slowly as one can read along."""
    with with_providers(tmp_path_factory.mktemp("ai"), groq=ai.groq("paced-0.02")) as server:
        yield server


def announced(ide: IdePage) -> Locator:
    return ide.page.locator("[data-announce]")


def fail(ide: IdePage, code: str = BROKEN) -> None:
    ide.run(code)
    expect(ide.notice.get_by_role("button", name="Fix")).to_be_visible(timeout=20_000)


def lines(ide: IdePage) -> list[str]:
    shown = ide.page.locator("#editor .cm-line").all_inner_texts()
    return [line.removesuffix("\n") for line in shown]


def test_failure_is_fixed_by_one_accepted_change(work: WorkspacePage, ai: AIServer) -> None:
    ai.answer = lambda prompt: FIX
    ai.asked.clear()
    fail(work)
    button(work, "Fix").click()
    expect(announced(work)).to_have_text("The assistant is answering.")
    expect(panel(work)).to_contain_text("Nothing can be divided by zero.")
    expect(panel(work)).to_contain_text("Verified by running it", timeout=20_000)
    expect(panel(work)).to_contain_text("Ran with your input: exit 0.")
    expect(panel(work)).to_contain_text("By groq (llama-3.3-70b-versatile)")
    expect(announced(work)).to_contain_text("Answer complete. Verified by running it")
    assert "ZeroDivisionError" in str(ai.asked[0]["body"])
    assert lines(work) == BROKEN.split("\n"), "nothing has changed yet"
    button(work, "Review the changes").click()
    accept = work.dialog.get_by_role("button", name="Accept this change")
    expect(accept).to_have_count(2)
    expect(accept.first).to_be_focused()
    accept.first.click()
    expect(accept).to_have_count(1)
    work.page.keyboard.press("Escape")
    expect(work.dialog).to_be_hidden()
    expect(panel(work)).to_contain_text("Accepted in part")
    expect(panel(work)).to_contain_text("The verdict was for all changes together.")
    expect(panel(work)).to_contain_text("The other changes wait here.")
    expect(panel(work)).not_to_contain_text("Verified")
    assert lines(work) == BROKEN.replace("/ 0", "/ 2").split("\n")
    work.run()
    work.expect_state("Exit 0")
    work.expect_output("2.0")
    work.code.click()
    work.page.keyboard.press("ControlOrMeta+z")
    expect(work.page.locator("#editor .cm-line").nth(1)).to_have_text("    return number / 0")
    expect(panel(work)).to_contain_text("Verified by running it")
    work.page.keyboard.press("ControlOrMeta+y")
    expect(panel(work)).to_contain_text("Accepted in part")
    work.page.keyboard.press("ControlOrMeta+z")
    show(work)
    button(work, "Review the changes").click()
    expect(accept).to_have_count(2)
    expect(work.dialog).not_to_contain_text("Your text has changed since you asked")


def test_all_is_accepted_or_discarded(ide: IdePage, ai: AIServer) -> None:
    ai.answer = lambda prompt: FIX
    fail(ide)
    button(ide, "Fix").click()
    button(ide, "Discard").click(timeout=20_000)
    expect(panel(ide)).to_contain_text("Discarded")
    expect(announced(ide)).to_contain_text("Discarded.")
    expect(ide.page.get_by_role("region", name="Answers")).to_be_focused()
    assert lines(ide) == BROKEN.split("\n")
    button(ide, "Ask again").click()
    button(ide, "Accept all").click(timeout=20_000)
    expect(panel(ide)).to_contain_text("Accepted")
    assert lines(ide) == MENDED.split("\n")
    ide.reload()
    assert lines(ide) == MENDED.split("\n")


def test_what_is_rejected_is_not_taken(ide: IdePage, ai: AIServer) -> None:
    ai.answer = lambda prompt: FIX
    fail(ide)
    button(ide, "Fix").click()
    button(ide, "Review the changes").click(timeout=20_000)
    dialog = ide.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Reject this change").first.click()
    dialog.get_by_role("button", name="Reject this change").click()
    expect(dialog).to_be_hidden()
    expect(panel(ide)).to_contain_text("Discarded")
    assert lines(ide) == BROKEN.split("\n")


def test_text_that_was_changed_since_is_not_replaced_unseen(ide: IdePage, ai: AIServer) -> None:
    ai.answer = lambda prompt: FIX
    fail(ide)
    button(ide, "Fix").click()
    expect(button(ide, "Accept all")).to_be_visible(timeout=20_000)
    ide.write(BROKEN.replace("begin", "start"))
    button(ide, "Accept all").click()
    dialog = ide.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Your text has changed since you asked.")
    assert "start" in "\n".join(lines(ide))
    dialog.get_by_role("button", name="Discard").click()
    assert lines(ide) == BROKEN.replace("begin", "start").split("\n")


def test_several_files_and_a_new_one_are_changed(work: WorkspacePage, ai: AIServer) -> None:
    ai.answer = lambda prompt: (
        "Both.\n\n```python main.py\nfrom lib import half\nfrom more import two\n"
        "print(half(two))\n```\n\n```python lib.py\ndef half(x):\n    return x / 2\n```\n\n"
        "```python more.py\ntwo = 2\n```\n"
    )
    work.create_file("lib.py")
    work.write("def half(x):\n    return x / 0\n")
    work.open_file("main.py")
    fail(work, "from lib import half\nprint(half(2))\n")
    button(work, "Fix").click()
    button(work, "Accept all").click(timeout=20_000)
    expect(work.item("more.py")).to_be_visible()
    expect(panel(work)).to_contain_text("Accepted")
    work.expect_saved()
    assert work.content_of("lib.py") == "def half(x):\n    return x / 2\n"
    assert work.content_of("more.py") == "two = 2\n"
    work.run()
    work.expect_output("1.0")
    work.open_file("lib.py")
    work.code.click()
    work.page.keyboard.press("ControlOrMeta+z")
    expect(work.page.locator("#editor .cm-line").nth(1)).to_have_text("    return x / 0")


def test_typed_input_is_what_a_fix_is_tried_with(ide: IdePage, ai: AIServer) -> None:
    ai.answer = lambda prompt: "So.\n\n```python\nprint(int(input('Number? ')) + 1)\n```\n"
    ide.run("print(input('Number? ') + 1)\n")
    ide.answer("41")
    button(ide, "Fix").click(timeout=20_000)
    expect(panel(ide)).to_contain_text("Verified by running it", timeout=20_000)
    assert "41" in str(ai.asked[-1]["body"])


def test_failed_proposal_is_told_as_such(ide: IdePage, ai: AIServer) -> None:
    ai.answer = lambda prompt: f"So.\n\n```python\n{BROKEN}raise SystemExit(3)\n```\n"
    fail(ide)
    button(ide, "Fix").click()
    expect(panel(ide)).to_contain_text("It failed when it was tried", timeout=20_000)
    expect(panel(ide).locator(".notice")).to_have_attribute("data-tone", "bad")


def test_answer_that_changes_nothing_says_so(ide: IdePage, ai: AIServer) -> None:
    ai.answer = lambda prompt: "So.\n\n```python\nprint(1)\n```\n"
    ide.write("print(1)\n")
    show(ide)
    button(ide, "Optimize").click()
    words = "The answer proposes no change; nothing was tried."
    expect(panel(ide)).to_contain_text(words, timeout=20_000)
    expect(announced(ide)).to_have_text(f"Answer complete. {words}")


def test_optimisation_shows_time_and_memory(ide: IdePage, ai: AIServer) -> None:
    slow = "total = 0\nfor i in range(3000000):\n    total += i\nprint(total)\n"
    ai.answer = lambda prompt: "Sum.\n\n```python\nprint(sum(range(3000000)))\n```\n"
    ide.write(slow)
    show(ide)
    button(ide, "Optimize").click()
    verdict = panel(ide).locator(".notice")
    expect(verdict).to_contain_text("Verified by running it", timeout=30_000)
    expect(verdict).to_contain_text(re.compile(r"ime: \d+ ms → \d+ ms\. Memory: [\d.]+ MB → "))


def test_explanation_streams_and_can_do_nothing(ide: IdePage, ai: AIServer) -> None:
    ai.answer = lambda prompt: HOSTILE + "\n\n" + "And on it goes. " * 60 + "\n\nThe last word."
    title = ide.page.title()
    fail(ide)
    button(ide, "Explain").click()
    expect(panel(ide)).to_contain_text("It explains all the same.")
    expect(button(ide, "Stop").last).to_be_visible()
    assert "The last word." not in panel(ide).inner_text(), "the rest is still to come"
    expect(panel(ide)).to_contain_text("The last word.", timeout=20_000)
    expect(announced(ide)).to_have_text("Answer complete.")
    assert panel(ide).locator("img, script, .prose a[href^=javascript]").count() == 0
    assert ide.page.title() == title


def test_without_code_nothing_is_asked(ide: IdePage, ai: AIServer) -> None:
    ai.answer = lambda prompt: "It prints."
    ai.asked.clear()
    ide.write("")
    show(ide)
    for name, why in (
        ("Optimize", "There is no code to optimize yet."),
        ("Explain the code", "There is no code to explain yet."),
    ):
        button(ide, name).click()
        expect(panel(ide).get_by_role("article")).to_contain_text(why)
        expect(announced(ide)).to_have_text(why)
    assert ide.complaints == []
    assert ai.asked == []
    ide.write("print('here it is')")
    button(ide, "Ask again").click()
    expect(panel(ide)).to_contain_text("It prints.")


def test_follow_up_goes_on_with_the_conversation(ide: IdePage, ai: AIServer) -> None:
    ai.answer = lambda prompt: "It prints." if "And why?" not in prompt else "Because it must."
    ide.write("print('my program')")
    show(ide)
    button(ide, "Explain the code").click()
    expect(panel(ide)).to_contain_text("By groq")
    field = ide.page.get_by_role("textbox", name="Ask about this")
    field.fill("And why?")
    field.press("Enter")
    expect(panel(ide)).to_contain_text("Because it must.")
    said = [message["content"] for message in ai.asked[-1]["body"]["messages"]]
    assert "my program" in said[1]
    assert said[2:] == ["It prints.", "And why?"]
    expect(panel(ide).get_by_role("article")).to_have_count(2)
    expect(field).to_be_focused()


def test_question_that_is_too_long_is_kept_and_told(ide: IdePage, ai: AIServer) -> None:
    ai.answer = lambda prompt: "It prints."
    ai.asked.clear()
    show(ide)
    field = ide.page.get_by_role("textbox", name="Ask about this")
    field.focus()
    ide.page.keyboard.insert_text("\N{GRINNING FACE}" * 2001)
    field.press("Enter")
    told = field.evaluate("(field) => field.validationMessage")
    assert told == "This has 2001 characters. A question may have 2000."
    expect(panel(ide).get_by_role("article")).to_have_count(0)
    field.press("Backspace")
    field.press("Enter")
    expect(panel(ide)).to_contain_text("It prints.")
    assert "\N{GRINNING FACE}" * 2000 in str(ai.asked[0]["body"])


def test_stop_keeps_what_came(ide: IdePage, ai: AIServer) -> None:
    ai.answer = lambda prompt: "The first words.\n\n" + "more " * 4000
    show(ide)
    button(ide, "Explain the code").click()
    expect(panel(ide)).to_contain_text("The first words.")
    panel(ide).get_by_role("button", name="Stop").focus()
    ide.page.keyboard.press("Enter")
    expect(panel(ide)).to_contain_text("Stopped.")
    expect(panel(ide)).to_contain_text("The first words.")
    expect(announced(ide)).to_have_text("Stopped.")
    expect(button(ide, "Ask again")).to_be_visible()
    expect(panel(ide).get_by_role("button", name="Stop")).to_be_hidden()
    expect(button(ide, "Ask")).to_be_focused()


def test_code_is_copied_and_inserted(ide: IdePage, ai: AIServer) -> None:
    ide.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ai.answer = lambda prompt: "See:\n\n```python\nx = 1\n```\n"
    ide.write("print(1)\n")
    show(ide)
    button(ide, "Explain the code").click()
    expect(panel(ide)).to_contain_text("By groq")
    button(ide, "Copy").click()
    expect(button(ide, "Copied")).to_be_visible()
    assert ide.page.evaluate("navigator.clipboard.readText()") == "x = 1\n"
    button(ide, "Insert at the cursor").click()
    expect(ide.code).to_be_focused()
    assert lines(ide) == ["print(1)", "x = 1"]


def test_keyboard_alone_asks_and_accepts(ide: IdePage, ai: AIServer) -> None:
    ai.answer = lambda prompt: FIX
    fail(ide)
    ide.page.keyboard.press("F1")
    ide.page.keyboard.type("fix the error")
    ide.page.keyboard.press("Enter")
    expect(ide.page.get_by_role("region", name="Answers")).to_be_focused()
    expect(panel(ide)).to_contain_text("Verified", timeout=20_000)
    review = button(ide, "Review the changes")
    for _ in range(8):
        ide.page.keyboard.press("Tab")
        if review.evaluate("(button) => button === document.activeElement"):
            break
    ide.page.keyboard.press("Enter")
    dialog = ide.page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Accept this change").first).to_be_focused()
    ide.page.keyboard.press("Enter")
    expect(dialog.get_by_role("button", name="Accept this change")).to_have_count(1)
    expect(dialog.get_by_role("button", name="Accept this change")).to_be_focused()
    ide.page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(panel(ide)).to_contain_text("Accepted")
    assert lines(ide) == MENDED.split("\n")
    ide.page.keyboard.press("Shift+Alt+E")
    expect(ide.page.get_by_role("textbox", name="Ask about this")).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", ["wide", "narrow"])
def test_axe_finds_nothing(work: WorkspacePage, ai: AIServer, scheme: Any, width: str) -> None:
    ai.answer = lambda prompt: FIX
    work.page.emulate_media(color_scheme=scheme)
    work.page.set_viewport_size(NARROW if width == "narrow" else WIDE)
    work.write(BROKEN)
    work.run_button.click()
    button(work, "Fix").click(timeout=20_000)
    review = button(work, "Review the changes")
    expect(review).to_be_visible(timeout=20_000)
    assert axe(work.page) == []
    assert work.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    in_front = work.page.get_by_label("Panes").get_by_role("button", name="Assistant")
    if width == "narrow":
        expect(in_front).to_have_attribute("aria-current", "true")
    review.click()
    accept = work.dialog.get_by_role("button", name="Accept this change")
    expect(accept).to_have_count(2)
    assert axe(work.page) == []
    if width == "narrow":
        row, code = accept.first.locator(".."), work.page.locator("[data-proposal-host] .cm-editor")
        assert row.evaluate(_COLOUR) == code.evaluate(_COLOUR), "apart from what goes"
    host = work.page.locator("[data-proposal-host]")
    assert host.evaluate("(host) => host.scrollWidth <= host.clientWidth")
