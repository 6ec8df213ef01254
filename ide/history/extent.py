"""How much of a run one page shows, so that it is as quick for a large one. The whole is there to
download."""

import time
from dataclasses import dataclass

CODE_OF_FILE = 64 * 1024  # characters, as all of these
CODE_OF_PAGE = 256 * 1024
OUTPUT = 64 * 1024
DIFFERENCES = 400_000
_LINES_OF_PAGE = 10_000
_CPU_S = 0.6


@dataclass
class Extent:
    """What is left of it for the rest of a page."""

    characters: int
    lines: int = _LINES_OF_PAGE
    cpu_s: float = _CPU_S

    def take_head(self, text: str) -> str:
        """The beginning of a file that there is room for, which ends with a line where it can."""
        room = min(self.characters, CODE_OF_FILE)
        lines = text[:room].split("\n", self.lines)[: self.lines]
        head = "\n".join(lines)
        if len(head) < len(text) and "\n" in head:
            head = head[: head.rindex("\n") + 1]
        self.characters -= len(head)
        self.lines -= len(lines)
        return head


class Spent:
    """Takes what a `with` needs of the processor from an extent."""

    def __init__(self, extent: Extent) -> None:
        self._extent = extent

    def __enter__(self) -> None:
        self._began = time.thread_time()

    def __exit__(self, *_: object) -> None:
        self._extent.cpu_s -= time.thread_time() - self._began


def tail(text: str) -> str:
    """The end of what a program wrote, from the beginning of a line where there is one near."""
    if len(text) <= OUTPUT:
        return text
    end = text[-OUTPUT:]
    line = end.find("\n", 0, OUTPUT // 2) + 1
    return end[line:]
