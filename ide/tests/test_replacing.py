"""An old run's files over a workspace: nothing that somebody has open or has written is lost."""

import pytest

from cloudrun.errors import ConflictError, NotFoundError
from ide import services
from ide.file_views import tree_html
from ide.models import File, Workspace
from ide.replacing import files_replace, files_replace_undo
from ide.tests.makers import content, make_client, make_user, make_workspace, paths, send

pytestmark = pytest.mark.django_db

OLD = {"main.py": b"old\n", "same.txt": b"same", "back.txt": b"back"}


@pytest.fixture
def workspace() -> Workspace:
    return make_workspace(make_user(), {"same.txt": b"same", "new.txt": b"new"})


def file_at(workspace: Workspace, path: str) -> File:
    return File.objects.get(workspace=workspace, path=path, deleted_at=None)


def test_file_stays_the_same_row_in_its_next_version(workspace: Workspace) -> None:
    before, same = file_at(workspace, "main.py"), file_at(workspace, "same.txt")
    deletion = files_replace(workspace, files=OLD)
    after = file_at(workspace, "main.py")
    assert (after.pk, after.version) == (before.pk, before.version + 1)
    assert file_at(workspace, "same.txt").version == same.version
    files_replace_undo(workspace, deletion=deletion)
    back = file_at(workspace, "main.py")
    assert (back.pk, back.version) == (before.pk, before.version + 2)
    assert back.content == before.content
    assert paths(workspace) == ["main.py", "new.txt", "same.txt"]


def test_unsaved_text_of_another_tab_meets_a_conflict(workspace: Workspace) -> None:
    assert workspace.user
    client = make_client(workspace.user)
    file = file_at(workspace, "main.py")
    deletion = files_replace(workspace, files=OLD)
    url = f"/w/{workspace.pk}/files/{file.pk}"
    for theirs in ("old\n", "print('hello')\n"):
        answer = send(client, "put", url, {"content": "mine", "version": file.version})
        assert answer.status_code == 409
        assert answer.json()["file"]["content"] == theirs
        if theirs == "old\n":
            files_replace_undo(workspace, deletion=deletion)


def test_undo_takes_away_nothing_that_was_written_since(workspace: Workspace) -> None:
    deletion = files_replace(workspace, files=OLD)
    file = file_at(workspace, "main.py")
    services.file_write(workspace, file_id=file.pk, content=b"mine", version=file.version)
    with pytest.raises(ConflictError, match=r"main\.py was changed since"):
        files_replace_undo(workspace, deletion=deletion)
    assert content(workspace, "main.py") == b"mine"
    assert paths(workspace) == ["back.txt", "main.py", "same.txt"]


def test_undo_keeps_a_new_file_that_was_written_or_moved_since(workspace: Workspace) -> None:
    deletion = files_replace(workspace, files=OLD | {"two.txt": b""})
    file = file_at(workspace, "back.txt")
    services.file_write(workspace, file_id=file.pk, content=b"mine", version=1)
    services.path_move(workspace, path="two.txt", to="three.txt")
    files_replace_undo(workspace, deletion=deletion)
    assert paths(workspace) == ["back.txt", "main.py", "new.txt", "same.txt", "three.txt"]


def test_undo_brings_back_what_stood_where_nothing_is_now(workspace: Workspace) -> None:
    deletion = files_replace(workspace, files=OLD | {"new.txt": b"other"})
    services.path_delete(workspace, path="new.txt")
    files_replace_undo(workspace, deletion=deletion)
    assert content(workspace, "new.txt") == b"new"


def test_undo_works_once(workspace: Workspace) -> None:
    deletion = files_replace(workspace, files=OLD)
    files_replace_undo(workspace, deletion=deletion)
    with pytest.raises(NotFoundError):
        files_replace_undo(workspace, deletion=deletion)
    assert not File.objects.exclude(deleted_at=None).exists()
    assert (
        files_replace(workspace, files={p: content(workspace, p) for p in paths(workspace)}) == ""
    )


def test_what_was_replaced_is_brought_back_from_the_list_of_files(workspace: Workspace) -> None:
    assert workspace.user
    deletion = files_replace(workspace, files=OLD)
    tree = tree_html(workspace)
    assert "main.py (with 1 more), replaced" in tree
    url = f"/w/{workspace.pk}/undo"
    answer = send(make_client(workspace.user), "post", url, {"deletion": deletion})
    assert "Recently deleted" not in answer.json()["tree"]
    assert paths(workspace) == ["main.py", "new.txt", "same.txt"]
    assert content(workspace, "main.py") == b"print('hello')\n"
