"""What the errors of many have in common: the words without what is one's own."""

import re

from sandbox.diagnosis.facts import Diagnosis, Reason
from sandbox.diagnosis.text import clause, plain

_LONGEST = 200
# Of an output; its last line is what is looked for.
_TAIL_CHARACTERS = 8192

_BY_REASON = {
    Reason.TIME_LIMIT: "Ran longer than the time limit",
    Reason.MEMORY_LIMIT: "Needed more memory than the limit",
    Reason.OUTPUT_LIMIT: "Wrote more than the output limit",
    Reason.PROCESS_LIMIT: "Started more processes than the limit",
    Reason.DISK_LIMIT: "Wrote more to disk than the limit",
}
# In this order: a path in quotation marks is a quotation. No pattern can match in two ways, so
# that each is linear.
_OWN = (
    (re.compile(r"(?<!\w)'[^'\n]*'(?!\w)|\"[^\"\n]*\"|`[^`\n]*`|\u2018[^\u2019\n]*\u2019"), "'…'"),
    (re.compile(r"(?<![\w/.])(?:\.{1,2}|~)?(?:/[\w.+@-]+)+/?"), "…"),
    (re.compile(r"\b0x[0-9a-fA-F]+\b|\b[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}\b"), "…"),
    (re.compile(r"\b\d+(?:[.,_:]\d+)*\b"), "N"),
)


def alike(diagnosis: Diagnosis, output: str) -> str:
    """The same for all who made the same error, at most 200 characters; empty where it is none.

    `output` is the program's own error output. What was stopped is no error.
    """
    if diagnosis.reason in {Reason.STOPPED, Reason.DEACTIVATED}:
        return ""
    if fixed := _BY_REASON.get(diagnosis.reason):
        return fixed
    message = diagnosis.problems[0].message if diagnosis.problems else _last_line(output)
    return clause(without_own(clause(message)), _LONGEST) or diagnosis.reason.value


def without_own(message: str) -> str:
    """One line without quotations, paths, addresses and numbers."""
    for pattern, instead in _OWN:
        message = pattern.sub(instead, message)
    return message


def _last_line(output: str) -> str:
    lines = plain(output[-_TAIL_CHARACTERS:]).rstrip().splitlines()
    return lines[-1].strip() if lines else ""
