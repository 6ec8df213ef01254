"""Hints hold no code that would be the answer, whatever a provider writes."""

import pytest

from assistant.hints import LEFT_OUT, LEFT_OUT_INLINE, Hint
from assistant.questions import Question
from sandbox.languages import LANGUAGES

PROGRAM = "".join(f"line_{number} = {number}\n" for number in range(8)) + "print(1 / 0)\n"
SOLUTION = PROGRAM.replace("1 / 0", "1 / 1")


QUESTION = Question(
    action="fix_error",
    language=LANGUAGES["python"],
    code=PROGRAM,
    error="line 9\nZeroDivisionError: division by zero\n",
    step="nudge",
)


def told(text: str, *, size: int = 7) -> str:
    hint = Hint(QUESTION)
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    return "".join(map(hint.feed, pieces)) + hint.finish()


def indented(text: str, by: str = "    ") -> str:
    return "".join(by + line for line in text.splitlines(keepends=True))


@pytest.mark.parametrize(
    "block",
    [
        f"```python main.py\n{SOLUTION}```\n",
        f"~~~~\n{SOLUTION}~~~~\n",
        f"```\n{SOLUTION}",
        indented(SOLUTION),
        "1. So:\n\n" + indented(f"```python\n{SOLUTION}```\n", "   "),
        f"- ```python\n{indented(SOLUTION, '  ')}  ```\n",
        indented(f"```python\n{SOLUTION}```\n", "> "),
        f"<div>\n```python\n{SOLUTION}```\n</div>\n",
        f"```python\r\n{SOLUTION}```\r\n",
        "```python\nprint(1 / 1)\n```\n",
    ],
)
@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_solution_is_left_out_however_it_comes(block: str, size: int) -> None:
    hint = told(f"Look at the **last** line.\n\n{block}\nThen think.\n", size=size)
    assert hint.startswith("Look at the **last** line.\n")
    assert "1 / 1" not in hint
    assert LEFT_OUT in hint


@pytest.mark.parametrize(
    "text",
    [
        "Write `print(1 / 1)` there.\n",
        "Write ``print(1 / 1)`` there.\n",
        "Write `print(1\n/ 1)` there.\n",
        "- `line_3`: `print(1 / 1)`\n",
        "> Write `print(1 / 1)`.\n",
        "# `print(1 / 1)`\n",
        "Write `1 / 1`.\n\n    print(1 / 0)\n",
        "| before | after |\n|---|---|\n| `print(1 / 0)` | `print(1 / 1)` |\n",
    ],
)
@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_code_in_a_sentence_is_left_out(text: str, size: int) -> None:
    hint = told(text, size=size)
    assert "1 / 1" not in hint.replace("\n", " ")
    assert hint.count(LEFT_OUT_INLINE) == 1


def test_text_after_the_code_is_told() -> None:
    assert told(f"One.\n\n```\n{SOLUTION}```\n\nTwo.\n").endswith("\n\nTwo.\n")


@pytest.mark.parametrize(
    "text",
    [
        "No code at all.\n\n- one\n- two\n",
        "A line:\n\n```python\nline_3 = 3\n```\n",
        "The error:\n\n    ZeroDivisionError: division by zero\n",
        f"Your own:\n\n```python\n{PROGRAM}```\n",
        "An `IndexError`, `len`, `int()`, `os.path`; in `print(1 / 0)` or ``1 / 0``.\n",
        "| name | what |\n|---|---|\n| `line_3` | `line_3 = 3` |\n",
        "Half a `code, and a `` that nothing ends.\n\nAnother ` one.\n",
        "",
    ],
)
def test_program_and_error_may_be_quoted(text: str) -> None:
    assert told(text) == text
