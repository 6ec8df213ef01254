"""What a compiler or a runtime said about an error."""

from dataclasses import dataclass

from sandbox.diagnosis.sources import Place


@dataclass(frozen=True)
class Report:
    """One error: its `title` (an exception's name, empty for a compiler's), message and place."""

    title: str
    message: str
    place: Place | None = None
