"""Pages that reach out of the preview, hold up the IDE, or take the focus."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from e2e.ide_page import NARROW, WIDE
from e2e.preview_page import console, new_pages, shown
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
  const form = document.getElementById('form');
  for (const target of ['_self', '_top', '_parent', '_blank']) {
    await attempt(`form ${target}`, () => { form.target = target; form.submit(); return false; });
  }
  tell('end', 'told');
})();
</script>
"""
# Each way to send a form, by a click as a reader makes it.
SENDING = """<!doctype html><form action="/accounts/logout/" method="METHOD">
<input name=said value=hello><button>Send</button>
<button formaction="/workspaces">Elsewhere</button>
<button formaction="">Itself</button>
<button formtarget=_top>Top</button>
<button formtarget=_parent>Parent</button>
<button formtarget=_blank>Blank</button>
</form>"""
FORGED = """<!doctype html><p>forged</p><script>
const { port1, port2 } = new MessageChannel();
parent.postMessage(null, '*', [port2]);
for (const data of [null, 'x', { type: 'preview-console' },
  { type: 'preview-console', level: 'x', text: 'no' },
  { type: 'preview-console', level: 'log', text: ['no'] }]) port1.postMessage(data);
parent.postMessage({ type: 'preview-console', level: 'log', text: 'not by the port' }, '*');
console.log('<img src=x onerror=alert(1)>');
port1.postMessage({ type: 'preview-console', level: 'log', text: 'y'.repeat(3e6) });
</script>
"""
TO_THE_WINDOW = "const say = (data) => parent.postMessage(data, '*');"
BY_A_PORT = """const { port1, port2 } = new MessageChannel();
parent.postMessage(null, '*', [port2]);
const say = (data) => port1.postMessage(data);
"""
FLOOD = "setTimeout(() => { for (let i = 0; i < 5000; i++) say(i); }, 200);"
# A frame in the page, of which the script that goes with each page knows nothing.
FROM_WITHIN = """addEventListener('load', () => {
  const frame = document.createElement('iframe');
  frame.srcdoc = '<script>for (let i = 0; i < 5000; i++) top.postMessage(i, "*")<' + '/script>';
  document.body.append(frame);
});"""
# Unpacking one takes far longer than sending it.
HEAVY = """const many = Array.from({ length: 700_000 }, (_, i) => ({ i, text: `${i}` }));
setTimeout(() => { for (let i = 0; i < TIMES; i++) say(many); console.log('sent'); }, 500);
"""
LONGEST_TASK = """() => {
  window.longestTask = 0;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longestTask = Math.max(longestTask, duration);
  }).observe({ type: 'longtask' });
}"""
LOOP = "<!doctype html><h1>Loop</h1><script>for (;;);</script>"
LATE_LOOP = """<!doctype html><h1>Late</h1>
<script>addEventListener('load', () => setTimeout(() => { for (;;); }, 300));</script>"""
GREEDY = """<!doctype html><input id=field autofocus><pre></pre><script>
field.onkeydown = ({ key }) => { document.querySelector('pre').append(key); };
setTimeout(() => { field.focus(); window.focus(); }, 2000);
setTimeout(() => { field.focus(); window.focus(); }, 2800);
</script>"""
ECHOING = """<!doctype html><pre>keys: </pre><script>
onkeydown = ({ key }) => document.querySelector('pre').append(key);
</script>"""
GREEDIER = """<!doctype html><input id=field><script>
setInterval(() => { field.focus(); window.focus(); }, 20);
</script>"""
TALKATIVE = """<!doctype html><h1>Talks</h1><script>
const megabyte = 'x'.repeat(1 << 20);
setTimeout(() => { for (let i = 0; i < 100; i++) console.log(i, megabyte);
  for (let i = 0; i < 2000; i++) console.log('again', i); });
</script>"""

# The error comes after what is told of one second, and before more than is kept.
BURIED = """<!doctype html><script>
for (let i = 0; i < 1000; i++) console.log('at first', i);
setTimeout(() => { throw new Error('the one error'); });
let said = 0;
setInterval(() => console.log('again', said++), 15);
</script>"""


@pytest.fixture
def work(context: BrowserContext, server: Server) -> WorkspacePage:
    return new_pages(context, server)


@pytest.mark.parametrize("loop", [LOOP, LATE_LOOP], ids=["at once", "later"])
def test_endless_loop_gives_way_to_what_is_typed(work: WorkspacePage, loop: str) -> None:
    work.write("<!doctype html><h1>Before</h1>")
    expect(shown(work).get_by_role("heading", name="Before")).to_be_visible()
    work.write(loop)
    work.expect_saved()
    work.page.wait_for_timeout(2_500)
    work.write("<!doctype html><h1>After</h1>")
    expect(shown(work).get_by_role("heading", name="After")).to_be_visible(timeout=6_000)
    expect(work.preview).to_have_count(1)
    assert work.complaints == []


def test_page_does_not_take_the_focus(work: WorkspacePage) -> None:
    work.write(GREEDY)
    expect(shown(work).locator("#field")).to_be_visible()
    work.page.keyboard.press("ControlOrMeta+End")  # uses up the gesture that looking counts as
    work.page.keyboard.type("x" * 30, delay=50)
    work.page.wait_for_timeout(3500)
    work.page.keyboard.type("end")
    expect(work.code).to_be_focused()
    expect(work.code).to_contain_text(re.compile("x{27,30}end"))


@pytest.mark.parametrize("has_touch", [False, True], ids=["mouse", "touch"])
def test_whoever_presses_on_the_page_is_in_it(
    browser: Browser, server: Server, has_touch: bool
) -> None:
    """At once after typing, with a mouse that rested over the page or a finger."""
    context = browser.new_context(viewport=WIDE, has_touch=has_touch)
    work = WorkspacePage(context.new_page(), server.url)
    work.begin_with("HTML index.html")
    work.write(ECHOING)
    echo = shown(work).locator("pre")
    expect(echo).to_have_text("keys: ")
    work.expect_saved()
    box = work.preview.bounding_box()
    assert box is not None
    x, y = box["x"] + 200, box["y"] + 100
    work.page.mouse.move(x, y)
    for _ in range(3):
        work.code.focus()
        work.page.keyboard.press("End")
        if has_touch:
            work.page.touchscreen.tap(x, y)
            work.page.wait_for_timeout(500)  # which may become a second tap
        else:
            work.page.mouse.down()
            work.page.mouse.up()
        work.page.keyboard.type("typed", delay=30)
    expect(echo).to_have_text("keys: " + "typed" * 3)
    context.close()


def test_tab_key_leads_into_the_page(work: WorkspacePage) -> None:
    work.write("<!doctype html><input aria-label=Field>")
    work.expect_saved()
    field = shown(work).get_by_label("Field")
    expect(field).to_be_visible()
    work.page.get_by_role("link", name="Open the preview in a new tab").focus()
    for _ in range(12):
        work.page.keyboard.press("Tab")
        if work.page.evaluate("document.activeElement.localName") == "iframe":
            break
    work.page.keyboard.type("!")
    expect(field).to_have_value(re.compile("!"))


def test_page_that_keeps_taking_the_focus_is_stopped(work: WorkspacePage) -> None:
    work.write(GREEDIER)
    work.page.keyboard.press("End")
    work.page.wait_for_timeout(4000)  # looking would count as a gesture of the user's
    expect(console(work)).to_contain_text("kept taking the focus and was stopped")
    expect(work.preview).to_have_count(0)
    expect(work.code).to_be_focused()


def test_talkative_page_is_cut_short_and_goes_on(work: WorkspacePage) -> None:
    work.write(TALKATIVE)
    left_out = console(work).get_by_text("messages were left out: too many at once.")
    expect(left_out).to_be_visible(timeout=30_000)  # the test's own browser reads it all, too
    expect(shown(work).get_by_text("Talks")).to_be_visible()
    assert console(work).locator("p").count() <= 200
    assert len(console(work).inner_text()) < 1_000_000


def test_error_is_not_lost_among_what_a_page_says(work: WorkspacePage) -> None:
    work.write(BURIED)
    expect(console(work)).to_contain_text("the one error")
    expect(console(work)).to_contain_text("again 250", timeout=20_000)
    expect(console(work)).to_contain_text("the one error")


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_hostile_page_reaches_nothing(
    work: WorkspacePage, context: BrowserContext, size: Any
) -> None:
    work.page.set_viewport_size(size)
    panes = work.page.get_by_role("navigation", name="Panes")
    if size == NARROW:
        panes.get_by_role("button", name="Code").click()
    url = work.page.url
    work.write(ATTACKS)
    if size == NARROW:
        panes.get_by_role("button", name="Preview").click()
    tried = shown(work).locator("#tried")
    expect(tried).to_contain_text("end: told", timeout=20_000)
    lines = (tried.text_content() or "").split("\n")
    assert len([line for line in lines if line.endswith(": refused")]) == 21
    assert [line for line in lines if line.endswith(": reached")] == []
    work.page.wait_for_timeout(500)  # for the navigations, of which a page cannot tell
    expect(tried).to_contain_text("end: told")
    assert work.page.url == url
    assert len(context.pages) == 1
    assert "a" not in {cookie.get("name") for cookie in context.cookies()}


@pytest.mark.parametrize("method", ["get", "post"])
def test_form_of_a_page_is_sent_nowhere(
    work: WorkspacePage, context: BrowserContext, method: str
) -> None:
    work.write(SENDING.replace("METHOD", method))
    expect(shown(work).get_by_role("button", name="Send")).to_be_visible()
    work.expect_saved()
    url = work.page.url
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    for sent, name in enumerate(("Send", "Elsewhere", "Itself"), 1):
        shown(work).get_by_role("button", name=name).click()
        expect(console(work).get_by_text("A form was not sent")).to_have_count(sent)
    for name in ("Top", "Parent", "Blank"):  # refused by the sandbox, which tells no page of it
        shown(work).get_by_role("button", name=name).click()
    work.page.wait_for_timeout(500)
    assert [address for address in asked if "said" in address or "logout" in address] == []
    assert work.page.url == url
    assert len(context.pages) == 1
    expect(shown(work).get_by_role("button", name="Send")).to_be_visible()


def test_forged_messages_are_text_or_nothing(work: WorkspacePage) -> None:
    work.write(FORGED)
    lines = console(work).locator("p")
    expect(lines).to_have_count(2)
    expect(lines.first).to_have_text("<img src=x onerror=alert(1)>")
    expect(lines.last).to_have_text(re.compile("^y{2000}$"))
    assert console(work).locator("img").count() == 0


@pytest.mark.parametrize(
    "script",
    [TO_THE_WINDOW + FLOOD, BY_A_PORT + FLOOD, FROM_WITHIN],
    ids=["to the window", "by a port", "from a frame in it"],
)
def test_flood_of_messages_ends_the_page(work: WorkspacePage, script: str) -> None:
    work.write(f"<!doctype html><body><p>flood</p><script>{script}</script>")
    expect(console(work)).to_contain_text("too many messages and was stopped")
    expect(work.preview).to_have_count(0)
    work.write("<!doctype html><h1>Mended</h1>")
    expect(shown(work).get_by_text("Mended")).to_be_visible()


@pytest.mark.parametrize(
    ("say", "times", "seen"),
    [(TO_THE_WINDOW, 3, "sent"), (BY_A_PORT, 10, "too many messages and was stopped")],
    ids=["to the window", "by a port"],
)
def test_large_messages_do_not_hold_up_the_ide(
    work: WorkspacePage, say: str, times: int, seen: str
) -> None:
    work.page.evaluate(LONGEST_TASK)
    script = f"{say}{HEAVY}".replace("TIMES", str(times))
    work.write(f"<!doctype html><p>heavy</p><script>{script}</script>")
    expect(console(work)).to_contain_text(seen, timeout=30_000)
    assert work.page.evaluate("longestTask") < 400
