"""What axe finds on a page."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

_AXE = Path(__file__).resolve().parent.parent / "node_modules/axe-core/axe.min.js"


def axe(page: Page) -> list[Any]:
    """`(rule, elements)` of each violation. Runs as a debugger would, since the page's policy
    admits no foreign script."""
    page.evaluate(_AXE.read_text())
    result = page.evaluate("axe.run()")
    return [(one["id"], [node["html"] for node in one["nodes"]]) for one in result["violations"]]
