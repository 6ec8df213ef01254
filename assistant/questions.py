"""What somebody asks the assistant, once it has been checked."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from assistant.providers.base import Message
from sandbox.languages import Language
from sandbox.requests import UTF8, SourceFile

# How much is given away where people are to find it themselves.
Step = Literal["nudge", "explain", "show"]
STEPS: tuple[Step, ...] = ("nudge", "explain", "show")


@dataclass(frozen=True)
class Tried:
    """A proposal that failed when it was run: the whole answer, why it failed, what it printed."""

    response: str
    why: str
    output: str


@dataclass(frozen=True)
class Question:
    """`error` is what the program or its compiler printed, `line` (from 1) where that points.

    `text` is a question in the asker's own words, after what `turns` said. `tried` is what was
    proposed to this question before.
    """

    action: str
    language: Language
    code: str = ""
    error: str = ""
    stdin: str = ""
    args: tuple[str, ...] = ()
    files: tuple[SourceFile, ...] = ()
    install_packages: tuple[str, ...] = ()
    line: int | None = None
    step: Step = "show"
    turns: tuple[Message, ...] = ()
    text: str = ""
    tried: Tried | None = None

    @cached_property
    def main(self) -> str:
        """The name of the file that `code` is."""
        if not self.language.is_sandboxed:
            return self.language.file
        return self.language.program(self.code, embedded=False).file

    @property
    def is_hint(self) -> bool:
        """Whether less than all is to be given away."""
        return self.step != "show"

    @property
    def texts(self) -> dict[str, object]:
        """What was asked, for those who may read it."""
        return {
            "sources": self.sources,
            "error": self.error,
            "stdin": self.stdin,
            "question": self.text,
        }

    @cached_property
    def sources(self) -> dict[str, str]:
        """All files that are text, by name; the one that is run is the first."""
        others = {file.name: file.content for file in self.files if file.encoding == UTF8}
        return {self.main: self.code} | others | {self.main: self.code}
