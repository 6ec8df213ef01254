"""The live preview of a workspace: who reads which file, and as what."""

import time
from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client, override_settings

from ide.live_preview import preview_address
from ide.models import Workspace
from ide.services import workspace_create, workspace_delete
from ide.tests.makers import make_client, make_user, make_workspace
from sandbox.requests import Owner

pytestmark = pytest.mark.django_db
FILES = {
    "index.html": b"<!doctype html>\n<h1>Mine</h1>",
    "style.css": b"h1 { color: red }",
    "img/dot.png": b"\x89PNG\x00",
    "about/index.html": b"<p>About",
}


@pytest.fixture
def workspace() -> Workspace:
    owner = Owner(make_user().pk, "", "")
    return workspace_create(
        owner=owner, name="Page", language="html", entry="index.html", files=FILES
    )


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("", "text/html; charset=utf-8"),
        ("index.html", "text/html; charset=utf-8"),
        ("about/", "text/html; charset=utf-8"),
        ("style.css", "text/css; charset=utf-8"),
        ("img/dot.png", "image/png"),
    ],
)
def test_file_is_served_by_its_path(
    client: Client, workspace: Workspace, path: str, kind: str
) -> None:
    answer = client.get(preview_address(workspace) + path)
    assert answer.status_code == 200
    assert answer["Content-Type"] == kind
    assert "sandbox allow-scripts allow-modals;" in answer["Content-Security-Policy"]
    assert not answer.cookies


def test_page_keeps_its_doctype_first_and_its_lines(client: Client, workspace: Workspace) -> None:
    content = client.get(preview_address(workspace)).content
    assert content.startswith(b"<!doctype html><script>")
    assert content.split(b"\n")[1] == b"<h1>Mine</h1>"


def test_other_files_are_served_as_they_are(client: Client, workspace: Workspace) -> None:
    assert client.get(preview_address(workspace) + "img/dot.png").content == FILES["img/dot.png"]


@pytest.mark.parametrize("path", ["none.js", "%00", "../../x", "img", "img/", "x%00.js"])
def test_what_is_no_file_is_a_sandboxed_404(
    client: Client, workspace: Workspace, path: str
) -> None:
    answer = client.get(preview_address(workspace) + path)
    assert answer.status_code == 404


def test_forged_address_opens_nothing(client: Client, workspace: Workspace) -> None:
    for token in (workspace.pk, f"{workspace.pk}.1.x", "x", f"{workspace.pk}.1abc."):
        answer = client.get(f"/preview/live/{token}/")
        assert answer.status_code == 404
        assert "sandbox" in answer["Content-Security-Policy"]


def test_address_of_another_workspace_cannot_be_made_of_ones_own(
    client: Client, workspace: Workspace
) -> None:
    other = make_workspace(make_user("eve"))
    forged = preview_address(other).replace(other.pk, workspace.pk)
    assert client.get(forged).status_code == 404


def test_address_ends_after_a_day(client: Client, workspace: Workspace) -> None:
    address = preview_address(workspace)
    now = time.time()
    with patch("django.core.signing.time.time", return_value=now + 24 * 3600 + 5):
        assert client.get(address).status_code == 404
    assert client.get(address).status_code == 200


def test_deleted_workspace_is_not_previewed(client: Client, workspace: Workspace) -> None:
    workspace_delete(workspace=workspace)
    assert client.get(preview_address(workspace)).status_code == 404


def test_program_is_no_script_of_our_pages(client: Client, workspace: Workspace) -> None:
    headers: dict[str, Any] = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "serviceworker"}
    assert client.get(preview_address(workspace), headers=headers).status_code == 404


def test_only_a_page_of_pages_has_the_address(workspace: Workspace) -> None:
    user = workspace.user
    assert user is not None
    assert b"/preview/live/" in make_client(user).get(f"/w/{workspace.pk}").content
    other = make_workspace(user)
    assert b"/preview/live/" not in make_client(user).get(f"/w/{other.pk}").content


def test_address_is_on_the_origin_of_previews(workspace: Workspace) -> None:
    with override_settings(PREVIEW_URL="https://preview.example"):
        assert preview_address(workspace).startswith("https://preview.example/preview/live/")
