"""Uploads, taken in within the room that there is for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from threading import Lock
from typing import IO, Protocol, TypeVar, cast

from django.core.files.uploadedfile import UploadedFile

from cloudrun.errors import InvalidRequestError, PayloadTooLargeError, ServiceUnavailableError
from ide.archives import ZipUpload
from ide.limits import check_upload
from ide.models import Workspace
from ide.paths import check_paths
from sandbox.requests import Owner

T = TypeVar("T")

_MOST_ZIPS = 20
_WAIT_S = 20
_RETRY_S = 2

# Files are in the memory from here until they are stored, several times what was sent where that is
# packed: of one upload at a time, however many come.
_taking = Lock()


class Upload(Protocol):
    """Files of an upload: what they claim to be at once, their contents when asked for."""

    sizes: dict[str, int]

    def contents(self, room: int) -> Iterator[tuple[str, bytes]]: ...


class PlainUpload:
    """One file, as it is."""

    def __init__(self, path: str, data: UploadedFile[bytes]) -> None:
        self._path = path
        self._data = data
        self.sizes = {path: data.size or 0}

    def contents(self, room: int) -> Iterator[tuple[str, bytes]]:
        yield self._path, self._data.read()


def read_uploads(
    paths: Sequence[str], uploads: Sequence[UploadedFile[bytes]], *, unpacks: Sequence[bool] = ()
) -> list[Upload]:
    """What came, each with its path. Zips are unpacked beside where they would be where `unpacks`
    says so, once for each or once for all; where it says nothing, one that comes alone is."""
    if not uploads:
        raise InvalidRequestError("No file came.")
    each = unpacks if len(unpacks) > 1 else [*(unpacks or [len(uploads) == 1])] * len(uploads)
    if not len(paths) == len(each) == len(uploads):
        raise InvalidRequestError("Each file needs its path.")
    zips = {
        path
        for path, upload, unpack in zip(paths, uploads, each, strict=True)
        if unpack and _is_named_zip(path) and (len(uploads) == 1 or _begins_as_zip(upload))
    }
    if len(zips) > _MOST_ZIPS:
        raise PayloadTooLargeError(f"At most {_MOST_ZIPS} zips can be unpacked at once.")
    return [
        _zip(path, upload) if path in zips else PlainUpload(path, upload)
        for path, upload in zip(paths, uploads, strict=True)
    ]


def _is_named_zip(path: str) -> bool:
    return path.lower().endswith(".zip")


def _begins_as_zip(upload: UploadedFile[bytes]) -> bool:
    """A text among the files may be called so, too."""
    start: bytes = upload.read(2)
    upload.seek(0)
    return start == b"PK"


def _zip(path: str, upload: UploadedFile[bytes]) -> ZipUpload:
    return ZipUpload(cast(IO[bytes], upload.file), path.rpartition("/")[0])


def take_in(
    read: Callable[[], Sequence[Upload]],
    store: Callable[[dict[str, bytes]], T],
    *,
    owner: Owner,
    workspace: Workspace | None = None,
) -> T:
    """What `store` makes of the uploads' contents by path, which it keeps in the memory no longer.

    `PayloadTooLargeError` where there is no room for them, before any of them is in memory, or as
    soon as one turns out to be more than it claimed.
    """
    if not _taking.acquire(timeout=_WAIT_S):
        raise ServiceUnavailableError(
            "Too many uploads have come at once. Try again.", retry_after=_RETRY_S
        )
    try:
        return store(_contents(read(), owner, workspace))
    finally:
        _taking.release()


def _contents(
    uploads: Sequence[Upload], owner: Owner, workspace: Workspace | None
) -> dict[str, bytes]:
    claimed: dict[str, int] = {}
    for upload in uploads:
        if twice := next(iter(claimed.keys() & upload.sizes.keys()), None):
            raise InvalidRequestError(f"{twice} came twice.")
        claimed.update(upload.sizes)
    check_paths(claimed)
    room = check_upload(owner, claimed, workspace)
    files: dict[str, bytes] = {}
    for upload in uploads:
        for path, content in upload.contents(room):
            files[path] = content
            room -= len(content)
    return files
