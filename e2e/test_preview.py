import re

from playwright.sync_api import expect

from e2e.ide_page import IdePage

PAGE = """<!doctype html>
<p id="origin"></p>
<p id="cookie"></p>
<script>
document.getElementById('origin').textContent = `origin ${self.origin}`;
try { document.getElementById('cookie').textContent = document.cookie || 'none'; }
catch { document.getElementById('cookie').textContent = 'cookies refused'; }
</script>
"""
REACHING_OUT = """<!doctype html>
<p id="api">waiting</p>
<p id="parent">waiting</p>
<script>
fetch('/api/status').then(() => 'reached', () => 'refused')
  .then((said) => { document.getElementById('api').textContent = said; });
let said = 'reached';
try { parent.document.title; } catch { said = 'refused'; }
document.getElementById('parent').textContent = said;
</script>
"""


def test_page_is_shown_with_an_opaque_origin(ide: IdePage) -> None:
    ide.choose("html")
    ide.run(PAGE)
    frame = ide.page.frame_locator("[data-preview] iframe")
    expect(frame.locator("#origin")).to_have_text("origin null")
    expect(frame.locator("#cookie")).to_have_text("cookies refused")
    ide.expect_state("Page shown")


def test_console_of_the_page_is_shown(ide: IdePage) -> None:
    ide.choose("html")
    ide.run("<!doctype html>\n<script>console.log('seen', {a: 1});</script>\n<p id=here>here</p>")
    console = ide.page.get_by_role("log", name="Console of the page")
    expect(console.locator("p")).to_have_text(['seen {"a":1}'])
    ide.run("<!doctype html>\n<script>\nmissing();\n</script>")
    expect(console.locator("p")).to_have_text(
        [re.compile(r"missing is not defined .index.html:3.$")]
    )
    ide.complaints.clear()


def test_page_reaches_neither_the_api_nor_the_ide(ide: IdePage) -> None:
    ide.choose("html")
    ide.run(REACHING_OUT)
    frame = ide.page.frame_locator("[data-preview] iframe")
    expect(frame.locator("#parent")).to_have_text("refused")
    expect(frame.locator("#api")).to_have_text("refused")
    # The framed page's own policy is what refused it, and the browser says so.
    assert ide.complaints
    ide.complaints.clear()


def test_page_opened_beside_the_ide_is_shut_off_too(ide: IdePage) -> None:
    ide.choose("html")
    ide.run(PAGE)
    with ide.page.expect_popup() as opened:
        ide.page.get_by_role("link", name="Open the preview in a new tab").click()
    expect(opened.value.locator("#origin")).to_have_text("origin null")
    assert opened.value.evaluate("window.opener") is None


def test_answer_sets_no_cookie(ide: IdePage) -> None:
    ide.choose("html")
    ide.run(PAGE)
    url = ide.preview.evaluate("(frame) => frame.src")
    response = ide.page.request.get(url)
    assert response.ok
    assert "set-cookie" not in response.headers
    assert "sandbox allow-scripts" in response.headers["content-security-policy"]
    assert response.headers["referrer-policy"] == "no-referrer"
