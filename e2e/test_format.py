"""Code is put in order by each language's own formatter, when one asks for it."""

import pytest
from playwright.sync_api import expect

from e2e.ide_page import IdePage
from e2e.workspace_page import WorkspacePage

MESSY = {
    "main.py": ("x = {  'a':1 }\nif x :\n  print( x )\n", 'x = {"a": 1}\nif x:\n    print(x)\n'),
    "a.js": ("let  a = {b:1}\nif(a) { c( ) }", "let a = { b: 1 };\nif (a) {\n  c();\n}\n"),
    "a.json": ('{"a":[1,2],\n"b":{}}', '{ "a": [1, 2], "b": {} }\n'),
    "a.css": ("a{color:red;b:c}", "a {\n  color: red;\n  b: c;\n}\n"),
    "a.html": ("<p>a<br>b", "<p>a<br />b</p>\n"),
    "a.cpp": (
        "int main( ){\nint a=1;return a;}\n",
        "int main() {\n    int a = 1;\n    return a;\n}\n",
    ),
    "A.java": ("class A{int a;}\n", "class A {\n    int a;\n}\n"),
    "a.sh": ("if true;then\necho   a;fi\n", "if true; then\n  echo a\nfi\n"),
}


def text(work: WorkspacePage) -> str:
    lines = work.page.locator(".cm-line").all_inner_texts()
    return "\n".join(line.rstrip("\n") for line in lines)


@pytest.mark.parametrize("name", MESSY)
def test_messy_code_is_put_in_order_and_undo_brings_it_back(work: WorkspacePage, name: str) -> None:
    messy, neat = MESSY[name]
    if name != "main.py":
        work.create_file(name)
    work.write(messy)
    before = text(work)
    work.page.keyboard.press("Shift+Alt+f")
    expect(work.page.locator(".cm-line").first).to_have_text(neat.split("\n")[0])
    assert text(work) == neat
    work.page.keyboard.press("ControlOrMeta+z")
    expect(work.page.locator(".cm-line").first).to_have_text(messy.split("\n")[0])
    assert text(work) == before


def test_cursor_stays_where_it_is(ide: IdePage) -> None:
    ide.write("a  =  1\nb  =  2\n")
    ide.code.click()
    ide.page.keyboard.press("ControlOrMeta+Home")
    ide.page.keyboard.press("ArrowDown")
    ide.page.keyboard.press("End")
    ide.page.keyboard.press("Shift+Alt+f")
    expect(ide.page.locator(".cm-line").first).to_have_text("a = 1")
    ide.page.keyboard.type("0")
    expect(ide.page.locator(".cm-line").nth(1)).to_have_text("b = 20")


def test_what_cannot_be_read_is_told_and_left(ide: IdePage) -> None:
    ide.write("def broken(:\n")
    ide.page.keyboard.press("Shift+Alt+f")
    expect(ide.notice).to_contain_text("main.py cannot be formatted as it is.")
    expect(ide.page.locator(".cm-line").first).to_have_text("def broken(:")


def test_what_nothing_formats_is_not_offered(work: WorkspacePage) -> None:
    work.create_file("notes.txt")
    work.page.keyboard.press("F1")
    work.page.keyboard.type("format")
    expect(work.page.get_by_role("option", name="Format the code")).to_be_hidden()
