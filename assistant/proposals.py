"""The files that an answer proposes, read out of its Markdown."""

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from markdown_it import MarkdownIt

from sandbox.file_names import file_name_problem

# Blocks only: what stands in a line is of no interest, and can be slow to parse.
_BLOCKS = MarkdownIt("commonmark").disable("inline")
_MAX_FILES = 20
# What models call the file that is run, whatever it is called here.
_RUN_FIRST = {"app", "index", "main", "program", "script", "solution"}
_SAME_KIND = {".mjs": ".js", ".cjs": ".js", ".cc": ".cpp", ".cxx": ".cpp", ".bash": ".sh"}
_NEW_FILE = re.compile(r"[\w./-]*\w\.[A-Za-z]\w*")


def proposed_files(markdown: str, sources: Mapping[str, str]) -> dict[str, str]:
    """What is to replace files, by name; without those that would stay as they are.

    `sources` are the files that there are, the one that is run first. A block that names no file is
    that one's, where there is no more than one such block: two would be parts, or a before and an
    after. A block that names a new file makes it, unless it is the one that is run under another
    name.
    """
    main = next(iter(sources))
    named: dict[str, str] = {}
    unnamed: list[str] = []
    for token in _BLOCKS.parse(markdown):
        if token.type != "fence" or not token.content.strip():
            continue
        name = _name(token.info, sources)
        if name is None:
            unnamed.append(token.content)
        else:
            named[name] = token.content
    if not named and len(unnamed) == 1:
        named[main] = unnamed[0]
    if renamed := _renamed_main(named, sources):
        named[main] = named.pop(renamed)
    changed = {
        name: _with_end_of(sources.get(name, "\n"), content) for name, content in named.items()
    }
    files = {name: content for name, content in changed.items() if sources.get(name) != content}
    return files if len(files) <= _MAX_FILES else {}


def _name(info: str, sources: Mapping[str, str]) -> str | None:
    """The file that a block's first line names: `python main.py`, `file=main.py`, `main.py`."""
    words = [word.strip("\"'`{}()[]") for word in info.replace("=", " ").replace(":", " ").split()]
    for word in words:
        if word in sources:
            return word
    for word in words[1:]:  # the first is the language, "node.js" among them
        if _NEW_FILE.fullmatch(word) and not file_name_problem(word):
            return word
    return None


def _renamed_main(named: Mapping[str, str], sources: Mapping[str, str]) -> str | None:
    """The new file that stands for the one that is run: of its kind, and asked for by no other."""
    main = next(iter(sources))
    if main in named:
        return None
    alike = [
        name
        for name in named
        if name not in sources
        and _kind(name) == _kind(main)
        and (_is_run_first(name) or not _is_mentioned(name, {**sources, **named}))
    ]
    if len(alike) != 1:
        alike = [name for name in alike if _is_run_first(name)]
    is_clear = len(alike) == 1 and (len(sources) == 1 or _is_run_first(alike[0]))
    return alike[0] if is_clear else None


def _kind(name: str) -> str:
    suffix = PurePosixPath(name).suffix
    return _SAME_KIND.get(suffix, suffix)


def _is_run_first(name: str) -> bool:
    return PurePosixPath(name).stem.lower() in _RUN_FIRST


def _is_mentioned(name: str, texts: Mapping[str, str]) -> bool:
    word = re.compile(rf"\b{re.escape(PurePosixPath(name).stem)}\b")
    return any(word.search(text) for other, text in texts.items() if other != name)


def _with_end_of(before: str, content: str) -> str:
    """With a line break at the end just where there was one: else the diff shows it."""
    return content if before.endswith("\n") or not before else content.removesuffix("\n")
