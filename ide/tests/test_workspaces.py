"""The list of workspaces and the page of one: owner, stranger and anonymous at each door."""

import json
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.utils import timezone

from ide import services, trash
from ide.examples import EXAMPLES
from ide.models import File, Workspace
from ide.tests.makers import guest_of, make_client, make_user, make_workspace, paths, send
from sandbox.languages import LANGUAGES
from sandbox.models import Run, RunStatus, pack_source

pytestmark = pytest.mark.django_db

BROWSER = {"Accept": "text/html"}
HTMX = {"HX-Request": "true", "Accept": "text/html"}


def doors(workspace_id: str, file_id: int) -> list[tuple[str, str, dict[str, object] | None]]:
    """Method, address and body of all that can be done with a workspace."""
    at = f"/w/{workspace_id}"
    return [
        ("get", at, None),
        ("get", f"{at}/zip", None),
        ("get", f"{at}/files", None),
        ("get", f"{at}/files/{file_id}", None),
        ("get", f"{at}/files/{file_id}/picture", None),
        ("post", f"{at}/files", {"path": "new"}),
        ("put", f"{at}/files/{file_id}", {"content": "x", "version": 1}),
        ("post", f"{at}/upload", {}),
        ("post", f"{at}/move", {"path": "a.txt", "to": "b"}),
        ("post", f"{at}/copy", {"path": "a.txt"}),
        ("post", f"{at}/remove", {"path": "a.txt"}),
        ("post", f"{at}/undo", {"deletion": "x"}),
        ("post", f"{at}/rename", {}),
        ("post", f"{at}/duplicate", {}),
        ("post", f"{at}/delete", {}),
        ("post", f"{at}/restore", {}),
    ]


def knock(client: Client, door: tuple[str, str, dict[str, object] | None]) -> int:
    method, path, body = door
    if body is None:
        return int(client.get(path).status_code)
    return int(send(client, method, path, body).status_code)


def test_guest_is_told_to_log_in_to_what_may_be_theirs() -> None:
    at = f"/w/{make_workspace(make_user()).pk}"
    login = f'href="/accounts/login/?next={at}"'
    assert login in make_client().get(at, headers=BROWSER).content.decode()
    page = make_client(make_user("eve")).get(at, headers=BROWSER).content.decode()
    assert "There is no such workspace here." in page
    assert login not in page


def snapshot(workspace: Workspace) -> list[tuple[object, ...]]:
    files = File.objects.filter(workspace=workspace).values_list("path", "version", "deleted_at")
    name = Workspace.objects.values_list("name", "deleted_at").get(pk=workspace.pk)
    return [*files, name]


@pytest.mark.parametrize("who", ["stranger", "other guest", "anonymous"])
@pytest.mark.parametrize("whose", ["user", "guest"])
def test_strangers_find_nothing_as_where_nothing_is(who: str, whose: str) -> None:
    owner = make_user() if whose == "user" else guest_of(make_client())
    workspace = make_workspace(owner, {"a.txt": b"secret"})
    file_id = File.objects.get(workspace=workspace, path="a.txt").pk
    before = snapshot(workspace)
    visitor = {
        "stranger": lambda: make_client(make_user("eve")),
        "other guest": make_client,
        "anonymous": Client,
    }[who]()
    there = [knock(visitor, door) for door in doors(workspace.pk, file_id)]
    nowhere = [knock(visitor, door) for door in doors("0" * 16, file_id)]
    assert set(there) == {404}
    assert there == nowhere
    assert snapshot(workspace) == before
    answers = [visitor.get(f"/w/{id}").json()["detail"] for id in (workspace.pk, "0" * 16)]
    assert answers[0] == answers[1]


@pytest.mark.parametrize("whose", ["user", "guest"])
def test_owner_finds_it(whose: str) -> None:
    user = make_user() if whose == "user" else None
    client = make_client(user)
    workspace = make_workspace(user or guest_of(client), {"a.txt": b"secret"})
    page = client.get(f"/w/{workspace.pk}")
    assert page.status_code == 200
    found = re.search(r'id="page-data" type="application/json">(.*?)</script>', str(page.content))
    assert found
    assert "secret" in found[1]
    assert b"My program" in client.get("/workspaces").content
    assert b"My program" not in make_client().get("/workspaces").content


@pytest.mark.parametrize("id", ["%00", "x" * 300, "..", "é", "0" * 15])
def test_what_cannot_be_an_id_is_not_found(id: str) -> None:
    assert make_client().get(f"/w/{id}").status_code == 404


def test_file_that_cannot_be_is_not_found() -> None:
    user = make_user()
    workspace, client = make_workspace(user), make_client(user)
    for id in (0, 10**30):
        assert client.get(f"/w/{workspace.pk}/files/{id}").status_code == 404


def test_file_of_another_workspace_is_not_found() -> None:
    user = make_user()
    one, other, client = make_workspace(user), make_workspace(user), make_client(user)
    file_id = File.objects.get(workspace=other).pk
    assert client.get(f"/w/{one.pk}/files/{file_id}").status_code == 404
    body = {"content": "x", "version": 1}
    answer = send(client, "put", f"/w/{one.pk}/files/{file_id}", body)
    assert (answer.status_code, answer.json()["code"]) == (404, "file_gone")


def test_other_methods_are_refused() -> None:
    user = make_user()
    workspace, client = make_workspace(user), make_client(user)
    for path in ("rename", "duplicate", "delete", "restore", "upload", "move", "remove", "undo"):
        assert client.get(f"/w/{workspace.pk}/{path}").status_code == 405
    assert client.post(f"/w/{workspace.pk}").status_code == 405
    assert client.post("/workspaces").status_code == 405
    assert client.get("/workspaces/new").status_code == 405


def test_changes_need_the_token_of_the_form() -> None:
    user = make_user()
    workspace = make_workspace(user)
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    assert client.post(f"/w/{workspace.pk}/delete").status_code == 403
    body = {"path": "x"}
    assert send(client, "post", f"/w/{workspace.pk}/files", body).status_code == 403
    assert paths(workspace) == ["main.py"]


@override_settings(GUEST_RUNS=False)
def test_guests_are_asked_to_log_in_where_there_are_none() -> None:
    assert Client().get("/workspaces").status_code == 401
    assert Client().post(
        "/workspaces/new", {"start": "language:python"}, headers=BROWSER
    ).status_code in {
        302,
        401,
    }
    assert not Workspace.objects.exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_begins_with_its_template(language: str) -> None:
    client = make_client()
    answer = client.post("/workspaces/new", {"start": f"language:{language}", "name": " A  b "})
    workspace = Workspace.objects.get()
    assert answer["Location"] == f"/w/{workspace.pk}"
    assert (workspace.name, workspace.language) == ("A b", language)
    assert paths(workspace) == [LANGUAGES[language].file]


@pytest.mark.parametrize("example", EXAMPLES)
def test_each_example_can_be_begun_with(example: str) -> None:
    client = make_client()
    client.post("/workspaces/new", {"start": f"example:{example}"})
    workspace = Workspace.objects.get()
    assert workspace.name == EXAMPLES[example].name
    assert set(paths(workspace)) == set(EXAMPLES[example].files)
    assert client.get(f"/w/{workspace.pk}").status_code == 200


@pytest.mark.parametrize("start", ["", "language:", "language:cobol", "example:../x", "x"])
def test_unknown_beginning_is_refused_in_words(start: str) -> None:
    page = make_client().post("/workspaces/new", {"start": start}, follow=True, headers=BROWSER)
    assert b"Choose what to begin with." in page.content
    assert not Workspace.objects.exists()


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "a\x00b", "a\u202eb"])
def test_odd_name_is_refused_in_words(name: str) -> None:
    user = make_user()
    workspace, client = make_workspace(user), make_client(user)
    page = client.post(f"/w/{workspace.pk}/rename", {"name": name}, headers=HTMX)
    assert b"The name: Must be 1 to 80 characters" in page.content
    workspace.refresh_from_db()
    assert workspace.name == "My program"


def test_htmx_gets_the_list_and_others_the_page_anew() -> None:
    user = make_user()
    workspace, client = make_workspace(user), make_client(user)
    url = f"/w/{workspace.pk}/rename"
    fragment = client.post(url, {"name": "Other"}, headers=HTMX)
    assert fragment.status_code == 200
    assert b"<html" not in fragment.content
    assert b"Other" in fragment.content
    assert client.post(url, {"name": "Third"})["Location"] == "/workspaces"


@pytest.mark.parametrize("change", ["rename", "duplicate", "delete"])
def test_list_stays_searched_after_a_change(change: str) -> None:
    user = make_user()
    workspace, other, client = make_workspace(user), make_workspace(user), make_client(user)
    services.workspace_rename(workspace=other, name="Unlike")
    searched = client.get("/workspaces", {"q": "My pro"}).content.decode()
    fields = dict(re.findall(r'<input type="hidden" name="(q)" value="(.*?)">', searched))
    fields["name"] = "My product"
    assert client.post(f"/w/{workspace.pk}/{change}", fields)["Location"] == "/workspaces?q=My+pro"
    fragment = client.post(f"/w/{other.pk}/duplicate", fields, headers=HTMX).content.decode()
    assert "Unlike" not in fragment
    assert 'name="q" value="My pro"' in fragment or change == "delete"


def test_undo_of_a_deletion_is_offered_as_long_as_it_can_be() -> None:
    user = make_user()
    client = make_client(user)
    for meanwhile in ("restored", "gone"):
        workspace = make_workspace(user)
        client.post(f"/w/{workspace.pk}/delete")
        if meanwhile == "restored":
            services.workspace_restore(workspace=workspace)
        else:
            workspace.delete()
        page = client.get("/workspaces", headers=BROWSER)
        assert page.status_code == 200
        assert b"is deleted." not in page.content


def test_deleted_workspace_is_gone_and_can_come_back() -> None:
    user = make_user()
    workspace, client = make_workspace(user), make_client(user)
    page = client.post(f"/w/{workspace.pk}/delete", headers=HTMX)
    assert b"My program is deleted." in page.content
    assert client.get(f"/w/{workspace.pk}").status_code == 404
    page = client.post(f"/w/{workspace.pk}/restore", headers=HTMX)
    assert b"My program is back." in page.content
    assert client.get(f"/w/{workspace.pk}").status_code == 200


def test_workspace_deleted_long_ago_is_gone() -> None:
    user = make_user()
    workspace, other = make_workspace(user), make_workspace(user)
    services.workspace_delete(workspace=workspace)
    long_ago = timezone.now() - trash.UNDO_TIME - timedelta(seconds=1)
    Workspace.objects.filter(pk=workspace.pk).update(deleted_at=long_ago)
    services.workspace_delete(workspace=other)
    client = make_client(user)
    assert client.post(f"/w/{workspace.pk}/restore", headers=BROWSER).status_code == 404
    assert not File.objects.filter(workspace=workspace).exists()


def test_copy_is_of_its_own() -> None:
    user = make_user()
    workspace = make_workspace(user, {"data/x": b"1"})
    make_client(user).post(f"/w/{workspace.pk}/duplicate")
    copy = Workspace.objects.exclude(pk=workspace.pk).get()
    assert (copy.name, copy.user) == ("My program copy", user)
    assert paths(copy) == paths(workspace)
    services.path_delete(copy, path="data/x")
    assert "data/x" in paths(workspace)


def make_run(workspace: Workspace, status: RunStatus, **owner: object) -> Run:
    return Run.objects.create(
        workspace=workspace.pk,
        language="python",
        status=status,
        instance="test",
        source=pack_source({"code": "", "stdin": "", "files": []}),
        **owner,
    )


def test_list_shows_the_last_outcome_of_the_owners_runs() -> None:
    user = make_user()
    workspace, client = make_workspace(user), make_client(user)
    assert b"Last run" not in client.get("/workspaces").content
    make_run(workspace, RunStatus.COMPLETED, user=user)
    make_run(workspace, RunStatus.ERROR, user=user)
    # Anybody may write any workspace's id into their own request.
    make_run(workspace, RunStatus.TIMEOUT, user=make_user("eve"))
    page = client.get("/workspaces").content
    assert b"Last run failed" in page
    assert b"fine" not in page
    assert b"timed out" not in page


@pytest.mark.parametrize(
    ("search", "is_found"),
    [
        ("prog", True),
        ("MY", True),
        ("python", True),
        ("cities", True),
        ("my cobol", False),
        ("%", False),
        ("\x00my", True),
    ],
)
def test_search_finds_names_files_and_languages(search: str, is_found: bool) -> None:
    user = make_user()
    make_workspace(user, {"data/cities.csv": b""})
    page = make_client(user).get("/workspaces", {"q": search}, headers=HTMX)
    assert (b"My program" in page.content) == is_found


def test_limits_of_the_owner_are_told_near_their_end() -> None:
    user = make_user()
    make_workspace(user)
    with override_settings(MAX_WORKSPACES_PER_USER=1):
        client = make_client(user)
        assert b'data-tone="warn">1 of 1 workspaces' in client.get("/workspaces").content
        page = client.post(
            "/workspaces/new", {"start": "language:python"}, follow=True, headers=BROWSER
        )
        assert b"That would be 2 of 1 workspaces" in page.content
    assert Workspace.objects.count() == 1


@override_settings(WORKSPACES_PER_HOUR=2)
def test_guests_of_an_address_make_only_so_many() -> None:
    for _ in range(3):
        make_client().post("/workspaces/new", {"start": "language:python"}, REMOTE_ADDR="10.9.8.7")
    assert Workspace.objects.count() == 2


def test_guests_workspace_moves_into_the_account_that_is_made() -> None:
    client = make_client()
    workspace = make_workspace(guest_of(client))
    other = make_workspace(guest_of(make_client()))
    form = {"username": "newcomer", "email": "n@example.org", "password1": "correct horse battery"}
    assert client.post("/accounts/signup/", form).status_code == 302
    workspace.refresh_from_db()
    other.refresh_from_db()
    assert workspace.user
    assert (workspace.user.username, workspace.guest) == ("newcomer", "")
    assert other.user is None
    assert client.get(f"/w/{workspace.pk}").status_code == 200


def test_page_has_no_inline_style_or_handler() -> None:
    user = make_user()
    workspace, client = make_workspace(user), make_client(user)
    for path in ("/workspaces", f"/w/{workspace.pk}"):
        assert not re.search(r"\sstyle=|<style|\son\w+=", client.get(path).content.decode())


def test_long_files_do_not_come_with_the_page() -> None:
    user = make_user()
    workspace = make_workspace(user, {"long.txt": b"x" * 70_000})
    client = make_client(user)
    assert len(client.get(f"/w/{workspace.pk}").content) < 60_000
    files = client.get(f"/w/{workspace.pk}/files").json()["files"]
    assert {file["path"]: len(file["content"]) for file in files}["long.txt"] == 70_000


def test_binary_file_comes_in_base64() -> None:
    user = make_user()
    workspace = make_workspace(user, {"x.bin": b"\xff\x00"})
    files = make_client(user).get(f"/w/{workspace.pk}/files").json()["files"]
    assert json.dumps(files)
    binary = next(file for file in files if file["path"] == "x.bin")
    assert (binary["content"], binary["encoding"]) == ("/wA=", "base64")


def test_account_takes_its_workspaces_along() -> None:
    user = make_user()
    make_workspace(user)
    user.delete()
    assert not Workspace.objects.exists()
    assert not File.objects.exists()


def test_files_of_a_page_become_a_workspace_as_they_are() -> None:
    answer = make_client().post(
        "/workspaces/new", files_form({"main.py": b"a\r\nb\n", "d/x": b"1"})
    )
    workspace = Workspace.objects.get()
    assert answer["Location"] == f"/w/{workspace.pk}"
    assert (workspace.name, workspace.language) == ("Python program", "python")
    assert paths(workspace) == ["d/x", "main.py"]
    assert bytes(File.objects.get(path="main.py").content) == b"a\r\nb\n"


@pytest.mark.parametrize("path", ["other.py", "../main.py", ""])
def test_files_of_a_page_without_what_run_starts_with_are_refused(path: str) -> None:
    form = files_form({path: b"1"})
    page = make_client().post("/workspaces/new", form, follow=True, headers=BROWSER)
    assert b"main.py is missing, which Run starts with." in page.content
    assert not Workspace.objects.exists()


@override_settings(MAX_UPLOAD_SIZE=100)
def test_files_of_a_page_that_are_too_much_are_refused() -> None:
    form = files_form({"main.py": b"x" * 101})
    page = make_client().post("/workspaces/new", form, follow=True, headers=BROWSER)
    assert b"That would be" in page.content
    assert not Workspace.objects.exists()


@override_settings(WORKSPACES_PER_HOUR=1)
def test_workspaces_of_files_are_counted_as_others() -> None:
    for _ in range(2):
        make_client().post("/workspaces/new", files_form({"main.py": b""}), REMOTE_ADDR="10.9.8.6")
    assert Workspace.objects.count() == 1


def files_form(files: dict[str, bytes]) -> dict[str, object]:
    uploads = [SimpleUploadedFile("file", content) for content in files.values()]
    return {"start": "files:python", "paths": list(files), "files": uploads}
