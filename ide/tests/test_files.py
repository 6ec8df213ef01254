"""A workspace's files: written, moved, deleted, brought back, and what is refused."""

from datetime import timedelta

import pytest
from django.test import Client, override_settings
from django.utils import timezone

from cloudrun.errors import (
    ConflictError,
    InvalidRequestError,
    NotFoundError,
    PayloadTooLargeError,
)
from cloudrun.rates import Rate
from ide import file_views, services, trash
from ide.models import File, Workspace
from ide.tests.makers import CODE, content, make_client, make_user, make_workspace, paths, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def workspace() -> Workspace:
    return make_workspace(make_user(), {"data/a.csv": b"1", "data/b.csv": b"2"})


@pytest.fixture
def client(workspace: Workspace) -> Client:
    assert workspace.user
    return make_client(workspace.user)


def file_at(workspace: Workspace, path: str) -> File:
    return File.objects.get(workspace=workspace, path=path, deleted_at=None)


def test_write_of_the_seen_version_counts_on(client: Client, workspace: Workspace) -> None:
    file = file_at(workspace, "main.py")
    url = f"/w/{workspace.pk}/files/{file.pk}"
    answer = send(client, "put", url, {"content": "print(1)", "version": 1})
    assert (answer.status_code, answer.json()) == (200, {"version": 2})
    assert content(workspace, "main.py") == b"print(1)"


def test_write_over_another_version_is_refused_with_it(
    client: Client, workspace: Workspace
) -> None:
    file = file_at(workspace, "main.py")
    url = f"/w/{workspace.pk}/files/{file.pk}"
    send(client, "put", url, {"content": "theirs", "version": 1})
    answer = send(client, "put", url, {"content": "mine", "version": 1})
    assert answer.status_code == 409
    assert answer.json()["file"]["version"] == 2
    assert answer.json()["file"]["content"] == "theirs"
    assert content(workspace, "main.py") == b"theirs"


@pytest.mark.parametrize(
    ("path", "kind"),
    [("a.svg", "image/svg+xml"), ("a.png", "image/png"), ("a.html", "application/octet-stream")],
)
def test_picture_is_shown_and_runs_no_script(path: str, kind: str) -> None:
    user = make_user()
    workspace = make_workspace(user, {path: b"<svg><script>1</script></svg>"})
    at = f"/w/{workspace.pk}/files/{file_at(workspace, path).pk}"
    picture, download = (make_client(user).get(url) for url in (f"{at}/picture", at))
    assert picture["Content-Type"] == kind
    assert picture["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert picture["X-Content-Type-Options"] == "nosniff"
    assert picture["Content-Disposition"].startswith("attachment")
    assert picture["Cross-Origin-Resource-Policy"] == "same-origin"
    assert download["Content-Type"] == "application/octet-stream"
    assert download["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    "body",
    [
        {"content": 5, "version": 1},
        {"content": "x"},
        {"content": "x", "version": "1"},
        {"content": "\ud800", "version": 1},
    ],
)
def test_malformed_write_is_refused(
    client: Client, workspace: Workspace, body: dict[str, object]
) -> None:
    url = f"/w/{workspace.pk}/files/{file_at(workspace, 'main.py').pk}"
    assert send(client, "put", url, body).status_code == 400
    assert content(workspace, "main.py").decode() == CODE


def test_file_is_kept_to_the_byte(client: Client, workspace: Workspace) -> None:
    text = "é\r\n\x00\ttail "
    send(client, "post", f"/w/{workspace.pk}/files", {"path": "odd.txt", "content": text})
    file = file_at(workspace, "odd.txt")
    answer = client.get(f"/w/{workspace.pk}/files/{file.pk}")
    assert answer.content == text.encode()
    assert "attachment" in answer["Content-Disposition"]


@pytest.mark.parametrize(
    "path",
    [
        "",
        " ",
        "/etc/passwd",
        "../x",
        "a/../b",
        "a//b",
        "a\\b",
        "C:/x",
        "a/",
        "x\n",
        "x\u202ey",
        "a" * 256,
        "é" * 200,
        " x",
        "a/ b",
    ],
)
def test_odd_name_is_refused(client: Client, workspace: Workspace, path: str) -> None:
    answer = send(client, "post", f"/w/{workspace.pk}/files", {"path": path})
    assert answer.status_code == 400, path
    assert len(paths(workspace)) == 3


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("foo/", "Folders come with their first file: foo/name.py"),
        ("a//b.py", "a//b.py: Must not hold two slashes in a row."),
        ("x" * 260 + ".py", f"{'x' * 57}...: Must be at most 255 characters."),
    ],
)
def test_refused_name_is_said_with_the_way_out(client: Client, path: str, words: str) -> None:
    url = f"/w/{Workspace.objects.get().pk}/files"
    assert send(client, "post", url, {"path": path}).json()["detail"] == words


@pytest.mark.parametrize(
    ("to", "words"),
    [
        ("folder/", "folder/: Must not end with a slash."),
        ("x" * 256, f"{'x' * 57}...: Must be at most 255 characters."),
    ],
)
def test_refused_move_names_its_target(client: Client, to: str, words: str) -> None:
    url = f"/w/{Workspace.objects.get().pk}/move"
    assert send(client, "post", url, {"path": "data", "to": to}).json()["detail"] == words


@pytest.mark.parametrize("path", ["Main.py", "data", "main.py/x", "DATA/a.csv"])
def test_name_that_clashes_is_refused(workspace: Workspace, path: str) -> None:
    with pytest.raises(InvalidRequestError):
        services.file_create(workspace, path=path)
    assert len(paths(workspace)) == 3


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("data", "data: data is a folder here."),
        ("MAIN.py", "MAIN.py: main.py is there already, and differs only in letter case."),
        ("Data/c.csv", "Data/c.csv: data is there already, and differs only in letter case."),
        ("main.py/x", "main.py/x: main.py is a file, no folder."),
        (
            "e\u0301.py",
            "e\u0301.py: \u00e9.py is there already,"
            " and differs only in how its letters are encoded.",
        ),
    ],
)
def test_name_that_clashes_is_said_with_what_is_in_its_way(
    workspace: Workspace, path: str, words: str
) -> None:
    services.file_create(workspace, path="\u00e9.py")
    with pytest.raises(InvalidRequestError) as refused:
        services.file_create(workspace, path=path)
    assert refused.value.detail == words


def test_name_that_is_taken_is_a_conflict(workspace: Workspace) -> None:
    with pytest.raises(ConflictError):
        services.file_create(workspace, path="data/a.csv")
    with pytest.raises(ConflictError):
        services.path_move(workspace, path="data/a.csv", to="data/b.csv")
    assert content(workspace, "data/b.csv") == b"2"


def test_folder_moves_with_all_that_is_in_it(workspace: Workspace) -> None:
    services.path_move(workspace, path="data", to="old/tables")
    assert paths(workspace) == ["main.py", "old/tables/a.csv", "old/tables/b.csv"]


def test_folder_moves_to_where_its_own_files_are() -> None:
    files = {"x/x/z": b"1", "x/x/x/z": b"2", "x/x/x/x/z": b"3"}
    workspace = make_workspace(make_user(), files)
    services.path_move(workspace, path="x/x", to="x")
    assert paths(workspace) == ["main.py", "x/x/x/z", "x/x/z", "x/z"]
    assert [content(workspace, path) for path in ("x/z", "x/x/z", "x/x/x/z")] == [b"1", b"2", b"3"]


def test_folder_cannot_move_into_itself(workspace: Workspace) -> None:
    with pytest.raises(InvalidRequestError):
        services.path_move(workspace, path="data", to="data/inner")
    with pytest.raises(NotFoundError):
        services.path_move(workspace, path="nothing", to="something")


def test_copies_of_a_file_stand_beside_it(client: Client, workspace: Workspace) -> None:
    for copy in ("data/a copy.csv", "data/a copy 2.csv"):
        answer = send(client, "post", f"/w/{workspace.pk}/copy", {"path": "data/a.csv"})
        assert answer.json()["path"] == copy
        assert content(workspace, copy) == b"1"
    assert services.path_copy(workspace, path="main.py") == "main copy.py"
    assert workspace.entry == "main.py"


def test_copy_of_a_folder_has_all_that_is_in_it(workspace: Workspace) -> None:
    assert services.path_copy(workspace, path="data") == "data copy"
    assert services.path_copy(workspace, path="data") == "data copy 2"
    assert content(workspace, "data copy/b.csv") == b"2"


@pytest.mark.parametrize(
    ("name", "copy"),
    [(".env", ".env copy"), ("a.tar.gz", "a.tar copy.gz"), ("x.d/Make", "x.d/Make copy")],
)
def test_copy_keeps_the_suffix(name: str, copy: str) -> None:
    workspace = make_workspace(make_user(), {name: b""})
    assert services.path_copy(workspace, path=name) == copy


def test_copy_is_free_without_regard_to_letter_case() -> None:
    workspace = make_workspace(make_user(), {"a.py": b"", "A COPY.py": b""})
    assert services.path_copy(workspace, path="a.py") == "a copy 2.py"


def test_copy_that_cannot_be_is_refused(workspace: Workspace) -> None:
    with pytest.raises(NotFoundError):
        services.path_copy(workspace, path="none.py")
    services.file_create(workspace, path="x" * 252 + ".py")
    with pytest.raises(InvalidRequestError, match="at most 255"):
        services.path_copy(workspace, path="x" * 252 + ".py")


def test_file_that_run_starts_with_stays(workspace: Workspace) -> None:
    with pytest.raises(ConflictError, match=r"Run starts with main\.py"):
        services.path_delete(workspace, path="main.py")
    with pytest.raises(ConflictError, match=r"Run starts with main\.py"):
        services.path_move(workspace, path="main.py", to="other.py")


def test_deleted_folder_comes_back_whole(workspace: Workspace) -> None:
    deletion = services.path_delete(workspace, path="data")
    assert paths(workspace) == ["main.py"]
    trash.deletion_undo(workspace, deletion=deletion)
    assert paths(workspace) == ["data/a.csv", "data/b.csv", "main.py"]


def test_undo_writes_over_nothing(workspace: Workspace) -> None:
    deletion = services.path_delete(workspace, path="data/a.csv")
    services.file_create(workspace, path="data/a.csv", content=b"new")
    with pytest.raises(ConflictError):
        trash.deletion_undo(workspace, deletion=deletion)
    assert content(workspace, "data/a.csv") == b"new"


def test_undo_knows_only_its_own_deletion(workspace: Workspace) -> None:
    other = make_workspace(make_user("eve"), {"x": b""})
    deletion = services.path_delete(workspace, path="data")
    for wrong in (deletion[:-1], "", "x"):
        with pytest.raises(NotFoundError):
            trash.deletion_undo(workspace, deletion=wrong)
    with pytest.raises(NotFoundError):
        trash.deletion_undo(other, deletion=deletion)


def test_workspace_that_is_deleted_takes_no_change(workspace: Workspace) -> None:
    services.workspace_delete(workspace=workspace)
    with pytest.raises(NotFoundError):
        services.file_create(workspace, path="late.txt")
    assert len(paths(workspace)) == 3


def test_what_was_deleted_long_ago_is_gone(workspace: Workspace) -> None:
    deletion = services.path_delete(workspace, path="data/a.csv")
    long_ago = timezone.now() - trash.UNDO_TIME - timedelta(seconds=1)
    File.objects.filter(deletion=deletion).update(deleted_at=long_ago)
    services.path_delete(workspace, path="data/b.csv")
    assert not File.objects.filter(deletion=deletion).exists()


def test_limits_refuse_the_whole_change(workspace: Workspace) -> None:
    with override_settings(MAX_FILES_PER_REQUEST=3), pytest.raises(PayloadTooLargeError):
        services.file_create(workspace, path="one more")
    with override_settings(MAX_UPLOAD_SIZE=100), pytest.raises(PayloadTooLargeError):
        services.file_create(workspace, path="big", content=b"x" * 100)
    with override_settings(MAX_BYTES_PER_USER=100), pytest.raises(PayloadTooLargeError):
        services.file_create(workspace, path="big", content=b"x" * 100)
    with override_settings(MAX_WORKSPACES_PER_USER=1), pytest.raises(PayloadTooLargeError):
        services.workspace_duplicate(workspace=workspace)
    assert len(paths(workspace)) == 3
    assert Workspace.objects.count() == 1


@override_settings(MAX_FILES_PER_REQUEST=2, MAX_UPLOAD_SIZE=1, MAX_BYTES_PER_USER=1)
def test_who_has_more_than_there_is_room_for_can_make_room() -> None:
    with override_settings(MAX_FILES_PER_REQUEST=9, MAX_UPLOAD_SIZE=99, MAX_BYTES_PER_USER=99):
        workspace = make_workspace(make_user(), {"a.txt": b"aa", "b.txt": b"bb"})
    file = File.objects.get(path="a.txt")
    with pytest.raises(PayloadTooLargeError):
        services.file_write(workspace, file_id=file.pk, content=b"aaa", version=1)
    services.file_write(workspace, file_id=file.pk, content=b"a", version=1)
    services.path_move(workspace, path="a.txt", to="c.txt")
    deletion = services.path_delete(workspace, path="b.txt")
    with pytest.raises(PayloadTooLargeError):
        trash.deletion_undo(workspace, deletion=deletion)
    assert paths(workspace) == ["c.txt", "main.py"]


def test_limit_is_told_before_it_bites(client: Client, workspace: Workspace) -> None:
    tree = client.get(f"/w/{workspace.pk}/files").json()["tree"]
    assert "files in this workspace" not in tree
    with override_settings(MAX_FILES_PER_REQUEST=3):
        tree = client.get(f"/w/{workspace.pk}/files").json()["tree"]
    assert "3 of 3 files in this workspace" in tree


def test_name_in_the_tree_is_escaped(client: Client, workspace: Workspace) -> None:
    services.file_create(workspace, path='<img src=x onerror="alert(1)">')
    assert "<img" not in client.get(f"/w/{workspace.pk}/files").json()["tree"]
    assert b"<img" not in client.get(f"/w/{workspace.pk}").content


def test_too_many_writes_are_refused(
    client: Client, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_views, "_WRITES", Rate("file writes tested", 2, 3600, "Slowly."))
    statuses = [
        send(client, "post", f"/w/{workspace.pk}/files", {"path": f"f{n}"}).status_code
        for n in range(3)
    ]
    assert statuses == [200, 200, 429]
