"""The examples of `examples/`: one TOML file each, and no code."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from sandbox.languages import LANGUAGES


@dataclass(frozen=True)
class Example:
    """A small program that shows one thing.

    `stdin` and `output` are for its test: what is typed, and what it then prints. `packages` are
    what "Install and run again" installs.
    """

    id: str
    name: str
    about: str
    language: str
    files: dict[str, str]
    output: str
    stdin: str = ""
    packages: tuple[str, ...] = ()

    @property
    def entry(self) -> str:
        return LANGUAGES[self.language].file

    @property
    def language_name(self) -> str:
        return LANGUAGES[self.language].name


def _load(folder: Path) -> dict[str, Example]:
    return {path.stem: _example(path) for path in sorted(folder.glob("*.toml"))}


def _example(path: Path) -> Example:
    with path.open("rb") as file:
        table = tomllib.load(file)
    packages = tuple(table.pop("packages", ()))
    return Example(id=path.stem, packages=packages, **table)


EXAMPLES = _load(Path(__file__).with_name("examples"))
