"""Zips in, with all that a zip can be up to, and out."""

import io
import stat
import zipfile
from collections.abc import Mapping

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from cloudrun.errors import InvalidRequestError, PayloadTooLargeError
from ide.archives import ZipUpload, without_common_folder
from ide.models import Workspace
from ide.tests.makers import (
    CODE,
    content,
    make_client,
    make_user,
    make_workspace,
    paths,
    unzipped,
    zipped,
)


def unpacked(data: io.BytesIO) -> dict[str, bytes]:
    return dict(ZipUpload(data).contents(settings.MAX_UPLOAD_SIZE))


def read(entries: Mapping[str | zipfile.ZipInfo, bytes | str]) -> dict[str, bytes]:
    return unpacked(io.BytesIO(zipped(entries)))


def special(name: str, mode: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = mode << 16
    return entry


def test_files_and_folders_are_read_and_litter_is_not() -> None:
    entries: dict[str | zipfile.ZipInfo, bytes | str] = {
        "main.py": "1",
        "data/": "",
        "data/é.csv": "2",
        "__MACOSX/._main.py": "x",
        "data/.DS_Store": "x",
    }
    assert read(entries) == {"main.py": b"1", "data/é.csv": b"2"}


@pytest.mark.parametrize(
    "name",
    [
        "../evil",
        "a/../../evil",
        "/etc/passwd",
        "C:\\x",
        "..\\evil",
        "a//b",
        "a/./b",
        "x\ny",
        "a" * 256,
        "x\u202ey",
        " ",
    ],
)
def test_name_that_leads_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        read({"main.py": "1", name: "evil"})
    assert len(refused.value.errors) >= 1


def test_name_cannot_hide_behind_a_nul() -> None:
    data = zipped({"main.py": "1", "nice.pyX..evil": "x"}).replace(b"nice.pyX..", b"nice.py\0..")
    with pytest.raises(InvalidRequestError):
        unpacked(io.BytesIO(data))


@pytest.mark.parametrize("mode", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFSOCK])
def test_link_or_device_is_refused(mode: int) -> None:
    with pytest.raises(InvalidRequestError, match="link or a device") as refused:
        read({"main.py": "1", special("passwd", mode | 0o777): "/etc/passwd"})
    assert [error.field for error in refused.value.errors] == ["passwd"]


def test_encrypted_entry_is_refused() -> None:
    data = bytearray(zipped({"main.py": "1"}))
    for header, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(header) + flags] |= 1
    with pytest.raises(InvalidRequestError, match="encrypted"):
        unpacked(io.BytesIO(bytes(data)))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_compression_that_cannot_be_bounded_is_refused(method: int) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr("main.py", "1")
    with pytest.raises(InvalidRequestError, match="plain zip"):
        unpacked(io.BytesIO(out.getvalue()))


def test_bomb_is_refused_whatever_size_it_claims() -> None:
    data = zipped({"bomb": b"\0" * (1 << 20)})
    lying = data.replace((1 << 20).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lying != data
    with override_settings(MAX_UPLOAD_SIZE=100_000):
        with pytest.raises(PayloadTooLargeError):
            unpacked(io.BytesIO(data))
        with pytest.raises((PayloadTooLargeError, InvalidRequestError)):
            unpacked(io.BytesIO(lying))


def test_too_many_files_are_refused() -> None:
    with override_settings(MAX_FILES_PER_REQUEST=5), pytest.raises(PayloadTooLargeError):
        read({f"f{n}": "" for n in range(6)})


def test_damaged_zip_is_read_or_refused() -> None:
    """Each byte of one in turn, made another: never an error of ours."""
    data = zipped({"main.py": "print(1)\n" * 50, "data/a.csv": "1,2,3\n" * 9})
    refusals = 0
    for place in range(len(data)):
        for mask in (0x01, 0x80, 0xFF):
            damaged = bytearray(data)
            damaged[place] ^= mask
            try:
                unpacked(io.BytesIO(bytes(damaged)))
            except (InvalidRequestError, PayloadTooLargeError):
                refusals += 1
    assert refusals > len(data)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_names_that_are_one_are_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("main.py", "1")
        archive.writestr("main.py", "2")
    with pytest.raises(InvalidRequestError, match="twice"):
        unpacked(io.BytesIO(out.getvalue()))
    with pytest.raises(InvalidRequestError, match="letter case"):
        read({"main.py": "1", "Main.py": "2"})
    with pytest.raises(InvalidRequestError, match="letter case"):
        read({"data/1": "1", "Data/2": "2"})
    with pytest.raises(InvalidRequestError, match="is a file, no folder"):
        read({"data": "1", "data/x": "2"})


@pytest.mark.parametrize("data", [b"", b"no zip", zipped({"a": "b"})[:-10], zipped({})])
def test_broken_zip_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidRequestError):
        unpacked(io.BytesIO(data))


def test_every_bad_entry_is_listed() -> None:
    with pytest.raises(InvalidRequestError) as refused:
        read({"../a": "", "ok": "", "/b": ""})
    assert [error.field for error in refused.value.errors] == ["../a", "/b"]


def test_folder_around_everything_is_taken_off() -> None:
    assert without_common_folder({"p/main.py": b"", "p/d/x": b""}) == {"main.py": b"", "d/x": b""}
    assert without_common_folder({"p/a": b"", "b": b""}) == {"p/a": b"", "b": b""}


def upload(client: Client, workspace: Workspace, files: dict[str, bytes], **more: str) -> object:
    uploads = [SimpleUploadedFile("file", data) for data in files.values()]
    form = {"files": uploads, "paths": list(files), **more}
    return client.post(f"/w/{workspace.pk}/upload", form)


@pytest.mark.django_db
class TestOverHttp:
    def test_zip_out_and_in_is_the_same(self) -> None:
        user = make_user()
        files = {"data/x.bin": bytes(range(256)), "é.txt": "é".encode()}
        workspace = make_workspace(user, files)
        client = make_client(user)
        answer = client.get(f"/w/{workspace.pk}/zip")
        data = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
        form = {"zip": SimpleUploadedFile("again.zip", data)}
        made = client.post("/workspaces/import", form)
        assert made.status_code == 302
        again = Workspace.objects.exclude(pk=workspace.pk).get()
        assert (again.name, again.language) == ("again", "python")
        assert unzipped(client.get(f"/w/{again.pk}/zip")) == {"main.py": CODE.encode(), **files}

    def test_zip_without_an_entry_file_makes_nothing(self) -> None:
        client = make_client()
        form = {"zip": SimpleUploadedFile("x.zip", zipped({"notes.txt": "x"}))}
        page = client.post("/workspaces/import", form, follow=True)
        assert b"no file that Run could start with" in page.content
        assert not Workspace.objects.exists()

    def test_uploaded_zip_is_unpacked(self) -> None:
        user = make_user()
        workspace = make_workspace(user)
        answer = upload(make_client(user), workspace, {"more.zip": zipped({"a/b.txt": "1"})})
        assert answer.status_code == 200  # type: ignore[attr-defined]
        assert paths(workspace) == ["a/b.txt", "main.py"]

    def test_upload_replaces_only_where_asked_to(self) -> None:
        user = make_user()
        workspace, client = make_workspace(user), make_client(user)
        answer = upload(client, workspace, {"main.py": b"new", "x": b""})
        assert answer.status_code == 409  # type: ignore[attr-defined]
        assert content(workspace, "main.py").decode() == CODE
        assert paths(workspace) == ["main.py"]
        upload(client, workspace, {"main.py": b"new", "x": b""}, replace="true")
        assert content(workspace, "main.py") == b"new"

    @pytest.mark.parametrize("path", ["../x", "/x", "a\\b", ""])
    def test_upload_with_an_odd_path_is_refused(self, path: str) -> None:
        user = make_user()
        workspace = make_workspace(user)
        answer = upload(make_client(user), workspace, {path: b"x"})
        assert answer.status_code == 400  # type: ignore[attr-defined]
        assert paths(workspace) == ["main.py"]
