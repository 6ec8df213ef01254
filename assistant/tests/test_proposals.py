import pytest

from assistant.proposals import proposed_files

SOURCES = {"main.py": "print(1/0)\n", "lib/tools.py": "A = 1\n"}


def block(info: str, code: str) -> str:
    return f"Look:\n\n```{info}\n{code}\n```\n"


@pytest.mark.parametrize(
    "info", ["python main.py", "python", "", "main.py", "python file=main.py", 'py title="main.py"']
)
def test_block_becomes_the_program(info: str) -> None:
    answer = block(info, "print(1)")
    assert proposed_files(answer, SOURCES) == {"main.py": "print(1)\n"}


def test_blocks_become_the_files_that_they_name() -> None:
    answer = block("python main.py", "import lib.tools") + block("python lib/tools.py", "A = 2")
    assert proposed_files(answer, SOURCES) == {
        "main.py": "import lib.tools\n",
        "lib/tools.py": "A = 2\n",
    }


def test_block_can_make_a_new_file() -> None:
    assert proposed_files(block("python new.py", "B = 1"), SOURCES) == {"new.py": "B = 1\n"}


@pytest.mark.parametrize("name", ["main.js", "app.mjs", "fixed.js"])
def test_program_is_itself_under_another_name(name: str) -> None:
    answer = block(f"javascript {name}", "let a;")
    assert proposed_files(answer, {"index.js": "let b;\n"}) == {"index.js": "let a;\n"}


@pytest.mark.parametrize(
    ("names", "sources", "files"),
    [
        # New files: of another kind, or wanted by the program.
        (["data.txt"], {"index.js": "read()"}, {"data.txt"}),
        (["lib.js"], {"index.js": 'require("./lib")'}, {"lib.js"}),
        # The program, and what it is to want.
        (["main.js", "lib.js"], {"index.js": "x"}, {"index.js", "lib.js"}),
        (["index.js", "main.js"], {"index.js": "x"}, {"index.js", "main.js"}),
        # Beside other files only what can be nothing else.
        (["main.js"], {"index.js": "x", "lib.js": "y"}, {"index.js"}),
        (["more.js"], {"index.js": "x", "lib.js": "y"}, {"more.js"}),
        # Nobody knows which.
        (["one.js", "two.js"], {"index.js": "x"}, {"one.js", "two.js"}),
    ],
)
def test_new_file_is_told_from_the_program(
    names: list[str], sources: dict[str, str], files: set[str]
) -> None:
    answer = "".join(block(f"javascript {name}", "new") for name in names)
    assert set(proposed_files(answer, sources)) == files


@pytest.mark.parametrize("info", ["python ../evil.py", "python /etc/passwd.py", "python a\\b.py"])
def test_odd_name_is_no_new_file(info: str) -> None:
    assert set(proposed_files(block(info, "print(1)"), SOURCES)) <= {"main.py"}


def test_several_unnamed_blocks_are_no_program() -> None:
    assert proposed_files(block("python", "print(1)") + block("", "print(2)"), SOURCES) == {}


def test_named_block_counts_beside_examples() -> None:
    answer = block("", "ZeroDivisionError") + block("python main.py", "print(1)")
    assert proposed_files(answer, SOURCES) == {"main.py": "print(1)\n"}


def test_unchanged_file_is_no_proposal() -> None:
    assert proposed_files(block("python main.py", "print(1/0)"), SOURCES) == {}


def test_end_of_the_file_stays_as_it_was() -> None:
    assert proposed_files(block("", "print(2)"), {"main.py": "print(1)"}) == {"main.py": "print(2)"}


@pytest.mark.parametrize("answer", ["", "Nothing to do.", "`print(1)`", "```python\n```\n"])
def test_answer_without_code_proposes_nothing(answer: str) -> None:
    assert proposed_files(answer, SOURCES) == {}


def test_fences_inside_code_stay_in_it() -> None:
    code = 'TEXT = """\n```\nnot the end\n```\n"""'
    assert proposed_files(f"````python main.py\n{code}\n````\n", SOURCES) == {
        "main.py": code + "\n"
    }


def test_hostile_markdown_is_read_quickly() -> None:
    assert proposed_files("> " * 20_000 + "*" * 40_000, SOURCES) == {}
