"""The live preview beside the editor: what it shows, and follows."""

import io
import re
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, expect

from e2e.accessibility import axe
from e2e.ide_page import NARROW, WIDE
from e2e.preview_page import console, new_pages, shown
from e2e.server import Server
from e2e.workspace_page import WorkspacePage

SWITCHING = "<!doctype html><body style='background: rgb(0, 0, {blue}); height: 3000px'>{version}"
LOOP = "<!doctype html><h1>Loop</h1><script>for (;;);</script>"
TALKING = """<!doctype html><p id=here>Here</p><script>
console.log('%cLoud%c and %s, %d of %i, %o', 'color: red', '', 'soft', 1.5, 2, { a: [1] });
console.log('100%', new Map([['a', 1]]), new Set([2]), here, [new Date(0)]);
console.table([{ name: 'Ada', age: 36 }, { name: 'Bo' }]);
console.count(); console.count(); console.countReset(); console.count('x');
console.assert(true, 'unsaid'); console.assert(1 > 2, 'sums', 3);
console.dir({ deep: { er: null } });
console.group('Outer'); console.group('Inner'); console.warn('in'); console.groupEnd();
console.info('between'); console.groupEnd(); console.log('out');
console.time('t'); console.timeLog('t', 'so far'); console.timeEnd('t'); console.timeEnd('t');
const round = { name: 'round' }; round.itself = round; console.log(round);
console.log({ get bad() { throw new Error('no') } }, Symbol('s'));
class Point { x = 1 } console.log(new Point(), [() => 1], 5n);
console.log(Array(100_000).fill(7));
</script>"""
TOLD: list[str | re.Pattern[str]] = [
    'Loud and soft, 1 of 2, {"a":[1]}',
    '100% Map {"a" => 1} Set {2} <p id="here">Here</p> ["1970-01-01T00:00:00.000Z"]',
    "   name  age\n0  Ada   36\n1  Bo",
    "default: 1",
    "default: 2",
    "x: 1",
    "Assertion failed: sums 3",
    '{"deep":{"er":null}}',
    "Outer",
    "  Inner",
    "    in",
    "  between",
    "out",
    re.compile(r"^t: \d+\.\d ms so far$"),
    re.compile(r"^t: \d+\.\d ms$"),
    '{"name":"round","itself":(itself)}',
    "[object Object] Symbol(s)",
    'Point {"x":1} [function ] 5n',
    re.compile(r"^\[(7,){199}…\]$"),
]
LACKING = """<!doctype html><link rel=stylesheet href=css/none.css><img src="no%20image.png" alt="">
<style>p { background: url(deep/none.svg) }</style><p>Lacks</p>
<script src=none.js></script><script type=module>import './module.js';</script>
<img src=broken.png alt=""><a href=about.html>About</a>"""


@pytest.fixture
def work(context: BrowserContext, server: Server) -> WorkspacePage:
    return new_pages(context, server)


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


def test_console_says_what_a_browsers_own_does(work: WorkspacePage) -> None:
    work.write(TALKING)
    lines = console(work).locator("p")
    expect(lines).to_have_count(len(TOLD))
    for line, told in zip(lines.all(), TOLD, strict=True):
        if isinstance(told, str):
            assert line.text_content() == told
        else:
            expect(line).to_have_text(told)
    expect(console(work).locator("[data-level=error]")).to_have_text("Assertion failed: sums 3")


def test_error_of_the_page_that_run_shows_names_its_file(work: WorkspacePage) -> None:
    work.write("<!doctype html>\n<script>missing();</script>")
    expect(console(work)).to_contain_text("missing is not defined (index.html:2)")
    work.run()
    expect(console(work)).to_have_text(
        "Uncaught ReferenceError: missing is not defined (index.html:2)"
    )


def test_script_of_a_page_may_use_its_form(work: WorkspacePage) -> None:
    work.write(
        "<!doctype html><form><input aria-label=Name><button>Greet</button></form><p></p><script>"
        "document.forms[0].onsubmit = (event) => { event.preventDefault();"
        " document.querySelector('p').textContent = `Hello, ${event.target[0].value}!`; };</script>"
    )
    shown(work).get_by_label("Name").fill("Ada")
    shown(work).get_by_label("Name").press("Enter")
    expect(shown(work).get_by_text("Hello, Ada!")).to_be_visible()
    assert work.complaints == []


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


def test_next_version_does_not_flash(work: WorkspacePage) -> None:
    """Between two versions of a dark page nothing white is ever on the screen."""
    work.write(SWITCHING.format(blue=99, version="begin"))
    expect(shown(work).get_by_text("begin")).to_be_visible()
    box = work.page.locator("[data-preview]").bounding_box()
    assert box is not None
    middle: Any = {"x": box["x"] + 200, "y": box["y"] + 100, "width": 20, "height": 20}
    for blue in range(100, 106):
        work.write(SWITCHING.format(blue=blue, version=f"version {blue}"))
        seen: set[Any] = set()
        while (0, 0, blue) not in seen:
            picture = Image.open(io.BytesIO(work.page.screenshot(clip=middle))).convert("RGB")
            seen |= {color for _, color in picture.getcolors() or []}
        assert seen <= {(0, 0, blue - 1), (0, 0, blue)}, blue
    assert work.preview.count() == 1


def test_place_on_the_page_is_kept(work: WorkspacePage) -> None:
    work.create_file("long.html")
    work.write("<!doctype html><body style='height: 5000px'>Long")
    work.open_file("index.html")
    work.write("<!doctype html><a href=long.html#down>Down</a>")
    shown(work).get_by_role("link", name="Down").click()
    long = shown(work).get_by_text("Long")
    expect(long).to_be_visible()
    long.evaluate("scrollTo(0, 1234)")
    work.create_file("other.css")
    work.write("p { color: red }")
    work.expect_saved()
    work.page.wait_for_timeout(1000)
    assert long.evaluate("[scrollY, location.pathname.endsWith('long.html'), name]") == [
        1234,
        True,
        "",
    ]


def test_page_that_does_not_load_is_told(work: WorkspacePage) -> None:
    work.write(LOOP)
    expect(console(work)).to_contain_text("endless loop", timeout=12_000)


def test_modules_of_the_workspace_are_loaded(work: WorkspacePage) -> None:
    work.create_file("js/sum.js")
    work.write("export const sum = (a, b) => a + b;")
    work.create_file("app.js")
    work.write("import { sum } from './js/sum.js'; document.body.append(`sum ${sum(1, 2)}`);")
    work.open_file("index.html")
    work.write("<!doctype html><body><script type=module src=app.js></script></body>")
    expect(shown(work).get_by_text("sum 3")).to_be_visible()
    assert work.complaints == []


def test_console_is_that_of_the_shown_version(work: WorkspacePage) -> None:
    for number in range(5):
        work.write(
            f"<!doctype html><p>{number}</p><script>"
            f"setInterval(() => console.log('version {number}'), 30)</script>"
        )
        expect(shown(work).get_by_text(str(number))).to_be_visible()
    expect(console(work)).to_contain_text("version 4")
    assert set(console(work).locator("p").all_inner_texts()) == {"version 4"}


def test_missing_files_are_named(work: WorkspacePage) -> None:
    work.create_file("broken.png")
    work.write("no picture")
    work.open_file("index.html")
    work.write(LACKING)
    for path in ("css/none.css", "no image.png", "deep/none.svg", "none.js", "module.js"):
        line = console(work).get_by_text(f"{path}: no such file in this workspace", exact=True)
        expect(line).to_have_count(1)
    expect(console(work)).to_contain_text("Could not be loaded: broken.png")
    shown(work).get_by_role("link", name="About").click()
    expect(shown(work).get_by_text("This workspace has no file about.html.")).to_be_visible()
    expect(console(work)).to_contain_text("about.html: no such file in this workspace")
    work.create_file("about.html")
    work.write("<!doctype html><h1>Made</h1>")
    expect(shown(work).get_by_role("heading", name="Made")).to_be_visible()


def test_address_lasts_as_long_as_the_ide_is_open(work: WorkspacePage) -> None:
    """Time goes faster in the page only, where it asks for the address again."""
    work.page.clock.install()
    work.page.reload()
    work.wait_until_ready()
    address = work.page.get_by_role("link", name="Open the preview").get_attribute("href")
    with work.page.expect_response(re.compile(r"/w/[0-9a-f]+/preview$")) as renewed:
        work.page.clock.fast_forward(150_000)
    assert renewed.value.ok
    assert address is not None
    assert address.startswith(work.base + renewed.value.json()["address"])


def test_page_that_a_link_leads_to_is_heard(work: WorkspacePage) -> None:
    work.create_file("about.html")
    work.write("<!doctype html><h1>About</h1><script>console.log('told by about')</script>")
    work.open_file("index.html")
    work.write("<!doctype html><a href=about.html>About</a><script>console.log('index')</script>")
    shown(work).get_by_role("link", name="About").click()
    expect(console(work)).to_contain_text("index")
    expect(console(work)).to_contain_text("told by about")


@pytest.mark.parametrize("href", ["https://example.org/away", "/workspaces"])
def test_link_to_elsewhere_is_told_and_leaves_the_page(work: WorkspacePage, href: str) -> None:
    work.write(f"<!doctype html><h1>Here</h1><a href={href}><b>Away</b></a>")
    shown(work).get_by_text("Away").click()
    told = rf"A preview shows only files beside its page\. This link leads to .*{href}$"
    expect(console(work)).to_contain_text(re.compile(told))
    expect(shown(work).get_by_role("heading", name="Here")).to_be_visible()
    assert work.complaints == []


@pytest.mark.parametrize("leave", ["write", "run"])
def test_dead_link_is_no_dead_end(work: WorkspacePage, leave: str) -> None:
    text = "<!doctype html><a href=two.html>Two</a>"
    work.write(text)
    shown(work).get_by_role("link", name="Two").click()
    expect(shown(work).get_by_text("no file two.html")).to_be_visible()
    if leave == "write":
        work.write(f"{text}<h1>Home</h1>")
    else:
        work.run_button.click()
    expect(shown(work).get_by_role("link", name="Two")).to_be_visible()


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
