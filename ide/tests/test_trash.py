"""What was deleted takes room, gives way to what is written, and tells when it is gone."""

import pytest
from django.db.models import Sum
from django.test import override_settings
from django.utils import timezone

from cloudrun.errors import NotFoundError, PayloadTooLargeError
from ide import services, trash
from ide.file_views import tree_html
from ide.models import File, Workspace
from ide.replacing import files_replace
from ide.tests.makers import content, make_client, make_user, make_workspace, paths, send

pytestmark = pytest.mark.django_db

KIB = bytes(1000)


def stored() -> int:
    return int(File.objects.aggregate(size=Sum("size"))["size"])


@override_settings(MAX_BYTES_PER_USER=5_000)
def test_deleting_again_and_again_keeps_no_more_than_there_is_room_for() -> None:
    workspace = make_workspace(make_user())
    for number in range(20):
        services.file_create(workspace, path=f"f{number}", content=KIB)
        services.path_delete(workspace, path=f"f{number}")
    assert stored() <= 5_000


@override_settings(MAX_BYTES_PER_USER=5_000)
def test_deleted_workspaces_take_room_too() -> None:
    user = make_user()
    for _ in range(20):
        services.workspace_delete(workspace=make_workspace(user, {"f": KIB}))
    assert stored() <= 5_000


@override_settings(MAX_FILES_PER_REQUEST=3)
def test_empty_files_do_not_fill_the_trash() -> None:
    workspace = make_workspace(make_user())
    for number in range(60):
        services.file_create(workspace, path=f"f{number}")
        services.path_delete(workspace, path=f"f{number}")
    assert File.objects.exclude(deleted_at=None).count() <= 30


@override_settings(MAX_BYTES_PER_USER=3_100)
def test_oldest_goes_first_and_its_undo_says_so() -> None:
    user = make_user()
    workspace = make_workspace(user, {"a": KIB, "b": KIB, "c": KIB})
    first = services.path_delete(workspace, path="a")
    last = services.path_delete(workspace, path="b")
    services.file_create(workspace, path="new", content=KIB)
    answer = send(make_client(user), "post", f"/w/{workspace.pk}/undo", {"deletion": first})
    assert answer.status_code == 404
    assert "newer took its room" in answer.json()["detail"]
    with pytest.raises(PayloadTooLargeError):  # but what was refused is still there
        services.file_create(workspace, path="more", content=KIB * 2)
    trash.deletion_undo(workspace, deletion=last)
    assert paths(workspace) == ["b", "c", "main.py", "new"]


def test_who_has_too_much_can_still_undo_the_last_delete() -> None:
    workspace = make_workspace(make_user(), {"a": KIB, "b": KIB})
    with override_settings(MAX_BYTES_PER_USER=100):
        gone = services.path_delete(workspace, path="a")
        last = services.path_delete(workspace, path="b")
    trash.deletion_undo(workspace, deletion=last)
    with pytest.raises(NotFoundError):
        trash.deletion_undo(workspace, deletion=gone)
    assert paths(workspace) == ["b", "main.py"]


@override_settings(MAX_BYTES_PER_USER=2_100)
def test_nobody_else_gives_way() -> None:
    other = make_workspace(make_user("eve"), {"f": KIB})
    deletion = services.path_delete(other, path="f")
    workspace = make_workspace(make_user())
    for number in range(5):
        services.file_create(workspace, path=f"f{number}", content=KIB)
        services.path_delete(workspace, path=f"f{number}")
    trash.deletion_undo(other, deletion=deletion)
    assert paths(other) == ["f", "main.py"]


def test_undo_says_what_was_written_in_its_place() -> None:
    user = make_user()
    workspace, client = make_workspace(user, {"d/a": b"1", "d/b": b"2"}), make_client(user)
    deletion = services.path_delete(workspace, path="d")
    services.file_create(workspace, path="d/a", content=b"new")
    answer = send(client, "post", f"/w/{workspace.pk}/undo", {"deletion": deletion})
    assert answer.status_code == 409
    assert "d/a was written anew since" in answer.json()["detail"]
    assert paths(workspace) == ["d/a", "main.py"]
    assert content(workspace, "d/a") == b"new"
    services.path_delete(workspace, path="d/a")
    trash.deletion_undo(workspace, deletion=deletion)
    assert content(workspace, "d/a") == b"1"


def test_workspace_that_is_gone_is_not_restored() -> None:
    workspace = make_workspace(make_user())
    services.workspace_delete(workspace=workspace)
    Workspace.objects.all().delete()
    with pytest.raises(NotFoundError, match="cannot be brought back"):
        services.workspace_restore(workspace=workspace)


def test_deleted_files_are_listed_the_latest_first_until_they_are_back() -> None:
    user = make_user()
    workspace = make_workspace(user, {"a": b"1", "b/c": b"2", "b/d": b"3"})
    services.path_delete(workspace, path="a")
    latest = services.path_delete(workspace, path="b")
    assert [one.words for one in trash.deletions(workspace)] == ["b/c (with 1 more)", "a"]
    client = make_client(user)
    answer = send(client, "post", f"/w/{workspace.pk}/undo", {"deletion": latest})
    assert "Recently deleted (1)" in answer.json()["tree"]
    assert [one.words for one in trash.deletions(workspace)] == ["a"]


def test_deleted_files_are_listed_no_longer_than_they_can_come_back() -> None:
    workspace = make_workspace(make_user(), {"a": b"1"})
    services.path_delete(workspace, path="a")
    File.objects.filter(path="a").update(deleted_at=timezone.now() - trash.UNDO_TIME)
    assert trash.deletions(workspace) == []
    assert "Recently deleted" not in tree_html(workspace)


def test_what_was_written_over_is_not_listed_as_deleted() -> None:
    workspace = make_workspace(make_user(), {"a": b"1"})
    files_replace(workspace, files={"main.py": b"new"})
    [one] = trash.deletions(workspace)
    assert one.words == "main.py (with 1 more), replaced"


def test_hostile_name_of_a_deleted_file_is_only_a_name() -> None:
    workspace = make_workspace(make_user(), {'"><img src=x>': b"1"})
    services.path_delete(workspace, path='"><img src=x>')
    assert "<img" not in tree_html(workspace)
