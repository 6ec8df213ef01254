"""The script that goes with the pages of a preview, and tells the IDE around them of each."""

import re
from pathlib import Path

from django.utils.html import escape

_DOCTYPE = re.compile(rb"<!doctype[^>]*>", re.IGNORECASE)
_DOCTYPE_WITHIN = 4096
_SCRIPTS = ("in_preview_words.js", "in_preview.js")
_TEXTS = (Path(__file__).with_name(name).read_text() for name in _SCRIPTS)
# On one line, so that the lines of the page keep their numbers; a block, for names of its own.
SCRIPT = " ".join(["{", *"\n".join(_TEXTS).split("\n"), "}"])


def with_script(page: bytes, path: str) -> bytes:
    """The page, which also tells the IDE of itself. The doctype stays first."""
    doctype = _DOCTYPE.search(page, 0, _DOCTYPE_WITHIN)
    at = doctype.end() if doctype else 0
    script = f'<script data-file="{escape(path)}">{SCRIPT}</script>'
    return page[:at] + script.encode() + page[at:]
