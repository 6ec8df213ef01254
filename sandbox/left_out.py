"""What a program has made and is not kept: which files, and why."""

from collections.abc import Sequence
from dataclasses import dataclass, field

TOO_LARGE = "Too large"
TOO_MANY = "Too many"
ODDLY_NAMED = "Oddly named"
_NAMED = 3


@dataclass
class LeftOut:
    """`is_cut` where there is more, of which nothing is known."""

    is_cut: bool = False
    _names: dict[str, list[str]] = field(default_factory=dict)

    def add(self, name: str, reason: str) -> None:
        self._names.setdefault(reason, []).append(name)

    @property
    def sentences(self) -> list[str]:
        """Each says a reason and some of the files; none where nothing is left out."""
        said = [f"{reason}: {_words(reason, names)}." for reason, names in self._names.items()]
        return [*said, "There is more."] if self.is_cut else said


def _words(reason: str, names: Sequence[str]) -> str:
    """An odd name is not repeated."""
    if reason == ODDLY_NAMED:
        return "1 file" if len(names) == 1 else f"{len(names)} files"
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
