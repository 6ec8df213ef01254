"""What the benchmarks run, and what must come out of it."""

import shlex
from dataclasses import dataclass

from sandbox.languages import LANGUAGES, Language


@dataclass(frozen=True)
class Program:
    """A source and its whole output."""

    language: Language
    code: str
    expected: str

    def file(self) -> str:
        return self.language.program(self.code, embedded=False).file

    def command(self, *, embedded: bool = False) -> str:
        """For `sh -c`, in the folder of the file: compile and run."""
        program = self.language.program(self.code, embedded=embedded)
        return f"{program.compile} && {program.run}" if program.compile else program.run

    def argv(self, *, embedded: bool = False) -> list[str]:
        """The same, without a shell where none is needed: nothing between us and the program."""
        program = self.language.program(self.code, embedded=embedded)
        if program.compile:
            return ["sh", "-c", self.command(embedded=embedded)]
        return shlex.split(program.run.removeprefix("exec "))


def hello(language_id: str) -> Program:
    """The first program of a language: it prints one line."""
    language = LANGUAGES[language_id]
    return Program(language, language.smoke, language.smoke_output)


def numbered(batch: str, count: int) -> list[Program]:
    """Python programs that each print a line of their own; no two batches share any."""
    lines = [f"{MARK}{batch}-{number}" for number in range(count)]
    return [Program(LANGUAGES["python"], f"print({line!r})\n", f"{line}\n") for line in lines]


# Tells of whose run a line of output is.
MARK = "this-is-run-"
