"""The live preview of a workspace: who reads which file, and as what."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.test import Client, override_settings

from ide.live_preview import preview_address
from ide.models import LivePreview, Workspace
from ide.services import workspace_create, workspace_delete, workspace_duplicate
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


def a_while_passes(workspace: Workspace, *, minutes: int) -> None:
    earlier = F("valid_until") - timedelta(minutes=minutes)
    LivePreview.objects.filter(workspace=workspace).update(valid_until=earlier)


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
    assert "sandbox allow-scripts allow-modals allow-forms;" in answer["Content-Security-Policy"]
    assert not answer.cookies


def test_page_keeps_its_doctype_first_and_its_lines(client: Client, workspace: Workspace) -> None:
    content = client.get(preview_address(workspace)).content
    assert content.startswith(b'<!doctype html><script data-file="index.html">')
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
    for token in (workspace.pk, "x", "%00", f"{preview_address(workspace)[14:-1]}x"):
        answer = client.get(f"/preview/live/{token}/")
        assert answer.status_code == 404
        assert "sandbox" in answer["Content-Security-Policy"]


def test_address_ends_a_few_minutes_after_the_ide_asked_last(
    client: Client, workspace: Workspace
) -> None:
    address = preview_address(workspace)
    for _ in range(4):
        a_while_passes(workspace, minutes=3)
        assert preview_address(workspace) == address
    a_while_passes(workspace, minutes=6)
    gone = client.get(address)
    assert gone.status_code == 404
    assert "link has ended" in gone.content.decode()
    anew = preview_address(workspace)
    assert anew != address
    assert client.get(address).status_code == 404
    assert client.get(anew).status_code == 200


def test_ide_keeps_its_address(workspace: Workspace) -> None:
    assert workspace.user is not None
    ide = make_client(workspace.user)
    address = ide.post(f"/w/{workspace.pk}/preview").json()["address"]
    assert ide.get(address).status_code == 200
    assert address.encode() in ide.get(f"/w/{workspace.pk}").content


def test_only_the_owner_is_told_the_address(workspace: Workspace) -> None:
    for other in (make_client(make_user("eve")), make_client()):
        assert other.post(f"/w/{workspace.pk}/preview").status_code == 404
    assert workspace.user is not None
    assert make_client(workspace.user).get(f"/w/{workspace.pk}/preview").status_code == 405


def test_copy_has_no_address_of_its_own_yet(client: Client, workspace: Workspace) -> None:
    address = preview_address(workspace)
    copy = workspace_duplicate(workspace=workspace)
    assert preview_address(copy) != address


def test_page_that_is_not_there_says_which(client: Client, workspace: Workspace) -> None:
    answer = client.get(preview_address(workspace) + "about/<b>us.html")
    assert answer.status_code == 404
    assert "This workspace has no file about/&lt;b&gt;us.html." in answer.content.decode()
    assert "sandbox" in answer["Content-Security-Policy"]


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
