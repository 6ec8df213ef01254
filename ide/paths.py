"""What files of a workspace may be called, one by one and beside each other."""

import unicodedata
from collections.abc import Iterable
from itertools import chain, count

from cloudrun.errors import FieldError, InvalidRequestError
from ide.models import PATH_MAX_LENGTH
from sandbox.file_names import file_name_problem


def path_problem(path: str) -> str | None:
    """Why no file can be there; None where one can."""
    if len(path) > PATH_MAX_LENGTH:
        return f"Must be at most {PATH_MAX_LENGTH} characters."
    if "//" in path:
        return "Must not hold two slashes in a row."
    if path.endswith("/") and path != "/":
        return "Must not end with a slash."
    if any(part != part.strip() for part in path.split("/")):
        return "No part of it may begin or end with a space."
    if any(unicodedata.category(character) in {"Cf", "Cs", "Zl", "Zp"} for character in path):
        return "Must not hold invisible characters."
    return file_name_problem(path)


def check_path(path: str) -> None:
    """`InvalidRequestError` names the path and what is wrong with it."""
    if problem := path_problem(path):
        raise InvalidRequestError(
            f"{_shown(path)}: {problem}", errors=[FieldError("path", problem)]
        )


def check_paths(paths: Iterable[str]) -> None:
    """All of them together: `InvalidRequestError` lists every path at fault, and why. Where two
    cannot be beside each other, it is the later one."""
    errors = [*_alone(paths := list(paths)), *_together(paths)]
    if errors:
        first = errors[0]
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        raise InvalidRequestError(f"{first.field}: {first.message}{more}", errors=errors)


def _alone(paths: list[str]) -> list[FieldError]:
    problems = [(path, path_problem(path)) for path in paths]
    return [FieldError(_shown(path), problem) for path, problem in problems if problem]


def _together(paths: list[str]) -> list[FieldError]:
    """Two names that are one on other machines, and files that are another's folder."""
    problems: dict[str, str] = {}
    files: dict[str, str] = {}
    folders: dict[str, str] = {}
    for path in paths:
        if problem := _clash(path, files, folders):
            problems.setdefault(path, problem)
        files.setdefault(_folded(path), path)
        for folder in folders_of(path):
            folders.setdefault(_folded(folder), folder)
    return [FieldError(_shown(path), problem) for path, problem in problems.items()]


def _clash(path: str, files: dict[str, str], folders: dict[str, str]) -> str | None:
    """What is in its way among those, which are given by their folded paths."""
    if first := files.get(_folded(path)):
        return "Is there twice." if first == path else _too_like(path, first)
    if first := folders.get(_folded(path)):
        return f"{_shown(first)} is a folder here."
    for folder in folders_of(path):
        if file := files.get(_folded(folder)):
            return f"{_shown(file)} is a file, no folder."
        if (first := folders.get(_folded(folder), folder)) != folder:
            return _too_like(folder, first)
    return None


def _too_like(path: str, first: str) -> str:
    is_spelt_alike = unicodedata.normalize("NFC", path) == unicodedata.normalize("NFC", first)
    difference = "how its letters are encoded" if is_spelt_alike else "letter case"
    return f"{_shown(first)} is there already, and differs only in {difference}."


def folders_of(path: str) -> list[str]:
    """From the outermost to the innermost."""
    parts = path.split("/")[:-1]
    return ["/".join(parts[: end + 1]) for end in range(len(parts))]


def is_below(path: str, folder: str) -> bool:
    return path.startswith(f"{folder}/")


def free_copy(path: str, taken: Iterable[str], *, is_file: bool) -> str:
    """A name for a copy, beside what is there: `name copy.py`, then `name copy 2.py`."""
    there = {_folded(one) for other in taken for one in (other, *folders_of(other))}
    folder, slash, name = path.rpartition("/")
    # A name that begins with its only dot is no suffix.
    dot = name.rfind(".") if is_file else -1
    stem, suffix = (name[:dot], name[dot:]) if dot > 0 else (name, "")
    numbers = chain([""], map(" {}".format, count(2)))
    free = (f"{folder}{slash}{stem} copy{number}{suffix}" for number in numbers)
    return next(one for one in free if _folded(one) not in there)


def _folded(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold()


def _shown(path: str) -> str:
    """A name as a person can read it, whatever it holds."""
    short = path if len(path) <= 60 else f"{path[:57]}..."
    return short if short.isprintable() and short.strip() else ascii(short)
