"""What a shared program has made: listed, handed out, and its pages at an address of their own."""

from typing import Any

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from cloudrun.errors import NotFoundError
from ide.models import Share, SharedFile
from ide.sharing.selectors import open_shares
from sandbox.artifacts import PAGE, content_type
from sandbox.requests import SourceFile
from sandbox.selectors import PreviewFile, PreviewFileMissingError


def made_list(share: Share) -> list[dict[str, Any]]:
    """What the shared program has made, by name; said as `sandbox.artifacts` says it of a run."""
    return [_facts(share, name, size) for name, size in share.made.values_list("name", "size")]


def _facts(share: Share, name: str, size: int) -> dict[str, Any]:
    facts = {
        "name": name,
        "size": size,
        "content_type": content_type(name),
        "url": reverse("shared_made", args=[share.token, name]),
    }
    if facts["content_type"] == PAGE:
        folder = reverse("shared_preview_file", args=[_previews().sign(str(share.pk)), name])
        facts["preview_url"] = f"{settings.PREVIEW_URL}{folder}"
    return facts


def made_get(share: Share, name: str) -> SharedFile:
    """One of them, or `NotFoundError`."""
    made = _made(share, name)
    if made is None:
        raise NotFoundError("This program has made no such file.")
    return made


def _made(share: Share, name: str) -> SharedFile | None:
    # NUL is in no name, and PostgreSQL refuses to look for it.
    return None if "\x00" in name else share.made.filter(name=name).first()


def shared_preview_file(token: str, path: str) -> PreviewFile:
    """A file that a shared program has made or was given; `NotFoundError` otherwise."""
    share = _previewed(token)
    if made := _made(share, path):
        return PreviewFile.named(path, bytes(made.content))
    for file in share.unpacked_source()["files"]:
        if file["name"] == path:
            return PreviewFile.named(path, SourceFile(**file).data)
    raise PreviewFileMissingError(f"This program has no file {path}.")


def _previewed(token: str) -> Share:
    try:
        share = open_shares().filter(pk=int(_previews().unsign(token))).first()
    except BadSignature:
        share = None
    if share is None:
        raise NotFoundError("This preview is gone, as the link is that led to it.")
    return share


def _previews() -> Signer:
    """A page knows its own address and can tell it to anybody: it is none by which one finds the
    link."""
    return Signer(sep=".", salt="shared_preview")
