"""Program output made plain, and pieces of it made fit for a sentence."""

import re

# Errors stand at the end of what a program wrote.
_TAIL_CHARACTERS = 65_536
# A text this long may have lost its beginning on the way here.
_MAY_BE_CUT = 8192
# Every repetition stops at the next escape character, which keeps the scan linear.
_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\n]*(?:\x07|\x1b\\)?|[@-_])")
_LONGEST_CLAUSE = 200


def plain(output: str) -> str:
    """The end of an output without colours and carriage returns."""
    return _ESCAPE.sub("", output[-_TAIL_CHARACTERS:]).replace("\r", "")


def may_be_cut(text: str) -> bool:
    """True where the text may be the rest of a longer one."""
    return len(text) >= _MAY_BE_CUT


def number(digits: str) -> int | None:
    """A line or column number as it is printed; None for anything else."""
    return int(digits) if len(digits) < 10 and digits.isascii() and digits.isdigit() else None


def clause(text: str, longest: int = _LONGEST_CLAUSE) -> str:
    """A text for the middle of a sentence: printable, on one line, cut where it is long."""
    printable = "".join(c if c.isprintable() else " " for c in text[: 4 * longest])
    words = " ".join(printable.split())
    return words if len(words) <= longest else f"{words[: longest - 1].rstrip()}…"


def sentence(text: str) -> str:
    """The text with a full stop, unless it ends like a sentence already."""
    return text if text.endswith((".", "!", "?", "…")) else f"{text.rstrip(':; ')}."
