"""The live preview beside the editor, and what a hostile page tries in it."""

import re
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, FrameLocator, Locator, expect

from e2e.accessibility import axe
from e2e.ide_page import NARROW, WIDE
from e2e.server import Server
from e2e.workspace_page import WorkspacePage

# Each line is `name: reached` or `name: refused`.
ATTACKS = """<!doctype html><pre id="tried"></pre>
<form id="form" action="/accounts/logout/" method="post"></form>
<script>
const tried = document.getElementById('tried');
const tell = (name, how) => tried.append(`${name}: ${how}\\n`);
async function attempt(name, attack) {
  try { tell(name, (await attack()) ? 'reached' : 'refused'); } catch { tell(name, 'refused'); }
}
(async () => {
  await attempt('cookies', () => { document.cookie = 'a=b'; return document.cookie; });
  await attempt('localStorage', () => localStorage);
  await attempt('sessionStorage', () => sessionStorage);
  await attempt('indexedDB', () => new Promise((done, failed) => {
    const opening = indexedDB.open('x'); opening.onsuccess = done; opening.onerror = failed;
  }));
  await attempt('caches', () => caches.open('x'));
  await attempt('API', () => fetch('/api/status', { credentials: 'include' }));
  await attempt('API by no-cors', () => (
    fetch('/workspaces', { mode: 'no-cors', credentials: 'include' })
  ));
  await attempt('XHR', () => new Promise((done, failed) => {
    const call = new XMLHttpRequest(); call.withCredentials = true; call.open('GET', '/api/status');
    call.onload = done; call.onerror = failed; call.send();
  }));
  await attempt('socket', () => new Promise((done, failed) => {
    const socket = new WebSocket(`ws://${location.host}/ws/execute`);
    socket.onopen = done; socket.onerror = failed;
  }));
  await attempt('parent', () => parent.document);
  await attempt('top', () => top.document);
  await attempt('name of the parent', () => parent.location.href);
  await attempt('top navigation', () => { top.location = 'about:blank'; return false; });
  await attempt('window', () => open('/workspaces'));
  await attempt('service worker', () => navigator.serviceWorker.register('worker.js'));
  await attempt('script of the site', () => new Promise((done, failed) => {
    const script = document.createElement('script'); script.src = '/static/workspace.js';
    script.onload = done; script.onerror = failed; document.body.append(script);
  }));
  await attempt('frame of the site', () => new Promise((done, failed) => {
    addEventListener('securitypolicyviolation', failed);
    const frame = document.createElement('iframe'); frame.src = '/workspaces';
    frame.onload = () => { try { done(frame.contentDocument); } catch (error) { failed(error); } };
    document.body.append(frame);
  }));
  await attempt('form', () => { document.getElementById('form').submit(); return false; });
  tell('end', 'told');
})();
</script>
"""
FORGED = """<!doctype html><p>forged</p><script>
for (const data of [null, 'x', { type: 'preview-console' },
  { type: 'preview-console', level: 'x', text: 'no' },
  { type: 'preview-console', level: 'log', text: ['no'] }]) parent.postMessage(data, '*');
console.log('<img src=x onerror=alert(1)>');
parent.postMessage({ type: 'preview-console', level: 'log', text: 'y'.repeat(3e6) }, '*');
</script>
"""
FLOOD = """<!doctype html><p>flood</p><script>
setTimeout(() => { for (let i = 0; i < 5000; i++) parent.postMessage({ i }, '*'); }, 200);
</script>
"""


@pytest.fixture
def work(context: BrowserContext, server: Server) -> WorkspacePage:
    page = WorkspacePage(context.new_page(), server.url)
    page.begin_with("HTML index.html")
    page.complaints.clear()
    return page


def shown(work: WorkspacePage) -> FrameLocator:
    return work.page.frame_locator("[data-preview] iframe")


def console(work: WorkspacePage) -> Locator:
    return work.page.get_by_role("log", name="Console of the page")


def test_page_is_shown_as_one_types(work: WorkspacePage) -> None:
    work.write("<!doctype html><h1>First</h1>")
    expect(shown(work).get_by_role("heading", name="First")).to_be_visible(timeout=3_000)
    work.write("<!doctype html><h1>Second</h1>")
    expect(shown(work).get_by_role("heading", name="Second")).to_be_visible(timeout=3_000)
    expect(work.code).to_be_focused()
    assert work.complaints == []


def test_files_and_pages_beside_it_resolve(work: WorkspacePage) -> None:
    work.create_file("css/blue.css")
    work.write("h1 { color: rgb(0, 0, 255) }")
    work.create_file("about/us.html")
    work.write("<!doctype html><link rel=stylesheet href=../css/blue.css><h1>Us</h1>")
    us = shown(work).get_by_role("heading", name="Us")
    expect(us).to_have_css("color", "rgb(0, 0, 255)")
    work.open_file("index.html")
    work.write("<!doctype html><a href=about/us.html>About</a>")
    shown(work).get_by_role("link", name="About").click()
    expect(us).to_be_visible()
    assert work.complaints == []


def test_console_and_errors_are_shown(work: WorkspacePage) -> None:
    work.write(
        "<!doctype html>\n<script>console.log('seen', {a: 1});\n</script>\n"
        "<script>missing();</script>"
    )
    expect(console(work)).to_contain_text('seen {"a":1}')
    expect(console(work)).to_contain_text("missing is not defined (index.html:4)")


def test_page_opens_in_a_tab_of_its_own(work: WorkspacePage) -> None:
    work.write(
        "<!doctype html><h1>Beside</h1><p></p>"
        "<script>document.querySelector('p').textContent = origin</script>"
    )
    expect(shown(work).get_by_text("Beside")).to_be_visible()
    with work.page.expect_popup() as opened:
        work.page.get_by_role("link", name="Open the preview in a new tab").click()
    expect(opened.value.locator("p")).to_have_text("null")
    assert opened.value.evaluate("window.opener") is None


def test_hostile_page_reaches_nothing(work: WorkspacePage, context: BrowserContext) -> None:
    url = work.page.url
    work.write(ATTACKS)
    tried = shown(work).locator("#tried")
    expect(tried).to_contain_text("end: told", timeout=20_000)
    lines = (tried.text_content() or "").split("\n")
    assert len([line for line in lines if line.endswith(": refused")]) == 18
    assert [line for line in lines if line.endswith(": reached")] == []
    work.page.wait_for_timeout(500)  # for the navigations, of which a page cannot tell
    expect(tried).to_contain_text("end: told")
    assert work.page.url == url
    assert len(context.pages) == 1
    assert "a" not in {cookie.get("name") for cookie in context.cookies()}


def test_forged_messages_are_text_or_nothing(work: WorkspacePage) -> None:
    work.write(FORGED)
    lines = console(work).locator("p")
    expect(lines).to_have_count(2)
    expect(lines.first).to_have_text("<img src=x onerror=alert(1)>")
    expect(lines.last).to_have_text(re.compile("^y{2000}$"))
    assert console(work).locator("img").count() == 0


def test_flood_of_messages_ends_the_page(work: WorkspacePage) -> None:
    work.write(FLOOD)
    expect(console(work)).to_contain_text("too many messages and was stopped")
    expect(work.preview).to_have_count(0)
    work.write("<!doctype html><h1>Mended</h1>")
    expect(shown(work).get_by_text("Mended")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_preview_with_its_console_is_accessible(
    work: WorkspacePage, scheme: Any, size: Any
) -> None:
    work.write(
        "<!doctype html><html lang=en><title>Shown</title><main><h1>Shown</h1></main>"
        "<script>console.log('one'); console.warn('two'); console.error('three')</script>"
    )
    work.expect_saved()
    work.page.emulate_media(color_scheme=scheme)
    work.page.set_viewport_size(size)
    if size == NARROW:
        panes = work.page.get_by_role("navigation", name="Panes")
        panes.get_by_role("button", name="Preview").click()
    expect(console(work).get_by_text("three")).to_be_visible()
    expect(shown(work).get_by_role("heading", name="Shown")).to_be_visible()
    assert axe(work.page) == []
