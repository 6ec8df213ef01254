"""Whether a proposal mends nothing, but only runs less: all that it adds are conditions.

It is the same program then, which does not fail because a part of it is passed over. That may be
what is wanted, or not; whether the line that failed was, a run of the proposal tells in which that
line ends the program.
"""

import re
from collections import Counter
from collections.abc import Mapping

STOPPED = 97  # the exit code of a program that came to the line

_STOPS = {
    "python": "__import__('os')._exit(97)",
    "nodejs": "process.exit(97);",
    "java": "System.exit(97);",
    "cpp": "std::_Exit(97);",
}
_CONDITION = re.compile(r"(?:\}\s*)?(?:(?:else\s+|el)?if\b|else\b)")
_OPEN_END = re.compile(r"[:{)]$|\belse$")  # of a condition whose body is on other lines
_NO_BODY = re.compile(r"(?:pass|return|break|continue)\s*;?")
_NO_BODY_BEHIND = re.compile(rf".*[:{{)\s]{_NO_BODY.pattern}")
_AND = re.compile(r"(?:\band|&&)\s*$")
_ONLY_IF = re.compile(r"\s+if\b.*\belse None")
_MOST_LINES = 50  # as many conditions are more than a guard, and long to compare
_BRACKETS = re.compile(r"[{}();\s]*")


def only_guards(language: str, before: Mapping[str, str], after: Mapping[str, str]) -> bool:
    """Whether all lines of `before` are in `after`, and what is new there only passes them over.

    Not for the shell, where to ask before a command is how errors are treated.
    """
    if language not in _STOPS:
        return False
    lines_before, lines_after = _lines(before), _lines(after)
    gone, new = lines_before - lines_after, lines_after - lines_before
    if max(gone.total(), new.total()) > _MOST_LINES:
        return False
    conditions = 0
    for line in new.elements():
        if _NO_BODY.fullmatch(line):
            continue
        statement = next((gone_line for gone_line in +gone if _guards(line, gone_line)), None)
        if statement:
            gone[statement] -= 1
        elif not _is_bare_condition(line):
            return False
        conditions += 1
    return conditions > 0 and not +gone


def stopped_at(language: str, source: str, statement: str) -> str | None:
    """The source of a program that ends with `STOPPED` where it comes to a line of it.

    None where the line is not found as it was.
    """
    lines = source.splitlines()
    found = [number for number, line in enumerate(lines) if _runs(line.strip(), statement)]
    for number in found:
        earlier = (line.strip() for line in reversed(lines[:number]) if line.strip())
        lines[number] = _with_stop(language, lines[number], statement, next(earlier, ""))
    if language == "cpp":
        lines.insert(0, "#include <cstdlib>")
    return "\n".join([*lines, ""]) if found else None


def _with_stop(language: str, line: str, statement: str, earlier: str) -> str:
    stop = _STOPS[language]
    before, _, behind = line.rpartition(statement)
    if language == "python":
        return f"{before}{stop}\n{line}" if not before.strip() else f"{before}{stop}; {statement}"
    is_body = before.strip() or (_CONDITION.match(earlier) and not earlier.endswith("{"))
    stopped = f"{{ {stop} {statement} }}" if is_body else f"{stop} {statement}"
    return f"{before}{stopped}{behind}"


def _guards(line: str, statement: str) -> bool:
    """Whether a line is a statement that was there, behind a condition that was not."""
    if line.startswith(statement):
        return bool(_ONLY_IF.fullmatch(line.removeprefix(statement)))
    line = line.removesuffix("}").rstrip()
    condition = line.removesuffix(statement)
    return condition != line and bool(_CONDITION.match(condition) or _AND.search(condition))


def _is_bare_condition(line: str) -> bool:
    if not _CONDITION.match(line):
        return False
    line = line.removesuffix("}").rstrip()
    return bool(_OPEN_END.search(line) or _NO_BODY_BEHIND.fullmatch(line))


def _runs(line: str, statement: str) -> bool:
    return line == statement or (not line.startswith(statement) and _guards(line, statement))


def _lines(sources: Mapping[str, str]) -> Counter[str]:
    """How often there is which line that does something."""
    lines = (line.strip() for source in sources.values() for line in source.splitlines())
    return Counter(
        line
        for line in lines
        if not line.startswith(("#", "//", "/*", "*")) and not _BRACKETS.fullmatch(line)
    )
