"""Workspaces and those who have them."""

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from django.test import Client

from accounts.models import User
from ide.models import File, Workspace
from ide.services import workspace_create
from sandbox.requests import Owner

CODE = "print('hello')\n"


def make_user(username: str = "ada") -> User:
    return User.objects.create_user(username, f"{username}@example.org")


def make_client(user: User | None = None) -> Client:
    """A user's browser, or that of a guest who has been here."""
    client = Client()
    if user is None:
        client.get("/workspaces")
    else:
        client.force_login(user)
    return client


def guest_of(client: Client) -> Owner:
    return Owner(None, client.session["guest"], "")


def make_workspace(owner: Owner | User, files: Mapping[str, bytes] | None = None) -> Workspace:
    if isinstance(owner, User):
        owner = Owner(owner.pk, "", "")
    return workspace_create(
        owner=owner,
        name="My program",
        language="python",
        entry="main.py",
        files={"main.py": CODE.encode(), **(files or {})},
    )


def paths(workspace: Workspace) -> list[str]:
    files = File.objects.filter(workspace=workspace, deleted_at=None)
    return list(files.values_list("path", flat=True))


def content(workspace: Workspace, path: str) -> bytes:
    return bytes(File.objects.get(workspace=workspace, path=path, deleted_at=None).content)


def send(client: Client, method: str, path: str, body: dict[str, Any]) -> Any:
    return getattr(client, method)(path, json.dumps(body), content_type="application/json")


def zipped(entries: Mapping[str | zipfile.ZipInfo, bytes | str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return out.getvalue()


def unzipped(answer: Any) -> dict[str, bytes]:
    data = b"".join(answer.streaming_content)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
