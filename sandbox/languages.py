"""The languages of `languages.toml`, and what a source of one needs to be run."""

import re
import shlex
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from django.conf import settings

from sandbox.limits import Limits

# Comments, strings and character literals of the C family, where no declaration can stand. One
# that never ends reaches to the end of the text, which keeps the scan linear on hostile input.
_NOT_CODE = re.compile(
    r"""//[^\n]*|/\*.*?(?:\*/|\Z)|\"\"\".*?(?:\"\"\"|\Z)"""
    r"""|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?""",
    re.DOTALL,
)
# Declarations are looked for at the start of the source only: this runs on the event loop.
_SCANNED_CHARACTERS = 262_144
_LONGEST_ENTRY_BYTES = 200


@dataclass(frozen=True)
class Program:
    """One way to start a source: its file in the workspace and the shell commands.

    `prestarted`: an interpreter that was started by the language's `prestart` runs it as well.
    """

    file: str
    compile: str | None
    run: str
    prestarted: bool = False


@dataclass(frozen=True)
class Language:
    """An entry of `languages.toml`, which explains the fields."""

    id: str
    name: str
    version: str
    file: str
    template: str
    smoke: str
    smoke_output: str
    image: str | None = None
    compile: str | None = None
    run: str | None = None
    prestart: bool = False
    prestart_unless: str | None = None
    embedded_run: str | None = None
    embedded_version: str | None = None
    requires: tuple[str, ...] = ()
    network: bool = False
    root: bool = False
    unix_lines: bool = False
    install: str | None = None
    file_from_entry: str | None = None
    entry_patterns: tuple[str, ...] = ()
    namespace_pattern: str | None = None
    limits: dict[str, int] = field(default_factory=dict)

    @property
    def is_sandboxed(self) -> bool:
        """False for a language that the browser runs (HTML)."""
        return self.run is not None

    def source(self, code: str) -> str:
        """`code` as the toolchain takes it: no byte order mark, and for a shell no CR before LF."""
        code = code.removeprefix("\ufeff")
        return code.replace("\r\n", "\n") if self.unix_lines else code

    def program(self, source: str, *, embedded: bool, args: Sequence[str] = ()) -> Program:
        """How to run `source`; `embedded` with the machine's own toolchain."""
        code = _NOT_CODE.sub(" ", source[:_SCANNED_CHARACTERS]) if self.entry_patterns else ""
        entry = self._entry(code)
        file = self.file
        if entry and self.file_from_entry:
            file = self.file_from_entry.format(entry=entry)
        names = {"file": file, "entry": self._qualified(entry or Path(file).stem, code)}
        run = (self.embedded_run if embedded else None) or self.run
        if run is None:
            raise ValueError(f"{self.id} is not run in a sandbox")
        compile_command = self.compile.format(**names) if self.compile else None
        command = " ".join((run.format(**names), *map(shlex.quote, args)))
        # What was started in advance was started without arguments.
        return Program(file, compile_command, command, self._prestarts(source) and not args)

    def prestart_command(self, *, embedded: bool) -> str | None:
        """What can be started before there is a source, as arguments; None where nothing."""
        if not self.prestart:
            return None
        return self.program("", embedded=embedded).run.removeprefix("exec ")

    def run_limits(self, *, interactive: bool = False) -> Limits:
        """The limits of the settings, with what this language needs otherwise.

        A program that waits for somebody is not running: an `interactive` one is bounded by its
        CPU time, and by the clock much later.
        """
        limits = Limits(
            wall_time_s=settings.MAX_EXECUTION_TIME,
            output_bytes=settings.MAX_OUTPUT,
            memory_bytes=settings.MAX_MEMORY,
            cpu_quota_us=settings.MAX_CPU_QUOTA,
            cpu_period_us=settings.MAX_CPU_PERIOD,
            compile_cpu_quota_us=settings.COMPILE_CPU_QUOTA,
            disk_bytes=settings.SHELL_DISK if self.root else None,
            artifact_bytes=settings.MAX_ARTIFACTS,
        )
        if interactive:
            limits = replace(
                limits,
                wall_time_s=settings.MAX_INTERACTIVE_TIME,
                cpu_time_s=settings.MAX_EXECUTION_TIME,
            )
        return replace(limits, **self.limits)

    def _prestarts(self, source: str) -> bool:
        anew = self.prestart_unless and re.match(self.prestart_unless, source)
        return self.prestart and not anew

    def _entry(self, code: str) -> str | None:
        for pattern in self.entry_patterns:
            if match := re.search(pattern, code, re.DOTALL):
                # No file can have a longer name; its compiler says what is wrong.
                return match[1] if len(match[1].encode()) <= _LONGEST_ENTRY_BYTES else None
        return None

    def _qualified(self, entry: str, code: str) -> str:
        if self.namespace_pattern is None:
            return entry
        match = re.search(self.namespace_pattern, code)
        return f"{match[1][:_LONGEST_ENTRY_BYTES]}.{entry}" if match else entry


def load(path: Path) -> dict[str, Language]:
    """The languages in a TOML file, by id, in the file's order."""
    with path.open("rb") as file:
        tables: dict[str, dict[str, Any]] = tomllib.load(file)
    return {id: _language(id, table) for id, table in tables.items()}


def _language(id: str, table: dict[str, Any]) -> Language:
    lists = {key: tuple(value) for key, value in table.items() if isinstance(value, list)}
    return Language(id=id, **{**table, **lists})


LANGUAGES = load(Path(__file__).with_name("languages.toml"))


def language_name(id: str) -> str:
    """As people say it; the id itself of a language that this server has no more."""
    return LANGUAGES[id].name if id in LANGUAGES else id
