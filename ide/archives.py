"""Zip files, in and out."""

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO, cast

from django.conf import settings

from cloudrun.errors import FieldError, InvalidRequestError, PayloadTooLargeError
from ide.models import File, Workspace
from ide.paths import check_paths

_CHUNK = 64 * 1024
_LONGEST_LIST = 1024 * 1024
_ENCRYPTED = 0x1
# Of the others, decompressors cannot be told to stop after so many bytes.
_COMPRESSIONS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
# What `zipfile` raises for bytes that are not as they should be.
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    ValueError,
)
# What macOS adds to every zip, and nobody wrote.
_LITTER = ("__MACOSX/", ".DS_Store")


class ZipUpload:
    """A zip that somebody sent. `sizes` are its files by path with what it claims of each; their
    contents are read when asked for. They go into `folder`.

    `InvalidRequestError` lists every entry that cannot be taken and why, `PayloadTooLargeError`
    says how much would be too much; nothing is written anywhere.
    """

    def __init__(self, data: IO[bytes], folder: str = "") -> None:
        self._folder = f"{folder}/" if folder else ""
        with _damage_told():
            self._archive = zipfile.ZipFile(cast(IO[bytes], _ShortReads(data)))
        self._entries = _checked(self._archive.infolist())
        check_paths([_name(entry) for entry in self._entries])
        self.sizes = {self._path(entry): entry.file_size for entry in self._entries}

    def contents(self, room: int) -> Iterator[tuple[str, bytes]]:
        """What it claims is not believed: no more than `room` bytes are unpacked."""
        for entry in self._entries:
            content = self._content(entry, room)
            room -= len(content)
            yield self._path(entry), content

    def _content(self, entry: zipfile.ZipInfo, room: int) -> bytes:
        content = bytearray()
        with _damage_told(), self._archive.open(entry) as packed:
            while chunk := packed.read(_CHUNK):
                content += chunk
                if len(content) > room:
                    raise PayloadTooLargeError(
                        "This zip holds more than it says, and more than there is room for."
                    )
        return bytes(content)

    def _path(self, entry: zipfile.ZipInfo) -> str:
        return self._folder + _name(entry)


class _ShortReads:
    """A file for `zipfile`, which reads all of it in small pieces, but the list of entries at once:
    that may be as long as the file, and takes ten times as much when it is read."""

    def __init__(self, data: IO[bytes]) -> None:
        self._data = data
        self.seek = data.seek
        self.tell = data.tell

    def read(self, size: int = -1) -> bytes:
        if size > _LONGEST_LIST:
            raise _too_many_files()
        return self._data.read(size)

    def seekable(self) -> bool:
        return True


@contextmanager
def _damage_told() -> Iterator[None]:
    try:
        yield
    except _DAMAGED as error:
        raise InvalidRequestError("This is no zip file, or a damaged one.") from error


def _too_many_files() -> PayloadTooLargeError:
    return PayloadTooLargeError(
        f"This zip has more files than a workspace can have ({settings.MAX_FILES_PER_REQUEST})."
    )


def _checked(listed: list[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    """The files among what a zip lists."""
    if len(listed) > 10 * settings.MAX_FILES_PER_REQUEST:
        raise _too_many_files()
    entries = [entry for entry in listed if not entry.is_dir() and not _is_litter(entry)]
    if not entries:
        raise InvalidRequestError("This zip is empty.")
    if len(entries) > settings.MAX_FILES_PER_REQUEST:
        raise _too_many_files()
    errors = [
        FieldError(_name(entry), problem) for entry in entries if (problem := _problem(entry))
    ]
    if errors:
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        first = errors[0]
        raise InvalidRequestError(f"{first.field!a}: {first.message}{more}", errors=errors)
    return entries


def _problem(entry: zipfile.ZipInfo) -> str | None:
    mode = entry.external_attr >> 16
    if stat.S_IFMT(mode) not in {0, stat.S_IFREG}:
        return "Is a link or a device, no file."
    if entry.flag_bits & _ENCRYPTED:
        return "Is encrypted. Make the zip without a password."
    if entry.compress_type not in _COMPRESSIONS:
        return "Is packed in a way that is not taken here. Make a plain zip."
    return None


def _name(entry: zipfile.ZipInfo) -> str:
    """As it stands in the zip: `filename` ends at a NUL, which would hide the rest."""
    return entry.orig_filename


def _is_litter(entry: zipfile.ZipInfo) -> bool:
    name = _name(entry)
    return name.startswith(_LITTER[0]) or name.rsplit("/", 1)[-1] == _LITTER[1]


def without_common_folder(files: dict[str, bytes]) -> dict[str, bytes]:
    """A zip of a folder, as what is in the folder."""
    tops = {path.partition("/")[0] for path in files}
    if len(tops) != 1 or not all("/" in path for path in files):
        return files
    return {path.partition("/")[2]: content for path, content in files.items()}


class Sink:
    """A file that `zipfile` writes to and that is emptied now and then."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        pass

    def close(self) -> None:
        pass

    def take(self) -> bytes:
        taken = b"".join(self._parts)
        self._parts.clear()
        return taken


def zipped(files: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    """A zip of files by path, made while it is sent."""
    sink = Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files:
            archive.writestr(path, content)
            yield sink.take()
    yield sink.take()


def workspace_files(workspace: Workspace) -> Iterator[tuple[str, bytes]]:
    """All its files by path, one in memory."""
    ids = File.objects.filter(workspace=workspace, deleted_at=None).values_list("pk", flat=True)
    for file_id in list(ids):
        file = File.objects.filter(pk=file_id).first()
        if file is not None:  # deleted since
            yield file.path, bytes(file.content)
