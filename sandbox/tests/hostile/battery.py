"""The hostile programs of `programs/*.toml`, and what proves that each was contained.

A table is one program:

    proves    what its observable shows            language  python where it is left out
    code      the source                           stdin, files, tty  further parts of the request
    prints    all of its stdout, or                matches   a pattern for all of its stdout
    end       fields of its `complete` frame, a list is a choice
    within_s  when it has ended, if before the limit
    arch      the only machine it is for           bubblewrap  what differs there, and `because`
    open      why it is not contained yet: the test must fail

In `prints` and `matches` the lines of several attempts stand as `attempt.py` says them. That file
is in the workspace of every Python program.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
# Texts that are too long to be written down; a table names them with an @.
_MADE = {
    "@nine_megabytes": "x" * 9_000_000,
    "@large_constants": "public class Main { String[] all = {"
    + ",".join(f'"{n:0100d}"' for n in range(20_000))
    + "}; public static void main(String[] a) {} }",
    "@deep_expression": f"public class Main {{ int x = {'(' * 20_000}1{')' * 20_000}; }}",
    "@long_name": f"public class {'A' * 200_000} {{ public static void main(String[] a) {{}} }}",
}
_ATTEMPT = (_HERE / "attempt.py").read_text()

# What a process that means to outlive its run calls itself.
MARK = "cloudrun-hostile"


@dataclass(frozen=True)
class Program:
    """A table as it is for one runner."""

    id: str
    proves: str
    code: str
    language: str = "python"
    prints: str | None = None
    matches: str | None = None
    end: Mapping[str, Any] = field(default_factory=dict)
    within_s: float | None = None
    stdin: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    tty: bool = False
    arch: str | None = None
    because: str | None = None
    open: str | None = None

    @property
    def request(self) -> dict[str, Any]:
        helper = {"attempt.py": _ATTEMPT} if self.language == "python" else {}
        files = [{"name": name, "content": text} for name, text in {**helper, **self.files}.items()]
        return {
            "language": self.language,
            "code": _MADE.get(self.code, self.code),
            "stdin": _MADE.get(self.stdin, self.stdin),
            "files": files,
            "tty": self.tty,
            "artifacts": True,  # as the IDE asks for them
        }


def load() -> dict[str, dict[str, Any]]:
    """The tables of all files, by id."""
    tables: dict[str, dict[str, Any]] = {}
    for path in sorted((_HERE / "programs").glob("*.toml")):
        with path.open("rb") as file:
            for id, table in tomllib.load(file).items():
                if id in tables:
                    raise ValueError(f"{id} is there twice")
                tables[id] = table
    return tables


def program(id: str, table: Mapping[str, Any], runner: str) -> Program:
    """The program as it is for `runner`; a difference has to give its reason."""
    common = {key: value for key, value in table.items() if key != "bubblewrap"}
    differs = table.get("bubblewrap", {}) if runner == "bubblewrap" else {}
    if differs and "because" not in differs:
        raise ValueError(f"{id} does not say why bubblewrap differs")
    if "matches" in differs:
        common.pop("prints", None)
    if "prints" in differs:
        common.pop("matches", None)
    return Program(id, **{**common, **differs})
