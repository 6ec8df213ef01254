"""Why programs end: real error texts of every language, and programs that make them up."""

import random
import time
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sandbox.diagnosis import Diagnosis, Facts, Reason, diagnose
from sandbox.languages import LANGUAGES
from sandbox.limits import MIB, Limits

TEXTS: list[dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("error_texts.toml").read_text(encoding="utf-8")
)["text"]
LIMITS = Limits(
    wall_time_s=30,
    output_bytes=MIB,
    memory_bytes=256 * MIB,
    cpu_quota_us=50_000,
    cpu_period_us=100_000,
)
TRACEBACK = (
    "Traceback (most recent call last):\n"
    '  File "/workspace/main.py", line 1, in <module>\n'
    "    {}['late']\n"
    "    ~~^^^^^^^^\n"
    "KeyError: 'late'\n"
)
# What one diagnosis may take, and how long an explanation may be.
FAST_S = 0.05
LONGEST_EXPLANATION = 500


def make_facts(language: str = "python", code: str = "{}['late']\n", **changes: Any) -> Facts:
    facts = Facts(language, {LANGUAGES[language].file: code}, LIMITS, exit_code=1)
    return replace(facts, **changes)


def facts_of(text: dict[str, Any]) -> Facts:
    files = {LANGUAGES[text["language"]].file: text["code"], **text.get("files", {})}
    facts = make_facts(text["language"], files=files, exit_code=text["exit_code"])
    return replace(facts, **text.get("facts", {}))


@pytest.mark.parametrize("text", TEXTS, ids=[text["name"] for text in TEXTS])
def test_error_text_is_understood(text: dict[str, Any]) -> None:
    diagnosis = diagnose(facts_of(text), text["stderr"])
    expected = Diagnosis(Reason(text["reason"]), text["explanation"], *text.get("at", []))
    assert replace(diagnosis, problems=()) == expected
    if problems := diagnosis.problems:
        first = problems[0]
        assert (first.file, first.line, first.column) == (
            expected.file,
            expected.line,
            expected.column,
        )


CPP_ERRORS = """\
main.cpp: In function 'int main()':
main.cpp:2:3: error: 'x' was not declared in this scope
    2 |   x = 1;
      |   ^
main.cpp:3:3: warning: unused variable 'z' [-Wunused-variable]
main.cpp:4:11: error: expected ';' before '}' token
"""
JAVA_ERRORS = """\
Main.java:2: error: ';' expected
  int x = 1
           ^
Main.java:3: error: cannot find symbol
  foo();
  ^
  symbol:   method foo()
2 errors
"""


@pytest.mark.parametrize(
    ("language", "stderr", "places"),
    [("cpp", CPP_ERRORS, [(2, 3), (4, 11)]), ("java", JAVA_ERRORS, [(2, 12), (3, 3)])],
)
def test_every_error_of_a_compiler_is_a_problem(
    language: str, stderr: str, places: list[tuple[int, int]]
) -> None:
    code = "{\n  x = 1;\n  foo();\n  return 0 }\n"
    diagnosis = diagnose(make_facts(language, code, compiled=False), stderr)
    assert [(problem.line, problem.column) for problem in diagnosis.problems] == places
    assert (diagnosis.line, diagnosis.column) == places[0]


def test_a_flood_of_errors_is_cut() -> None:
    stderr = "".join(f"main.cpp:1:{n}: error: no\n" for n in range(1, 2000))
    diagnosis = diagnose(make_facts("cpp", "x" * 2000, compiled=False), stderr)
    assert len(diagnosis.problems) == 50


@pytest.mark.parametrize(
    ("ended_by", "explanation"),
    [
        ("stopped", "Your program was stopped before it ended."),
        ("deactivated", "Your program was stopped because your account was deactivated."),
        ("time_limit", "Your program was still running after 30 seconds and was stopped."),
        ("output_limit", "Your program printed more than 1 MB and was stopped."),
        ("disk_limit", "Your program wrote more than 64 MB to disk and was stopped."),
    ],
)
@pytest.mark.parametrize("exit_code", [0, 1, 137, None])
def test_platform_kill_beats_everything(
    ended_by: str, explanation: str, exit_code: int | None
) -> None:
    facts = make_facts(
        ended_by=ended_by,
        exit_code=exit_code,
        oom_killed=True,
        process_limited=True,
        disk_full=True,
    )
    assert diagnose(facts, TRACEBACK) == Diagnosis(Reason(ended_by), explanation)


@pytest.mark.parametrize(
    ("limits", "ended_by", "explanation"),
    [
        (
            replace(LIMITS, cpu_time_s=30, wall_time_s=300),
            "time_limit",
            "Your program was stopped because it used 30 seconds of processor time or was still"
            " running after 300 seconds.",
        ),
        (
            replace(LIMITS, wall_time_s=1),
            "time_limit",
            "Your program was still running after 1 second and was stopped.",
        ),
        (
            replace(LIMITS, disk_bytes=512 * MIB),
            "disk_limit",
            "Your program wrote more than 512 MB to disk and was stopped.",
        ),
        (
            replace(LIMITS, wall_time_s=0.5),
            "time_limit",
            "Your program was still running after 0.5 seconds and was stopped.",
        ),
        (
            replace(LIMITS, output_bytes=1536 * 1024),
            "output_limit",
            "Your program printed more than 1.5 MB and was stopped.",
        ),
    ],
)
def test_explanation_names_the_limit_of_the_run(
    limits: Limits, ended_by: str, explanation: str
) -> None:
    assert diagnose(make_facts(limits=limits, ended_by=ended_by), "").explanation == explanation


def test_full_disk_of_a_root_shell_has_a_size_of_its_own() -> None:
    facts = make_facts("ubuntu", disk_full=True, limits=replace(LIMITS, disk_bytes=512 * MIB))
    explanation = diagnose(facts, "cp: No space left on device\n").explanation
    assert explanation == "Your program ran out of disk space, of which there is 512 MB."


def test_compiler_that_is_killed_is_not_called_the_program() -> None:
    facts = make_facts("cpp", compiled=False, ended_by="time_limit", exit_code=137)
    assert diagnose(facts, "").explanation.startswith("The compiler was still running")


def test_memory_limit_is_told_over_the_exception_that_followed() -> None:
    diagnosis = diagnose(make_facts(oom_killed=True), TRACEBACK)
    assert (diagnosis.reason, diagnosis.line) == (Reason.MEMORY_LIMIT, 1)


def test_error_in_the_source_is_told_over_the_memory_limit() -> None:
    facts = make_facts("cpp", "int main() { x; }", compiled=False, oom_killed=True)
    stderr = "main.cpp:1:14: error: 'x' was not declared in this scope\n"
    assert diagnose(facts, stderr).reason == Reason.COMPILE_ERROR


@pytest.mark.parametrize("fact", [{"process_limited": True}, {"disk_full": True}])
def test_limit_that_the_program_got_over_is_not_the_reason(fact: dict[str, Any]) -> None:
    diagnosis = diagnose(make_facts(**fact), TRACEBACK)
    assert diagnosis.reason == Reason.EXCEPTION
    assert diagnose(make_facts(**fact, exit_code=3), "").reason == Reason.EXIT


@pytest.mark.parametrize(
    ("fact", "text", "reason"),
    [
        ({"process_limited": True}, "fork: Resource temporarily unavailable", Reason.PROCESS_LIMIT),
        ({"disk_full": True}, "write: No space left on device", Reason.DISK_LIMIT),
    ],
)
def test_limit_needs_both_the_fact_and_the_text(
    fact: dict[str, Any], text: str, reason: Reason
) -> None:
    early = text + "\nworking\n" * 10
    assert diagnose(make_facts(**fact), text).reason == reason
    assert diagnose(make_facts(), text).reason == Reason.EXIT
    assert diagnose(make_facts(**fact), early).reason == Reason.EXIT
    assert diagnose(make_facts(**fact, exit_code=0), text).reason == Reason.EXIT


def test_abort_without_a_word_after_a_refused_fork_is_the_process_limit() -> None:
    facts = make_facts("nodejs", exit_code=134, process_limited=True)
    assert diagnose(facts, "").reason == Reason.PROCESS_LIMIT


@pytest.mark.parametrize("exit_code", [2, 3, 137, 139])
def test_exception_needs_the_exit_code_of_the_runtime(exit_code: int) -> None:
    assert diagnose(make_facts(exit_code=exit_code), TRACEBACK).reason != Reason.EXCEPTION
    assert diagnose(make_facts(), TRACEBACK).reason == Reason.EXCEPTION


def test_exception_needs_the_form_of_its_own_language() -> None:
    for language in set(LANGUAGES) - {"python"}:
        assert diagnose(make_facts(language), TRACEBACK).reason == Reason.EXIT


def test_every_signal_has_words_and_no_other_code_is_one() -> None:
    for exit_code in range(129, 160):
        diagnosis = diagnose(make_facts(exit_code=exit_code), "")
        assert diagnosis.reason == Reason.SIGNAL
        assert f"exit code {exit_code}, which usually means that it" in diagnosis.explanation
    for exit_code in (2, 124, 128, 160, 255, 256, -9, 2**31):
        assert diagnose(make_facts(exit_code=exit_code), "").reason == Reason.EXIT


def test_traceback_that_lost_its_beginning_is_understood() -> None:
    code = "def is_even(n):\n    return is_odd(n - 1)\ndef is_odd(n):\n    return is_even(n - 1)\n"
    frames = (
        '  File "/workspace/main.py", line 2, in is_even\n    return is_odd(n - 1)\n'
        '  File "/workspace/main.py", line 4, in is_odd\n    return is_even(n - 1)\n'
    )
    stderr = frames * 400 + "RecursionError: maximum recursion depth exceeded\n"
    expected = Diagnosis(
        Reason.EXCEPTION,
        "RecursionError on line 4: maximum recursion depth exceeded.",
        "main.py",
        4,
    )
    assert replace(diagnose(make_facts(code=code), stderr[-16_000:]), problems=()) == expected
    assert diagnose(make_facts(code=code), stderr[-400:]).reason == Reason.EXIT


def test_stack_trace_that_lost_its_beginning_is_understood() -> None:
    facts = make_facts("java", "class Main {\n    int f() { return f(); }\n}\n")
    expected = Diagnosis(Reason.EXCEPTION, "Exception on line 2.", "Main.java", 2)
    diagnosis = diagnose(facts, "\tat Main.f(Main.java:2)\n" * 1024)
    assert replace(diagnosis, problems=()) == expected


def test_syntax_error_may_show_a_part_of_its_line() -> None:
    stderr = (
        '  File "/workspace/main.py", line 1\n    (x y)\n     ^\n'
        "SyntaxError: f-string: invalid syntax\n"
    )
    diagnosis = diagnose(make_facts(code="print(f'{x y}')\n"), stderr)
    assert (diagnosis.reason, diagnosis.line, diagnosis.column) == (Reason.EXCEPTION, 1, None)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_lines_are_counted_as_the_runtimes_do(newline: str) -> None:
    code = newline.join(["x = 1", "\t{}['late']", ""])
    stderr = TRACEBACK.replace("line 1", "line 2")
    diagnosis = diagnose(make_facts(code=code), stderr)
    assert (diagnosis.line, diagnosis.column) == (2, 2)


def test_byte_order_mark_is_no_column() -> None:
    assert diagnose(make_facts(code="\ufeff{}['late']\n"), TRACEBACK).column == 1


def test_stack_trace_that_the_program_printed_afterwards_is_not_the_reason() -> None:
    facts = make_facts("java", "\n" * 9)
    uncaught = 'Exception in thread "Thread-0" java.lang.Error\n\tat Main.run(Main.java:4)\n'
    printed = "java.lang.IllegalStateException: giving up\n\tat Main.main(Main.java:6)\n"
    assert diagnose(facts, uncaught).reason == Reason.EXCEPTION
    assert diagnose(facts, uncaught + printed).reason == Reason.EXIT


def test_java_file_is_found_by_its_package() -> None:
    files = {"Main.java": "\n" * 9, "shop/Cart.java": "\n" * 9, "bank/Cart.java": "\n" * 9}
    stderr = 'Exception in thread "main" java.lang.Error\n\tat bank.Cart.pay(Cart.java:4)\n'
    assert diagnose(make_facts("java", files=files), stderr).file == "bank/Cart.java"


def long_texts() -> dict[str, str]:
    """64 KiB each, made to cost a careless reader most."""
    pieces = {
        "escapes": "\x1b[",
        "unfinished_escapes": "\x1b[0;",
        "titles": "\x1b]0;",
        "returns": "\r",
        "newlines": "\n",
        "spaces": " ",
        "digits": "1",
        "colons": ":1",
        "letters": "x",
        "wide_letters": "日",
        "frames": '  File "/workspace/main.py", line 1, in f\n',
        "shown_frames": '  File "/workspace/main.py", line 1, in f\n    x\n    ^\n',
        "tracebacks": TRACEBACK,
        "headers": "Traceback (most recent call last):\n",
        "groups": "  + Exception Group Traceback (most recent call last):\n",
        "group_ends": "  +---\n",
        "node_headers": "/workspace/index.js:1\nx\n^\n",
        "node_frames": "    at f (/workspace/index.js:1:1)\n",
        "node_words": "Error [x]: [",
        "java_headers": 'Exception in thread "',
        "java_frames": "\tat Main.f(Main.java:1)\n",
        "causes": "Caused by: x\n",
        "javac_errors": "Other.java:1: error: x\n",
        "includes": "In file included from main.cpp:1:1:\n",
        "requirements": "main.cpp:1:1:   required from here\n",
        "terminations": "terminate called after throwing an instance of '",
        "assertions": "Assertion `",
        "links": "undefined reference to ",
        "complaints": "main.sh: line 1: ",
    }
    texts = {name: piece * (65_536 // len(piece)) for name, piece in pieces.items()}
    endings = {
        "node": "\n\nNode.js v20.1.0\n",
        "python": "\nKeyError: 'late'\n",
        "group": "\n    +---\n",
        "java": "\n\tat Main.main(Main.java:1)\n",
        "assertion": "' failed.",
    }
    for ending, end in endings.items():
        texts |= {f"{name}_{ending}": texts[name][: -len(end)] + end for name in pieces}
    texts["assertion_without_end"] = "a.out: main.cpp:1: " + texts["assertions"]
    number = "1" * 60_000
    texts["python_number"] = TRACEBACK.replace("line 1", f"line {number}")
    texts["node_number"] = f"/workspace/index.js:{number}\nx\n^\n\nx\n\nNode.js v20.1.0\n"
    texts["node_frame_number"] = f"x:1\nx\n^\n\nx\n    at x:{number}:1\n\nNode.js v20.1.0\n"
    texts["java_number"] = f'Exception in thread "main" x\n\tat Main.main(Main.java:{number})\n'
    texts["compiler_number"] = f"main.cpp:{number}:{number}: error: x\n"
    texts["shell_number"] = f"main.sh: line {number}: x\n"
    return texts


LONG_TEXTS = long_texts()


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {"html"}))
def test_hostile_text_costs_little(language: str) -> None:
    codes = {"python": 1, "nodejs": 1, "java": 1, "cpp": 134, "ubuntu": 127}
    facts = make_facts(
        language, "x = 1\n" * 300_000, exit_code=codes[language], process_limited=True
    )
    for name, text in LONG_TEXTS.items():
        for compiled in (True, False):
            tried = [cost_of(replace(facts, compiled=compiled), text) for _ in range(3)]
            assert min(tried) < FAST_S, name


def cost_of(facts: Facts, text: str) -> float:
    """Seconds of processor time for one diagnosis, which is checked too."""
    started = time.process_time()
    diagnosis = diagnose(facts, text)
    cost = time.process_time() - started
    check_shape(diagnosis, facts)
    return cost


def check_shape(diagnosis: Diagnosis, facts: Facts) -> None:
    """One printable sentence, and a place that exists."""
    assert len(diagnosis.explanation) <= LONGEST_EXPLANATION
    assert diagnosis.explanation.isprintable()
    assert diagnosis.explanation.endswith((".", "!", "?", "…"))
    if diagnosis.file is not None:
        assert diagnosis.file in facts.files
    if diagnosis.line is not None:
        assert diagnosis.file is not None
        assert 1 <= diagnosis.line <= facts.files[diagnosis.file].count("\n") + 1
    if diagnosis.column is not None:
        assert diagnosis.line is not None
        assert diagnosis.column >= 1


def test_damaged_texts_never_raise() -> None:
    chance = random.Random(3)
    for text in TEXTS:
        facts = facts_of(text)
        for _ in range(60):
            damaged = damage(text["stderr"], chance)
            for compiled in (True, False):
                changed = replace(facts, compiled=compiled, disk_full=chance.random() < 0.5)
                check_shape(diagnose(changed, damaged), changed)


def damage(text: str, chance: random.Random) -> str:
    """The text with lines lost, doubled and moved, and some characters replaced."""
    lines = [line for line in text.split("\n") if chance.random() > 0.15]
    lines += chance.sample(lines, min(2, len(lines)))
    if chance.random() < 0.3:
        chance.shuffle(lines)
    characters = list("\n".join(lines))
    for _ in range(chance.randrange(4)):
        if characters:
            characters[chance.randrange(len(characters))] = chance.choice(
                "0:\n\t '\"^|+(\ud800\x00٣"
            )
    return "".join(characters)
