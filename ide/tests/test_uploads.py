"""Uploads within the room that there is: told before anything is unpacked, however many come."""

import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from threading import Thread

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.test import Client, override_settings

from ide import services
from ide.models import File, Workspace
from ide.tests.makers import content, make_client, make_user, make_workspace, paths, zipped

Peak = Callable[[], int]

MIB = 1024 * 1024
# Of one such upload that is stored: several copies of it, more where PostgreSQL takes it.
MOST = 120 if connection.vendor == "postgresql" else 50
BOMB = zipped({"bomb": bytes(9 * MIB)})


def upload(
    client: Client, workspace: Workspace, files: dict[str, bytes], **more: str | list[str]
) -> tuple[int, str]:
    uploads = [SimpleUploadedFile("file", data) for data in files.values()]
    form = {"files": uploads, "paths": list(files), **more}
    answer = client.post(f"/w/{workspace.pk}/upload", form)
    return answer.status_code, answer.json().get("detail", "")


@pytest.fixture
def peak() -> Iterator[Peak]:
    """Bytes that Python has taken at most since the test began."""
    tracemalloc.start()
    yield lambda: tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()


@pytest.mark.django_db
def test_only_those_zips_are_unpacked_that_are_to_be() -> None:
    user = make_user()
    workspace, client = make_workspace(user), make_client(user)
    zips = {"box.zip": zipped({"inside.txt": "1"}), "folder/kept.zip": zipped({"kept.txt": "2"})}
    assert upload(client, workspace, zips, unpack=["true", "false"]) == (200, "")
    assert paths(workspace) == ["folder/kept.zip", "inside.txt", "main.py"]


@pytest.mark.django_db
class TestRoom:
    def test_many_zips_are_refused_before_they_are_unpacked(self, peak: Peak) -> None:
        user = make_user()
        workspace, client = make_workspace(user), make_client(user)
        zips = {f"{n}.zip": zipped({f"bomb{n}": bytes(9 * MIB)}) for n in range(15)}
        tracemalloc.reset_peak()
        status, detail = upload(client, workspace, zips, unpack="true")
        assert peak() < 20 * MIB
        assert status == 413
        assert "135" in detail
        assert "in this workspace" in detail
        assert paths(workspace) == ["main.py"]

    def test_zips_that_lie_are_unpacked_no_further_than_there_is_room(self, peak: Peak) -> None:
        lying = BOMB.replace((9 * MIB).to_bytes(4, "little"), (8).to_bytes(4, "little"))
        user = make_user()
        workspace, client = make_workspace(user), make_client(user)
        zips = {f"{n}.zip": lying.replace(b"bomb", b"bom%d" % n) for n in range(9)}
        status, _ = upload(client, workspace, zips, unpack="true")
        assert status in {400, 413}
        assert peak() < 40 * MIB
        assert paths(workspace) == ["main.py"]

    def test_what_the_workspace_and_its_owner_have_counts(self) -> None:
        user = make_user()
        workspace, client = make_workspace(user, {"x": bytes(5 * MIB)}), make_client(user)
        six = {"more.zip": zipped({"y": bytes(6 * MIB)})}
        status, detail = upload(client, workspace, six)
        assert (status, "in this workspace. Delete something first." in detail) == (413, True)
        other = make_workspace(user)
        with override_settings(MAX_BYTES_PER_USER=8 * MIB):
            status, detail = upload(client, other, six)
        assert (status, "in all your workspaces" in detail) == (413, True)

    def test_what_alone_is_more_than_there_is_room_for_is_told_so(self) -> None:
        user = make_user()
        workspace, client = make_workspace(user), make_client(user)
        zips = {f"{n}.zip": zipped({f"{n}": bytes(6 * MIB)}) for n in range(2)}
        status, detail = upload(client, workspace, zips, unpack="true")
        assert (status, "in this workspace. Send fewer or smaller files." in detail) == (413, True)

    def test_what_is_replaced_gives_its_room_back(self) -> None:
        user = make_user()
        workspace, client = make_workspace(user, {"x": bytes(9 * MIB)}), make_client(user)
        new = {"more.zip": zipped({"x": b"1" * 9 * MIB})}
        assert upload(client, workspace, new, replace="true") == (200, "")
        assert content(workspace, "x")[:1] == b"1"

    @override_settings(MAX_FILES_PER_REQUEST=5)
    def test_files_of_all_zips_are_counted_together(self) -> None:
        user = make_user()
        workspace, client = make_workspace(user), make_client(user)
        zips = {f"{n}.zip": zipped({f"{n}{m}": b"" for m in range(3)}) for n in range(2)}
        status, detail = upload(client, workspace, zips, unpack="true")
        assert (status, "7 of 5 files" in detail) == (413, True)

    def test_list_of_very_many_entries_is_not_read(self, peak: Peak) -> None:
        user = make_user()
        workspace, client = make_workspace(user), make_client(user)
        data = zipped({f"{n:05}/": b"" for n in range(40_000)})
        tracemalloc.reset_peak()
        before = peak()
        status, detail = upload(client, workspace, {"x.zip": data})
        assert (status, "more files than a workspace" in detail) == (413, True)
        assert peak() - before < 3 * len(data)

    def test_imported_bomb_is_refused_by_what_it_claims(self, peak: Peak) -> None:
        client = make_client(make_user())
        data = zipped({"main.py": bytes(50 * MIB)})
        tracemalloc.reset_peak()
        form = {"zip": SimpleUploadedFile("x.zip", data)}
        page = client.post("/workspaces/import", form, follow=True)
        assert "in this workspace" in page.content.decode()
        assert peak() < 8 * MIB
        assert not Workspace.objects.exists()


@pytest.mark.django_db
class TestUnpacking:
    """A zip is unpacked where that was chosen, and is a file like others where it was not."""

    @pytest.mark.parametrize(
        ("more", "files", "there"),
        [
            ({}, {"z.zip": {"a": ""}}, ["a", "main.py"]),
            ({}, {"z.zip": {"a": ""}, "b": {}}, ["b", "main.py", "z.zip"]),
            ({"unpack": "false"}, {"z.zip": {"a": ""}}, ["main.py", "z.zip"]),
            ({"unpack": "true"}, {"z.ZIP": {"a": ""}, "b": {}}, ["a", "b", "main.py"]),
            ({"unpack": "true"}, {"d/z.zip": {"a/b": ""}}, ["d/a/b", "main.py"]),
        ],
    )
    def test_by_choice(
        self,
        more: dict[str, str],
        files: dict[str, dict[str | zipfile.ZipInfo, bytes | str]],
        there: list[str],
    ) -> None:
        user = make_user()
        workspace, client = make_workspace(user), make_client(user)
        sent = {path: zipped(entries) for path, entries in files.items()}
        assert upload(client, workspace, sent, **more) == (200, "")
        assert paths(workspace) == there
        for path in set(sent) & set(there):
            assert content(workspace, path) == sent[path]

    def test_zip_that_stays_may_be_damaged(self) -> None:
        user = make_user()
        workspace, client = make_workspace(user), make_client(user)
        assert upload(client, workspace, {"z.zip": b"no zip"}, unpack="false") == (200, "")
        status, detail = upload(client, workspace, {"y.zip": b"no zip"})
        assert (status, detail) == (400, "This is no zip file, or a damaged one.")

    def test_same_file_in_two_zips_is_told(self) -> None:
        user = make_user()
        workspace, client = make_workspace(user), make_client(user)
        zips = {f"{n}.zip": zipped({"same": b""}) for n in range(2)}
        assert upload(client, workspace, zips, unpack="true") == (400, "same came twice.")

    def test_number_of_zips_is_bounded(self) -> None:
        user = make_user()
        workspace, client = make_workspace(user), make_client(user)
        zips = {f"{n}.zip": zipped({f"{n}": b""}) for n in range(21)}
        status, _ = upload(client, workspace, zips, unpack="true")
        assert status == 413

    @pytest.mark.parametrize("name", ["/x", "../x", "d/../../x"])
    def test_folder_makes_no_odd_name_a_good_one(self, name: str) -> None:
        user = make_user()
        workspace, client = make_workspace(user), make_client(user)
        status, _ = upload(client, workspace, {"d/e/z.zip": zipped({name: b""})})
        assert status == 400


@pytest.mark.django_db(transaction=True)
def test_small_uploads_that_unpack_to_much_take_the_memory_of_one(peak: Peak) -> None:
    users = [make_user(f"u{n}") for n in range(8)]
    workspaces = [make_workspace(user) for user in users]
    clients = [make_client(user) for user in users]
    statuses = []

    def run(number: int) -> None:
        statuses.append(upload(clients[number], workspaces[number], {"z.zip": BOMB}))
        connections.close_all()

    tracemalloc.reset_peak()
    threads = [Thread(target=run, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert statuses == [(200, "")] * 8
    assert peak() < MOST * MIB
    assert File.objects.filter(path="bomb").count() == 8


@pytest.mark.django_db
def test_text_and_bytes_come_back_as_they_were_saved() -> None:
    user = make_user()
    workspace, client = make_workspace(user), make_client(user)
    data = {"dos.txt": b"a\r\nb\rc\n\r\n", "x.bin": bytes(range(256))}
    assert upload(client, workspace, data) == (200, "")
    for path, expected in data.items():
        file = File.objects.get(path=path)
        assert client.get(f"/w/{workspace.pk}/files/{file.pk}").content == expected
    file = File.objects.get(path="dos.txt")
    services.file_write(workspace, file_id=file.pk, content=b"x\r\ny\r\n", version=1)
    assert client.get(f"/w/{workspace.pk}/files/{file.pk}").content == b"x\r\ny\r\n"
    answer = client.get(f"/w/{workspace.pk}/files").json()["files"]
    by_path = {one["path"]: one for one in answer}
    assert by_path["dos.txt"]["content"] == "x\r\ny\r\n"
    assert by_path["x.bin"]["encoding"] == "base64"
