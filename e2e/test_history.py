"""Journeys back to what has run, and to what others share."""

import http.server
import re
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from e2e.accessibility import axe
from e2e.conftest import both_runners
from e2e.ide_page import NARROW, WIDE
from e2e.server import Server
from e2e.test_hostile_text import HOSTILE, expect_untouched
from e2e.workspace_page import WorkspacePage

pytestmark = both_runners

COLOURS = (
    "import time\n"
    "for colour in range(30, 38):\n"
    "    print(f'\\x1b[{colour}mcolour\\x1b[0m \\x1b[{colour + 10}mground\\x1b[0m', flush=True)\n"
    "    time.sleep(0.1)\n"
)


def run_of(work: WorkspacePage, *programs: str) -> Page:
    """A workspace that has run these; on the page of the last one."""
    for program in programs:
        work.run(program)
        work.expect_state("Exit 0")
    work.expect_saved()
    work.page.get_by_role("link", name="Past runs").click()
    runs(work.page).first.get_by_role("link").first.click()
    return work.page


def runs(page: Page) -> Any:
    return page.get_by_role("list", name="Runs, the newest first").get_by_role("listitem")


def make_link(page: Page) -> str:
    page.get_by_role("button", name="Make a link").click()
    address = page.get_by_role("textbox", name="Address of").first.input_value()
    assert "/s/" in address
    return address


def test_past_run_is_read_compared_and_run_again(work: WorkspacePage) -> None:
    page = run_of(work, "print('first')", "print('second')")
    expect(page.get_by_text("Ran fine", exact=True)).to_be_visible()
    expect(page.get_by_role("region", name="Output")).to_have_text("second")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("region", name="main.py").get_by_role("deletion")).to_have_text(
        "Removed: print('first')"
    )
    page.get_by_role("link", name="Runs").click()
    runs(page).last.get_by_role("link").first.click()
    expect(page.get_by_role("region", name="main.py")).to_contain_text("print('first')")
    page.get_by_role("link", name="Run again").click()
    work.expect_output("first")
    work.expect_state("Exit 0")
    expect(work.code).to_have_text("print('second')")
    work.page.reload()
    work.expect_state("Exit 0")
    page.get_by_role("link", name="Past runs").click()
    expect(runs(page)).to_have_count(3)


def test_files_come_back_and_go_again(work: WorkspacePage) -> None:
    page = run_of(work, "print('first')", "print('second')")
    page.get_by_role("link", name="Runs").click()
    runs(page).last.get_by_role("link").first.click()
    page.get_by_role("button", name="Restore these files").click()
    expect(page.get_by_role("status").first).to_contain_text("has the files of this run now")
    address = page.url
    work.open()
    expect(work.code).to_have_text("print('first')")
    page.goto(address)
    page.get_by_role("button", name="Restore these files").click()
    page.get_by_role("button", name="Open as a new workspace").click()
    work.wait_until_ready()
    expect(work.code).to_have_text("print('first')")


def test_output_is_replayed_at_its_own_speed(work: WorkspacePage) -> None:
    page = run_of(work, COLOURS)
    expect(page.locator("[data-output] .in-red")).to_have_text("colour")
    page.get_by_role("button", name="Replay the output").click()
    screen = page.locator(".replay-screen")
    pause = page.get_by_role("button", name="Pause")
    expect(pause).to_be_visible()
    expect(screen.locator(".xterm-rows")).to_contain_text("colour ground")
    expect(page.get_by_role("button", name="Replay the output")).to_be_visible()
    slider = page.get_by_role("slider", name="Position in the recording")
    slider.focus()
    page.keyboard.press("Home")
    expect(screen.locator(".xterm-rows")).not_to_contain_text("colour")
    page.keyboard.press("End")
    expect(screen.locator(".xterm-rows")).to_contain_text("colour")
    page.get_by_role("combobox", name="Speed").select_option("8")


def test_code_to_embed_is_copied_and_shows_the_run(
    work: WorkspacePage, other_site: Callable[[str], str]
) -> None:
    page = run_of(work, "print('framed')")
    make_link(page)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_text("Embed in a page").click()
    page.get_by_role("button", name="Copy the embed code").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    code = page.evaluate("navigator.clipboard.readText()")
    other = page.context.new_page()
    other.goto(other_site(code))
    expect(other.frame_locator("iframe").get_by_role("region", name="Output")).to_have_text(
        "framed"
    )


def test_link_is_shared_forked_and_withdrawn(
    work: WorkspacePage, browser: Browser, server: Server
) -> None:
    page = run_of(work, "print('shared')")
    address = make_link(page)
    elsewhere = browser.new_context(viewport=NARROW)
    reader = WorkspacePage(elsewhere.new_page(), server.url)
    reader.page.goto(address)
    expect(reader.page.get_by_role("region", name="Output")).to_have_text("shared")
    reader.page.get_by_role("button", name="Fork").click()
    reader.wait_until_ready()
    expect(reader.code).to_have_text("print('shared')")
    assert reader.complaints == []
    page.get_by_role("link", name="Runs").click()
    page.get_by_role("link", name="My links").click()
    page.get_by_role("button", name="Withdraw").click()
    expect(
        page.get_by_text("is withdrawn: whoever follows the link finds nothing.")
    ).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("The link leads to its run again.")).to_be_visible()
    page.get_by_role("button", name="Withdraw").click()
    reader.page.goto(address)
    expect(reader.page.get_by_text("This link leads nowhere.")).to_be_visible()
    elsewhere.close()


def test_all_is_read_without_javascript(
    work: WorkspacePage, browser: Browser, context: BrowserContext
) -> None:
    page = run_of(work, "print('first')", "print('second')")
    address = make_link(page)
    plain = browser.new_context(
        java_script_enabled=False, viewport=WIDE, storage_state=context.storage_state()
    )
    reader = plain.new_page()
    reader.goto(page.url)
    expect(reader.get_by_role("region", name="Output")).to_have_text("second")
    expect(reader.get_by_role("button", name="Replay the output")).to_have_count(0)
    reader.get_by_role("button", name="Compare").click()
    expect(reader.get_by_role("insertion").first).to_be_visible()
    reader.goto(address)
    expect(reader.get_by_role("region", name="main.py")).to_have_text("print('second')")
    plain.close()


def test_hostile_text_runs_nowhere(work: WorkspacePage) -> None:
    page = run_of(work, f"print({HOSTILE!r})")
    expect_untouched(page)
    page.get_by_role("textbox", name="Title").fill(HOSTILE)
    address = make_link(page)
    page.get_by_role("button", name="Replay the output").click()
    expect(page.locator(".xterm-rows")).to_contain_text("<img src=x")
    expect_untouched(page)
    for path in (address, f"{address}/embed", f"{work.base}/shares"):
        page.goto(path)
        expect(page.get_by_text("<img src=x").first).to_be_visible()
        expect_untouched(page)


def test_program_is_shown_in_another_sites_page(
    work: WorkspacePage, context: BrowserContext, other_site: Callable[[str], str]
) -> None:
    address = make_link(run_of(work, "print('framed')"))
    page = context.new_page()
    for path in ("/embed", ""):
        page.goto(other_site(f'<iframe src="{address}{path}" width="500" height="300"></iframe>'))
        frame = page.frame_locator("iframe")
        if path:
            expect(frame.get_by_role("region", name="Output")).to_have_text("framed")
            with context.expect_page() as opened:
                frame.get_by_role("link", name="Open").click()
            expect(opened.value.get_by_role("button", name="Fork")).to_be_visible()
        else:
            expect(frame.get_by_text("framed")).to_have_count(0)


@pytest.fixture
def other_site() -> Iterator[Callable[[str], str]]:
    """A site of somebody else, which shows the page that it is told."""
    body = ""

    class Site(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *args: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def show(page: str) -> str:
        nonlocal body
        body = f"<!doctype html>{page}"
        return f"http://127.0.0.1:{server.server_port}/"

    yield show
    server.shutdown()


PAGES = ("runs", "run", "replay", "compare", "shared", "embed", "shares")


@pytest.mark.parametrize("size", ["wide", "narrow"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(work: WorkspacePage, scheme: Any, size: str) -> None:
    work.page.emulate_media(color_scheme=scheme)
    page = run_of(work, "print('first')", COLOURS)
    run, address = page.url, make_link(page)
    page.set_viewport_size(WIDE if size == "wide" else NARROW)
    for name in PAGES:
        open_page(page, name, run, address, work.base)
        assert axe(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name


def open_page(page: Page, name: str, run: str, address: str, base: str) -> None:
    at, _, id = run.partition("#")[0].rpartition("/")
    path = {
        "runs": at,
        "shared": address,
        "embed": f"{address}/embed",
        "shares": f"{base}/shares",
    }.get(name, f"{at}/{id}")
    page.goto(path)
    if name == "replay":
        page.get_by_role("button", name="Replay the output").click()
        expect(page.locator(".xterm-rows")).to_contain_text("colour")
        expect(page.get_by_role("button", name="Replay the output")).to_be_visible()
    if name == "compare":
        page.get_by_role("button", name="Compare").click()
        expect(page.get_by_role("insertion").first).to_be_visible()


def test_times_are_those_of_the_visitors_clock(browser: Browser, server: Server) -> None:
    context = browser.new_context(viewport=WIDE, timezone_id="Asia/Kolkata")
    work = WorkspacePage(context.new_page(), server.url)
    work.begin_with("Python main.py")
    page = run_of(work, "print(1)", "print(2)")
    time = page.get_by_role("heading", name="Run of").get_by_role("time")
    utc = datetime.fromisoformat(time.get_attribute("datetime") or "")
    local = f"{utc.astimezone(ZoneInfo('Asia/Kolkata')):%-d %B %Y, %H:%M:%S}"
    expect(time).to_have_text(local)
    # Whatever htmx puts into the page afterwards.
    page.evaluate("document.dispatchEvent(new CustomEvent('htmx:after:swap'))")
    expect(time).to_have_attribute("title", f"{utc:%-d %B %Y, %H:%M:%S} UTC")
    expect(page).to_have_title(re.compile(f"^Run of {local} · "))
    assert "UTC" not in page.get_by_role("combobox", name="The other run").inner_text()
    page.get_by_role("link", name="Runs").click()
    expect(runs(page).first.get_by_role("time").first).to_have_text(local)
    context.close()
