"""Programs as students write them, and how their runs ended: what a million runs are made of."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.events import EventLog, pack
from sandbox.models import pack_source
from sandbox.summaries import searchable

# How often each is run, of a hundred; and a line of it, where `{word}` is some name.
_LANGUAGES = {
    "python": (62, "{word} = [number * {n} for number in range({n})]\nprint({word})\n"),
    "java": (14, 'System.out.println("{word}: " + {n});\nint {word} = {n};\n'),
    "cpp": (9, 'std::cout << "{word}" << {n} << std::endl;\nint {word} = {n};\n'),
    "nodejs": (9, "const {word} = {n};\nconsole.log({word});\n"),
    "ubuntu": (6, "echo {word} | sort | head -n {n}\n"),
}
_WORDS = (
    "total count number names grades average matrix primes fibonacci queue stack tree node graph"
    " paths visited letters vowels palindrome reverse celsius fahrenheit account balance customer"
    " inventory price basket student teacher course lesson answer guess secret player board moves"
    " score winner dice cards deck shuffle circle square radius area volume temperature rainfall"
    " city country population area_code phone address birthday calendar weekday month year leap"
).split()
_ERRORS = (
    "NameError: name '…' is not defined", "IndexError: list index out of range",
    "TypeError: unsupported operand type(s) for +: 'int' and 'str'", "KeyError: …",
    "ZeroDivisionError: division by zero", "SyntaxError: invalid syntax", "IndentationError: …",
    "ValueError: invalid literal for int() with base 10: …", "error: ';' expected",
    "error: cannot find symbol", "ReferenceError: … is not defined", "command not found",
)  # fmt: skip
# Status, reason, exit code, and how often of a hundred.
_ENDS = (
    ("completed", "exit", 0, 70.0),
    ("error", "exception", 1, 18.0),
    ("error", "compile_error", 1, 6.0),
    ("timeout", "time_limit", 137, 3.0),
    ("stopped", "stopped", 137, 2.0),
    ("error", "memory_limit", 137, 0.7),
    ("error", "output_limit", 137, 0.2),
    ("lost", "lost", None, 0.1),
)


@dataclass(frozen=True)
class Program:
    """The columns of a run that come from what was run and how it ended."""

    language: str
    status: str
    reason: str
    exit_code: int | None
    error: str
    source: bytes
    log: bytes
    search_text: str


def programs(count: int) -> Iterator[Program]:
    """Always the same ones."""
    chance = random.Random(7)
    languages, shares = list(_LANGUAGES), [share for share, _ in _LANGUAGES.values()]
    for _ in range(count):
        (language,) = chance.choices(languages, shares)
        status, reason, exit_code, _ = chance.choices(_ENDS, [end[-1] for end in _ENDS])[0]
        has_error = reason in {"exception", "compile_error"}
        # Some are made again and again.
        error = _ERRORS[int(len(_ERRORS) * chance.random() ** 2)] if has_error else ""
        yield _program(chance, language, status, reason, exit_code, error)


def _program(
    chance: random.Random, language: str, status: str, reason: str, exit_code: Any, error: str
) -> Program:
    line = _LANGUAGES[language][1]
    words = chance.choices(_WORDS, k=chance.randint(3, 9))
    code = "".join(line.format(word=word, n=chance.randint(2, 99)) for word in words)
    output = "".join(f"{word} {chance.randint(0, 999)}\n" for word in words)
    log = EventLog()
    log.append("status", "Running...", state="running", wall_time_s=30, cpu_time_s=None)
    log.append("stdout", output)
    if error:
        log.append("stderr", f"Traceback\n  line {chance.randint(1, 40)}\n{error}\n")
    log.append("complete", "Ended", status=status, explanation="")
    source = {"code": code, "stdin": "", "args": [], "files": []}
    return Program(
        language=language,
        status=status,
        reason=reason,
        exit_code=exit_code,
        error=error,
        source=pack_source({**source, "tty": False, "cols": 80, "rows": 24}),
        log=pack(log),
        search_text=searchable(code, output + error),
    )
