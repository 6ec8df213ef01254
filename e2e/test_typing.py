"""Text reaches a program once, whichever way it gets into the terminal."""

from typing import Any

import pytest
from playwright.sync_api import CDPSession, expect

from e2e.ide_page import NARROW, WIDE, IdePage

ECHO = "while True: print('got', ascii(input()))\n"


@pytest.fixture(params=[WIDE, NARROW], ids=["wide", "narrow"])
def echo(request: pytest.FixtureRequest, ide: IdePage) -> IdePage:
    """A program that tells each line, with the terminal in focus."""
    ide.write(ECHO)
    ide.page.set_viewport_size(request.param)
    ide.run()
    expect(ide.end_input).to_be_visible()
    ide.typed_into.focus()
    return ide


def expect_line(ide: IdePage, line: str) -> None:
    ide.page.keyboard.press("Enter")
    ide.expect_output(f"got {line!a}")


def devtools(ide: IdePage) -> CDPSession:
    return ide.page.context.new_cdp_session(ide.page)


@pytest.mark.parametrize("text", ["é", "😀", "hello wörld 日本"])
def test_text_without_a_key_arrives(echo: IdePage, text: str) -> None:
    echo.page.keyboard.insert_text(text)
    expect_line(echo, text)
    echo.page.keyboard.insert_text(text)
    echo.page.keyboard.insert_text(text)
    expect_line(echo, text + text)


def test_keys_and_text_without_keys_keep_their_order(echo: IdePage) -> None:
    # The browser has no key for some of these letters.
    echo.page.keyboard.type("Zoé, naïve AAA aaa")
    expect_line(echo, "Zoé, naïve AAA aaa")
    echo.page.keyboard.type("a")
    echo.page.keyboard.insert_text("a")
    echo.page.keyboard.type("éx")
    echo.page.keyboard.press("Backspace")
    expect_line(echo, "aaé")


def test_key_that_is_held_repeats(echo: IdePage) -> None:
    for _ in range(3):
        echo.page.keyboard.down("a")
    echo.page.keyboard.up("a")
    expect_line(echo, "aaa")


def test_lines_without_keys_arrive_one_by_one(echo: IdePage) -> None:
    echo.page.keyboard.insert_text("one\ntwo")
    echo.expect_output("got 'one'")
    expect_line(echo, "two")


@pytest.mark.parametrize("text_is_late", [False, True])
def test_keyboard_of_a_phone(echo: IdePage, text_is_late: bool) -> None:
    session = devtools(echo)
    for letter in "abc é":
        press_on_phone(session, "rawKeyDown")
        if text_is_late:
            echo.page.wait_for_timeout(20)
        session.send("Input.insertText", {"text": letter})
        press_on_phone(session, "keyUp")
    expect_line(echo, "abc é")


def press_on_phone(session: CDPSession, event: str) -> None:
    key: Any = {"type": event, "key": "Unidentified", "windowsVirtualKeyCode": 229}
    session.send("Input.dispatchKeyEvent", key)


def test_accent_of_a_held_key_replaces_its_letter(echo: IdePage) -> None:
    echo.page.keyboard.type("Zoe")
    echo.typed_into.evaluate("(field) => field.setSelectionRange(2, 3)")
    echo.page.keyboard.insert_text("é")
    echo.page.keyboard.insert_text("!")
    expect_line(echo, "Zoé!")


def test_what_is_marked_for_copying_is_not_taken_back(echo: IdePage) -> None:
    echo.page.keyboard.type("first")
    expect_line(echo, "first")
    echo.page.keyboard.type("ab")
    place = echo.output("got 'first'").bounding_box()
    assert place
    x, y = place["x"] + 5, place["y"] + 5
    echo.page.mouse.dblclick(x, y)
    echo.page.mouse.click(x, y, button="right")
    expect(echo.typed_into).to_have_value("got")
    echo.page.keyboard.insert_text("é")
    expect_line(echo, "abé")


def test_composed_text_arrives(echo: IdePage) -> None:
    session = devtools(echo)
    echo.page.keyboard.type("a")
    for text in ("に", "にほ", "日本"):
        session.send(
            "Input.imeSetComposition",
            {"text": text, "selectionStart": len(text), "selectionEnd": len(text)},
        )
    session.send("Input.insertText", {"text": "日本"})
    session.send("Input.insertText", {"text": "。"})
    expect_line(echo, "a日本。")
    session.send("Input.imeSetComposition", {"text": "x", "selectionStart": 1, "selectionEnd": 1})
    session.send("Input.imeSetComposition", {"text": "", "selectionStart": 0, "selectionEnd": 0})
    session.send("Input.insertText", {"text": "é"})
    expect_line(echo, "é")


def test_pasted_text_arrives(echo: IdePage) -> None:
    echo.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    echo.page.evaluate("navigator.clipboard.writeText('wörld 😀')")
    echo.page.keyboard.insert_text("é ")
    echo.page.keyboard.press("Control+v")
    expect_line(echo, "é wörld 😀")


def test_text_is_not_taken_when_nothing_runs(ide: IdePage) -> None:
    ide.run("print('done')")
    ide.expect_state("Exit 0")
    ide.typed_into.focus()
    ide.page.keyboard.insert_text("é")
    expect(ide.typed_into).to_have_value("")
    ide.run("print(repr(input()))")
    ide.answer("x")
    ide.expect_output("'x'")
