"""Reading a class list: the CSV that spreadsheets write, whichever way they write it."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from cloudrun.errors import InvalidRequestError

MAX_BYTES = 256 * 1024
MAX_ROWS = 1000
_DELIMITERS = (",", ";", "\t")
_NAMES = {
    "name": ("name", "full name", "display name", "student"),
    "first": ("first name", "given name", "forename"),
    "last": ("last name", "surname", "family name"),
    "email": ("e-mail", "email", "mail", "e-mail address", "email address"),
    "group": ("group", "class", "groups"),
}


@dataclass(frozen=True)
class Row:
    """A student as the list has them; `line` is where, as an editor counts."""

    line: int
    name: str
    email: str
    group: str


def decoded(raw: bytes) -> str:
    """The text of a file; `InvalidRequestError` where it is none."""
    if raw.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise InvalidRequestError("This is a spreadsheet. Save it as CSV and choose that file.")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decoded(raw, "utf-16")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _decoded(raw, "cp1252")  # Excel's, which has all of Latin-1's letters


def _decoded(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise InvalidRequestError("This is no text. Save the list as CSV in UTF-8.") from error


def rows_of(text: str) -> list[Row]:
    """The students of a list; `InvalidRequestError` where it cannot be understood as a whole.

    The first line may name the columns, in any order. Without that, addresses are where the first
    one is, and beside them a name and a group.
    """
    if "\x00" in text:
        raise InvalidRequestError("This is no text. Save the list as CSV in UTF-8.")
    lines = _lines(text)
    try:
        first = next(lines, None)
        if first is None:
            raise InvalidRequestError("The list is empty.")
        has_names = not any("@" in cell for cell in first[1])
        columns = _columns(first[1]) if has_names else _unnamed_columns(first[1])
        found = [] if has_names else [first]
        for line in lines:
            found.append(line)
            if len(found) > MAX_ROWS:
                raise InvalidRequestError(f"The list has more than {MAX_ROWS} rows. Split it.")
    except csv.Error as error:
        raise InvalidRequestError(f"The list is not well-formed CSV: {error}.") from error
    if not found:
        raise InvalidRequestError("The list has no students.")
    return [_row(number, cells, columns) for number, cells in found]


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Number and cells of each line that is not empty."""
    text = "\n".join(text.splitlines())
    skipped = 0
    delimiter = max(_DELIMITERS, key=text.split("\n", 1)[0].count)
    if text[:4].lower() == "sep=":  # Excel's own
        said, _, text = text.partition("\n")
        delimiter, skipped = said[4:5] or ",", 1
    if delimiter not in _DELIMITERS:
        raise InvalidRequestError("Columns must be separated by commas, semicolons or tabs.")
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    begin = 1
    for cells in reader:
        stripped = [cell.strip() for cell in cells]
        if any(stripped):
            yield begin + skipped, stripped
        begin = reader.line_num + 1


def _columns(cells: list[str]) -> dict[str, int]:
    """Where each column is, by the line that names them."""
    names = [" ".join(cell.lower().split()) for cell in cells]
    found = {
        column: names.index(name)
        for column, known in _NAMES.items()
        for name in known
        if name in names
    }
    if "email" not in found:
        raise InvalidRequestError("The first line must name a column “e-mail”.")
    return found


def _unnamed_columns(cells: list[str]) -> dict[str, int]:
    email = next(place for place, cell in enumerate(cells) if "@" in cell)
    others = [place for place in range(len(cells)) if place != email]
    return {"email": email, **dict(zip(("name", "group"), others, strict=False))}


def _row(line: int, cells: list[str], places: dict[str, int]) -> Row:
    def cell(column: str) -> str:
        place = places.get(column, len(cells))
        return " ".join(cells[place].split()) if place < len(cells) else ""

    name = cell("name") or f"{cell('first')} {cell('last')}".strip()
    return Row(line, name, cell("email").lower(), cell("group"))
