"""What programs make, as a user meets it: looked at, kept in the workspace, found again."""

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from e2e.accessibility import axe
from e2e.conftest import both_runners
from e2e.ide_page import NARROW, WIDE
from e2e.workspace_page import WorkspacePage

pytestmark = both_runners

MAKES = """
with open("wave.svg", "w") as file:
    file.write('<svg xmlns="http://www.w3.org/2000/svg" width="80" height="40">'
               '<rect width="80" height="40" fill="teal"/><script>parent.hit = 1</script></svg>')
with open("table.csv", "w") as file:
    file.write('name,years\\n"Lovelace, Ada",36\\n')
with open("report.html", "w") as file:
    file.write('<h1>Report</h1><img src="wave.svg"><script>document.title = "run"</script>')
with open("<b>note.txt", "w") as file:
    file.write("<b>just text</b>")
print("made")
"""
BROKEN = 'open("plot.png", "wb").write(b"no picture")'
NO_PICTURE = "This is no picture that a browser can show."
STRANGER = '''
open("page.html", "w").write("""<h1>Mine</h1><script>
  try { document.title = document.cookie } catch { document.title = "refused" }
  try { parent.document.title = "hacked" } catch {}
  fetch("/health").then(() => { document.body.append("reached") })
</script>""")
'''


def made(work: WorkspacePage) -> Locator:
    return work.page.get_by_role("region", name="What the program made")


def item(work: WorkspacePage, name: str) -> Locator:
    return made(work).get_by_role("listitem").filter(has=work.page.get_by_text(name, exact=True))


def expect_picture(image: Locator) -> None:
    expect(image).to_be_visible()
    expect(image).to_have_js_property("complete", True)
    assert image.evaluate("image => image.naturalWidth") == 80


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_pictures_tables_and_pages_are_shown(work: WorkspacePage, size: ViewportSize) -> None:
    work.run(MAKES)
    work.page.set_viewport_size(size)
    expect(made(work)).to_contain_text("4 files were made.")
    expect_picture(item(work, "wave.svg").get_by_role("img"))
    expect(item(work, "table.csv").get_by_role("cell", name="Lovelace, Ada")).to_be_visible()
    page = item(work, "report.html").frame_locator("iframe")
    expect(page.get_by_role("heading", name="Report")).to_be_visible()
    expect_picture(page.get_by_role("img"))
    item(work, "<b>note.txt").locator("summary").click()
    expect(item(work, "<b>note.txt")).to_contain_text("<b>just text</b>")
    assert work.page.evaluate("window.hit") is None
    for theme in ("light", "dark"):
        work.page.emulate_media(color_scheme=theme)
        assert axe(work.page) == []


def test_a_reload_shows_them_again_and_the_next_run_takes_them_away(work: WorkspacePage) -> None:
    work.run(MAKES)
    expect_picture(item(work, "wave.svg").get_by_role("img"))
    work.expect_saved()
    work.reload()
    expect_picture(item(work, "wave.svg").get_by_role("img"))
    work.run("print('nothing')")
    work.expect_output("nothing")
    expect(made(work)).to_be_hidden()


def test_a_double_click_keeps_a_file_once(work: WorkspacePage) -> None:
    asked: list[int] = []
    work.page.on(
        "response", lambda answer: asked.append(answer.status) if "/upload" in answer.url else None
    )
    work.run("open('log.txt', 'w').write('once')")
    keep = item(work, "log.txt").get_by_role("button", name="log.txt in the workspace")
    keep.dblclick()
    expect(item(work, "log.txt")).to_contain_text("It is in the workspace now.")
    expect(keep).to_have_text("Kept")
    keep.click(force=True)  # which waits for no button to be enabled
    work.open_file("log.txt")
    expect(work.code).to_have_text("once")
    assert asked == [200]


def test_a_file_is_kept_in_the_workspace_and_replaced(work: WorkspacePage) -> None:
    keep = item(work, "log.txt").get_by_role("button", name="log.txt in the workspace")
    work.run("open('log.txt', 'w').write('first')")
    keep.click()
    expect(item(work, "log.txt")).to_contain_text("It is in the workspace now.")
    expect(keep).to_have_text("Kept")
    work.open_file("log.txt")
    expect(work.code).to_have_text("first")
    work.open_file("main.py")
    work.run("open('log.txt', 'w').write('second')")
    keep.click()
    expect(keep).to_have_text("Replace")
    keep.click()
    expect(item(work, "log.txt")).to_contain_text("It is in the workspace now.")
    work.open_file("log.txt")
    expect(work.code).to_have_text("second")


def past_run(work: WorkspacePage) -> Locator:
    """What the last run made, on its page."""
    expect(made(work)).to_be_visible()
    work.expect_saved()
    work.page.goto(f"{work.url}/runs")
    work.page.locator(".what > a").first.click()
    return made_then(work.page)


def made_then(page: Page) -> Locator:
    return page.get_by_role("region", name="What it made")


def link_to(work: WorkspacePage) -> str:
    """Of the past run that is shown."""
    work.page.get_by_role("button", name="Make a link").click()
    return work.page.get_by_role("textbox", name="Address of").first.input_value()


def test_a_past_run_has_what_it_made(work: WorkspacePage) -> None:
    work.run(MAKES)
    then = past_run(work)
    expect_picture(then.get_by_role("img"))
    with work.page.expect_download() as download:
        then.get_by_role("link", name="table.csv").click()
    assert download.value.suggested_filename == "table.csv"
    expect_looked_at(then)
    assert axe(work.page) == []


def expect_looked_at(then: Locator) -> None:
    """What one sees on the page of a past run, or of a link to one."""
    expect(then.get_by_role("cell", name="Lovelace, Ada")).to_be_visible()
    expect(then.locator("iframe")).to_have_count(0)
    then.get_by_label("Show report.html").click()
    page = then.frame_locator("iframe")
    expect(page.get_by_role("heading", name="Report")).to_be_visible()
    expect_picture(page.get_by_role("img"))
    then.get_by_label("Show <b>note.txt").click()
    expect(then).to_contain_text("<b>just text</b>")


def test_whoever_has_the_link_sees_what_was_made(work: WorkspacePage, browser: Browser) -> None:
    work.run(MAKES)
    past_run(work)
    address = link_to(work)
    for size in (NARROW, WIDE):
        elsewhere = browser.new_context(java_script_enabled=False, viewport=size)
        reader = elsewhere.new_page()
        reader.goto(address)
        then = made_then(reader)
        expect(then.get_by_role("listitem")).to_have_count(4)
        expect_picture(then.get_by_role("img"))
        with reader.expect_download() as download:
            then.get_by_role("link", name="report.html").click()
        assert download.value.suggested_filename == "report.html"
        elsewhere.close()
    work.page.goto(address)
    for theme in ("light", "dark"):
        work.page.emulate_media(color_scheme=theme)
        assert axe(work.page) == []
    expect_looked_at(made_then(work.page))


def test_a_shared_page_touches_nothing_of_the_site(work: WorkspacePage) -> None:
    work.run(STRANGER)
    past_run(work)
    work.page.goto(link_to(work))
    title = work.page.title()
    made_then(work.page).get_by_label("Show page.html").click()
    page = made_then(work.page).frame_locator("iframe")
    expect(page.get_by_role("heading", name="Mine")).to_be_visible()
    expect(page.locator("html")).not_to_contain_text("reached")
    assert page.locator("html").evaluate("() => [origin, document.title]") == ["null", "refused"]
    assert work.page.title() == title
    work.complaints.clear()  # the browser tells what it refused


def test_a_broken_picture_is_said_in_words(work: WorkspacePage) -> None:
    work.run(BROKEN)
    expect(item(work, "plot.png")).to_contain_text(NO_PICTURE)
    then = past_run(work)
    expect(then).to_contain_text(NO_PICTURE)
    expect(then.get_by_role("img")).to_have_count(0)
    work.page.goto(link_to(work))
    expect(made_then(work.page)).to_contain_text(NO_PICTURE)
