"""Zips and other files go in and out."""

import base64
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from e2e.accessibility import axe
from e2e.ide_page import both_sizes
from e2e.workspace_page import WorkspacePage, upload_of

DOT = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="80" height="80">'
    b'<rect width="80" height="80" fill="teal"/><script>parent.hit = 1</script></svg>'
)
# Playwright does not see the body of a form with files.
LISTEN = """() => {
  window.sent = [];
  const { fetch } = window;
  window.fetch = (url, request) => {
    if (request?.body instanceof FormData) sent.push(request.body.get('unpack'));
    return fetch(url, request);
  };
}"""


@pytest.fixture
def work(new_work: Callable[[], WorkspacePage]) -> WorkspacePage:
    return new_work()


@both_sizes
def test_zip_goes_out_and_comes_in(work: WorkspacePage, tmp_path: Path) -> None:
    work.begin_with("Two files and some data")
    work.go_to("Files")
    with work.page.expect_download() as download:
        work.page.get_by_role("link", name="Download all as a zip").click()
    path = tmp_path / "mine again.zip"
    download.value.save_as(path)
    with zipfile.ZipFile(path) as archive:
        assert sorted(archive.namelist()) == ["data/cities.csv", "main.py", "weather.py"]
    work.list()
    work.page.get_by_label("Zip file").set_input_files(path)
    work.page.get_by_role("button", name="Import").click()
    expect(work.page.get_by_role("heading", name="mine again")).to_be_visible()
    work.wait_until_ready()
    work.run()
    work.expect_output("Warmest: Cairo")


@both_sizes
def test_bad_zip_is_refused_with_what_is_wrong(work: WorkspacePage, tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("main.py", "1")
        archive.writestr("../evil.py", "2")
    work.list()
    bad = upload_of("x.zip", out.getvalue())
    work.page.get_by_label("Zip file").set_input_files([bad])
    work.page.get_by_role("button", name="Import").click()
    expect(work.page.get_by_role("status")).to_contain_text("../evil.py")


def test_uploaded_binary_file_reaches_the_program(work: WorkspacePage) -> None:
    work.begin_with("Python main.py")
    sent = upload_of("x.bin", bytes([255, 0, 10]))
    work.page.locator("[data-upload-input]").set_input_files([sent])
    expect(work.item("x.bin")).to_be_visible()
    work.item("x.bin").click()
    expect(work.page.get_by_text("This file is no text")).to_be_visible()
    work.open_file("main.py")
    work.run("print(open('x.bin', 'rb').read())")
    work.expect_output(r"b'\xff\x00\n'")


def test_pictures_among_the_files_are_looked_at(work: WorkspacePage) -> None:
    work.begin_with("Python main.py")
    upload = work.page.locator("[data-upload-input]").set_input_files
    upload(
        [upload_of("dot.gif", DOT), upload_of("broken.png", b"\x89\x00"), upload_of("a.svg", SVG)]
    )
    work.item("dot.gif").click()
    expect(work.page.get_by_role("img", name="dot.gif")).to_have_js_property("naturalWidth", 1)
    expect(work.page.get_by_text("This file is no text")).to_be_hidden()
    work.item("broken.png").click()
    expect(work.page.get_by_text("This is no picture that a browser can show.")).to_be_visible()
    work.open_file("a.svg")
    look = work.page.get_by_role("button", name="Picture", exact=True)
    look.click()
    picture = work.page.get_by_role("img", name="a.svg")
    expect(picture).to_have_js_property("naturalWidth", 80)
    expect(work.code).to_be_hidden()
    assert axe(work.page) == []
    assert work.page.evaluate("window.hit") is None
    look.click()
    expect(picture).to_be_hidden()
    work.write(SVG.decode().replace("80", "60"))
    look.click()
    expect(picture).to_have_js_property("naturalWidth", 60)
    work.open_file("main.py")
    expect(look).to_be_hidden()


def test_picture_that_is_replaced_is_shown_anew(work: WorkspacePage) -> None:
    work.begin_with("Python main.py")
    picker = work.page.locator("[data-upload-input]")
    picker.set_input_files([upload_of("dot.gif", b"\x00")])
    work.item("dot.gif").click()
    expect(work.page.get_by_text("This is no picture that a browser can show.")).to_be_visible()
    picker.set_input_files([upload_of("dot.gif", DOT)])
    work.said.get_by_role("button", name="Replace").click()
    expect(work.page.get_by_role("img", name="dot.gif")).to_have_js_property("naturalWidth", 1)


def test_upload_of_a_name_that_is_there_asks_first(work: WorkspacePage) -> None:
    work.begin_with("Two files and some data")
    sent = upload_of("weather.py", b"replaced = True\n")
    work.page.locator("[data-upload-input]").set_input_files([sent])
    expect(work.said).to_contain_text("weather.py is there already")
    work.said.get_by_role("button", name="Replace").click()
    work.open_file("weather.py")
    expect(work.code).to_have_text("replaced = True")


def drop(work: WorkspacePage, name: str, content: bytes, *, onto: str = "main.py") -> None:
    drop_on(work.item(onto), name, content)


def drop_on(place: Locator, name: str, content: bytes) -> None:
    place.evaluate(
        """(item, [name, content]) => {
          const transfer = new DataTransfer();
          transfer.items.add(new File([new Uint8Array(content)], name));
          item.dispatchEvent(new DragEvent('drop', {
            bubbles: true, cancelable: true, dataTransfer: transfer,
          }));
        }""",
        [name, list(content)],
    )


def test_dropped_file_lands_in_the_folder(work: WorkspacePage) -> None:
    work.begin_with("Two files and some data")
    drop(work, "dropped.csv", b"a,b", onto="data")
    expect(work.item("data/dropped.csv")).to_be_visible()


def test_file_dropped_onto_the_editor_is_uploaded(work: WorkspacePage) -> None:
    work.begin_with("Python main.py")
    before = work.code.inner_text()
    drop_on(work.code, "dropped.txt", b"from outside")
    expect(work.said).to_contain_text("Uploaded.")
    expect(work.code).to_have_text(before, use_inner_text=True)
    work.open_file("dropped.txt")
    expect(work.code).to_have_text("from outside")


@pytest.mark.parametrize("choice", ["Unpack", "Keep as a file"])
@pytest.mark.parametrize("way", ["chosen", "dropped"])
def test_zip_is_unpacked_only_where_one_says_so(work: WorkspacePage, way: str, choice: str) -> None:
    work.begin_with("Python main.py")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("inside.txt", "1")
    if way == "chosen":
        work.page.locator("[data-upload-input]").set_input_files(
            [upload_of("box.zip", out.getvalue())]
        )
    else:
        drop(work, "box.zip", out.getvalue())
    expect(work.said).to_contain_text("box.zip is a zip.")
    work.page.evaluate(LISTEN)
    work.said.get_by_role("button", name=choice).click()
    expect(work.said).to_contain_text("Uploaded.")
    assert work.page.evaluate("sent") == ["true" if choice == "Unpack" else "false"]
    if choice == "Unpack":
        expect(work.item("inside.txt")).to_be_visible()


def test_question_waits_while_more_is_uploaded(work: WorkspacePage) -> None:
    work.begin_with("Two files and some data")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("inside.txt", "1")
    picker = work.page.locator("[data-upload-input]")
    picker.set_input_files([upload_of("box.zip", out.getvalue())])
    expect(work.said).to_contain_text("box.zip is a zip.")
    picker.set_input_files([upload_of("weather.py", b"replaced = True\n")])
    expect(work.said).to_contain_text("weather.py is there already")
    picker.set_input_files([upload_of("more.txt", b"more")])
    expect(work.item("more.txt")).to_be_visible()
    assert axe(work.page) == []
    work.said.get_by_role("button", name="Unpack").click()
    expect(work.item("inside.txt")).to_be_visible()
    work.said.get_by_role("button", name="Replace").click()
    work.open_file("weather.py")
    expect(work.code).to_have_text("replaced = True")


def test_question_can_be_put_away(work: WorkspacePage) -> None:
    work.begin_with("Two files and some data")
    sent = upload_of("weather.py", b"replaced = True\n")
    work.page.locator("[data-upload-input]").set_input_files([sent])
    work.said.get_by_role("button", name="Cancel").click()
    expect(work.said).to_be_hidden()
    assert "replaced" not in work.content_of("weather.py")


def test_text_that_is_called_a_zip_is_a_file(work: WorkspacePage) -> None:
    work.begin_with("Python main.py")
    sent = upload_of("notzip.zip", b"just text")
    work.page.locator("[data-upload-input]").set_input_files([sent])
    expect(work.said).to_have_text("Uploaded.")
    assert work.content_of("notzip.zip") == "just text"


def test_question_about_a_zip_tells_of_what_waits_with_it(work: WorkspacePage) -> None:
    work.begin_with("Python main.py")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("inside.txt", "1")
    picker = work.page.locator("[data-upload-input]")
    picker.set_input_files([upload_of("CON\u202e.txt", b""), upload_of("a\u202e.txt", b"")])
    expect(work.said.get_by_role("listitem")).to_have_count(2)
    expect(work.said).to_contain_text("Nothing was changed:")
    assert work.said.inner_text().count("invisible") == 2
    names = {"box.zip": out.getvalue(), "a.txt": b"a", "notzip.zip": b"just text"}
    picker.set_input_files([upload_of(*one) for one in names.items()])
    expect(work.said).to_contain_text("box.zip is a zip. 2 other files wait for your answer.")
    expect(work.said).not_to_contain_text("invisible")
    work.said.get_by_role("button", name="Unpack").click()
    for path in ("inside.txt", "a.txt", "notzip.zip"):
        expect(work.item(path)).to_be_visible()
