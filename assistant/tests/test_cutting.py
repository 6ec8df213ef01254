from dataclasses import replace

from assistant.cutting import cut_code, cut_output
from assistant.prompts import word
from assistant.providers.base import Message
from assistant.questions import Question
from sandbox.languages import LANGUAGES

CODE = "\n".join(f"line_{number} = {number}" for number in range(1, 5001))


def test_short_texts_stay_whole() -> None:
    assert cut_code("main.py", "x = 1\n", line=1, most=100).text == "x = 1\n"
    assert cut_output("oops\n").text == "oops\n"
    assert cut_output("oops\n").left_out == ""


def test_long_code_keeps_its_beginning_and_the_line_at_fault() -> None:
    cut = cut_code("main.py", CODE, line=3000, most=20_000)
    assert len(cut.text) < 21_000
    for number in (1, 2, 2990, 3000, 3010):
        assert f"line_{number} = {number}\n" in cut.text
    assert "lines left out ...]" in cut.text
    assert cut.left_out.startswith("only ")
    assert cut.left_out.endswith(" of 5,000 lines of main.py")


def test_long_code_without_a_line_keeps_its_end() -> None:
    assert cut_code("main.py", CODE, line=None, most=20_000).text.endswith("line_5000 = 5000")


def test_one_endless_line_is_cut() -> None:
    cut = cut_code("main.py", "x" * 1_000_000, line=1, most=20_000)
    assert len(cut.text) < 21_000
    assert cut.left_out


def test_line_behind_the_end_is_no_error() -> None:
    assert cut_code("main.py", CODE, line=99_999, most=20_000).text


def test_no_room_leaves_nothing_but_the_words() -> None:
    cut = cut_code("big.py", CODE, line=None, most=0)
    assert "line_" not in cut.text
    assert cut.left_out == "only 0 of 5,000 lines of big.py"


def test_output_keeps_whole_last_lines() -> None:
    cut = cut_output("\n".join(f"row {number}" for number in range(5000)), most=100)
    assert cut.text.startswith("row ")
    assert cut.text.endswith("row 4999")
    assert "of the output" in cut.left_out


def test_long_conversation_keeps_its_end() -> None:
    turns = [Message("assistant", f"{number} {'x' * 9_000}") for number in range(5)]
    question = Question("explain_error", LANGUAGES["python"], error="No.", text="Why?")
    wording = word(replace(question, turns=(*turns, Message("user", "So?"))))
    _, *sent, last = wording.prompt.messages
    assert [message.content[:3].strip() for message in sent] == ["3 x", "4 x", "So?"]
    assert last.content == "Why?"
    assert wording.left_out == ("only the last 3 of 6 messages of the conversation",)
    short = word(replace(question, turns=tuple(turns[:2])))
    assert len(short.prompt.messages) == 4
    assert short.left_out == ()
