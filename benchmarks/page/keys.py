"""How long a key press takes until its picture is on the screen, in a long file."""

from itertools import cycle

from playwright.sync_api import Browser, Page

from benchmarks.page.browser import LOCAL, cold_page
from benchmarks.page.long_file import long_file
from benchmarks.page.results import Presses
from benchmarks.page.subjects import Subject

_KEY_EVERY_MS = 80
_AFTER_LINE_MS = 700  # a linter that waits for a pause gets it
_SETTLED_MS = 5000
_SCROLL_PX = 40_000
_LINES = (
    "def average_of_all(stations: list[Station7]) -> float:",
    "values = [reading.value for reading in station.readings]",
    "total = statistics.mean(values) + math.sqrt(limit)",
    'if total > limit: raise ValueError(f"{total} is odd")',
    "return round(total / len(stations), 2)  # of summary",
)

# The browser tells of no shorter ones, so these count as that long.
_SHORTEST_MS = 16

# Event Timing: from the key press to the frame that shows what came of it, in steps of 8 ms.
_WATCH = f"""() => {{
  globalThis.presses = new Map();
  const isTyped = ({{ key }}) => key.length === 1 || key === 'Enter';
  addEventListener('keydown', (event) => {{
    if (isTyped(event)) presses.set(event.timeStamp, {_SHORTEST_MS});
  }}, true);
  new PerformanceObserver((list) => {{
    for (const {{ name, startTime, duration }} of list.getEntries()) {{
      if (name === 'keydown' && presses.has(startTime)) presses.set(startTime, duration);
    }}
  }}).observe({{ type: 'event', durationThreshold: {_SHORTEST_MS} }});
}}"""


def presses(browser: Browser, subject: Subject, beginning: int, then: int) -> Presses:
    """In the middle of the file, as one types a program: line by line, with a pause after each.

    `beginning` and `then` are how many, at least; whole lines are typed.
    """
    url = subject.page_with(long_file())
    with cold_page(browser, LOCAL, subject.cookies) as (page, _):
        page.add_init_script(f"({_WATCH})()")
        page.goto(url, wait_until="networkidle")
        document = page.locator(subject.document)
        document.hover()
        page.mouse.wheel(0, _SCROLL_PX)
        page.wait_for_timeout(_AFTER_LINE_MS)
        document.click()
        page.keyboard.press("End")
        return Presses(
            page=subject.name,
            beginning_s=_typed(page, beginning),
            then_s=_typed(page, then),
        )


def _typed(page: Page, keys: int) -> list[float]:
    """How long each took."""
    page.evaluate("presses.clear()")
    lines = cycle(_LINES)
    while keys > 0:
        line = next(lines)
        page.keyboard.press("Enter")
        page.keyboard.type(line, delay=_KEY_EVERY_MS)
        page.wait_for_timeout(_AFTER_LINE_MS)
        keys -= len(line) + 1
    page.wait_for_timeout(_SETTLED_MS)
    return [ms / 1000 for ms in page.evaluate("[...presses.values()]")]
