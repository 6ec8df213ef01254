"""Whether a proposal makes an error invisible instead of mending it.

Ending with 0 is easy: by catching all errors, by leaving early, by leaving the work out. What is
found here is not called verified; a person may still want it.
"""

import re
from collections.abc import Mapping

# Bounds, and nothing optional between two runs of blanks: hostile texts are read quickly, too.
_SILENT_CATCH = r"|\bcatch\s*\([^)]{0,200}\)\s*\{\s*\}"
_CATCHES = {
    "python": (
        r"\bexcept\s*(?:(?:Base)?Exception\b[^:\n]{0,200})?:"
        r"|\bexcept\b[^:\n]{0,200}:\s*(?:pass\b|\.\.\.)"
        r"|\bcontextlib\.suppress\(|\bsuppress\("
    ),
    "nodejs": r"\bcatch\s*(?:\([^)]{0,200}\)\s*)?\{|\.catch\(|\buncaughtException\b",
    "java": r"\bcatch\s*\(\s*(?:final\s+)?(?:Throwable|Exception|RuntimeException|Error)\b"
    + _SILENT_CATCH,
    "cpp": r"\bcatch\s*\(\s*(?:\.\.\.|(?:const\s+)?std::exception\b)" + _SILENT_CATCH,
    "ubuntu": r"\|\|\s*(?:true|:)|\bset\s+\+e\b|\btrap\b",
}
_LEAVES = {
    "python": r"\b(?:sys\.exit|os\._exit|exit|quit)\s*\(|\bSystemExit\b",
    "nodejs": r"\bprocess\.(?:exit|reallyExit|abort|exitCode)\b",
    "java": r"\bSystem\.exit\s*\(|\.halt\s*\(",
    "cpp": r"\b(?:_?[eE]xit|quick_exit|_Exit)\s*\(",
    "ubuntu": r"\bexit\b",
}
_LEAST_KEPT = 0.6  # of the lines that do something
_FEW_LINES = 3  # of so few, half may well be the mistake


def hides_error(language: str, before: Mapping[str, str], after: Mapping[str, str]) -> str | None:
    """How `after` hides what fails in `before`, in words; None where it does not seem to."""
    if _adds(_CATCHES[language], before, after):
        return "it catches errors that were not caught before"
    if _adds(_LEAVES[language], before, after):
        return "it ends the program early"
    lines_before, lines_after = _working_lines(before), _working_lines(after)
    if lines_before > _FEW_LINES and lines_after < lines_before * _LEAST_KEPT:
        return "it leaves out much of the program"
    return None


def _adds(pattern: str, before: Mapping[str, str], after: Mapping[str, str]) -> bool:
    return _count(pattern, after) > _count(pattern, before)


def _count(pattern: str, sources: Mapping[str, str]) -> int:
    return sum(len(re.findall(pattern, source)) for source in sources.values())


def _working_lines(sources: Mapping[str, str]) -> int:
    """Without blank lines and whole-line comments."""
    lines = [line.strip() for source in sources.values() for line in source.splitlines()]
    return sum(1 for line in lines if line and not line.startswith(("#", "//", "/*", "*")))
