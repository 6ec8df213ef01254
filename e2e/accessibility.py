"""Whether everybody can use a page."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

_AXE = Path(__file__).resolve().parent.parent / "node_modules/axe-core/axe.min.js"
# Of what must always be within reach, in the middle of each.
_COVERED = """() => [...document.querySelectorAll('[data-run], nav.phone button')]
  .map((button) => [button, button.getBoundingClientRect()])
  .filter(([button, { x, y, width, height }]) => width > 0
    && !button.contains(document.elementFromPoint(x + width / 2, y + height / 2)))
  .map(([button]) => button.textContent.trim())"""


def axe(page: Page) -> list[Any]:
    """`(rule, elements)` of each violation. Runs as a debugger would, since the page's policy
    admits no foreign script."""
    page.evaluate(_AXE.read_text())
    result = page.evaluate("axe.run()")
    return [(one["id"], [node["html"] for node in one["nodes"]]) for one in result["violations"]]


def expect_clean(page: Page) -> None:
    """Nothing for axe in both themes; no wider than the screen; neither Run nor a phone's tabs
    covered."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.evaluate(_COVERED) == []
