"""Teaching mode of a workspace: staff set it, copies keep it, its assistant gives hints first."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from assistant.resting import rests
from assistant.tests.ai_server import AIServer, ai_server
from ide.models import Share, Workspace
from ide.sharing.services import share_create, share_fork
from ide.tests.makers import make_client, make_user, make_workspace
from ide.tests.past_runs import make_run
from sandbox.requests import Owner

pytestmark = pytest.mark.django_db(transaction=True)

QUESTION = {
    "action": "fix_error",
    "language": "python",
    "code": "print(1/0)\n",
    "error": "ZeroDivisionError: division by zero",
    "verify": False,
}


@pytest.fixture(autouse=True)
def ai(settings: Settings) -> Iterator[AIServer]:
    with ai_server() as server:
        settings.GROQ_API_KEY = "secret"
        settings.GROQ_BASE_URL = server.groq()
        rests.succeeded("groq")
        yield server


def make_root() -> User:
    return User.objects.create_superuser("root", "root@example.org", "a good password")


def taught_workspace(user: User) -> Workspace:
    workspace = make_workspace(user)
    Workspace.objects.filter(pk=workspace.pk).update(teaching=True)
    workspace.refresh_from_db()
    return workspace


def is_taught(workspace: Workspace) -> bool:
    return Workspace.objects.get(pk=workspace.pk).teaching


def ask(client: Client, workspace: Workspace) -> Any:
    path = reverse("workspace_assist", args=[workspace.pk])
    origin = {"Origin": "http://testserver"}
    return client.post(path, QUESTION, content_type="application/json", headers=origin)


def page_data(client: Client, path: str) -> dict[str, Any]:
    data: dict[str, Any] = client.get(path).context["page_data"]["assistant"]
    return data


def test_hints_come_first_in_a_taught_workspace_alone() -> None:
    ada = make_user()
    client = make_client(ada)
    taught, free = taught_workspace(ada), make_workspace(ada)
    steps = [ask(client, taught).json()["step"] for _ in range(3)]
    assert steps == ["nudge", "explain", "show"]
    assert ask(client, taught_workspace(ada)).json()["step"] == "nudge", "each has its own steps"
    assert ask(client, free).json()["step"] == "show"
    assert page_data(client, f"/w/{taught.pk}")["teaching"] is True
    assert page_data(client, f"/w/{taught.pk}")["url"] == f"/api/workspaces/{taught.pk}/assist"
    assert page_data(client, f"/w/{free.pk}")["teaching"] is False
    assert page_data(client, "/")["teaching"] is False
    assert page_data(client, "/")["url"] == "/api/ai/assist"


def test_site_in_teaching_mode_teaches_everywhere(settings: Settings) -> None:
    settings.AI_TEACHING = True
    ada, root = make_user(), make_root()
    workspace = make_workspace(ada)
    assert ask(make_client(ada), workspace).json()["step"] == "nudge"
    assert page_data(Client(), "/")["teaching"] is True
    assert page_data(make_client(root), "/")["teaching"] is False
    assert ask(make_client(root), taught_workspace(root)).json()["step"] == "show"


def test_stranger_is_not_answered_about_it() -> None:
    workspace = taught_workspace(make_user())
    for client in (make_client(make_user("grace")), make_client()):
        assert ask(client, workspace).status_code == 404
    assert make_client().post("/api/workspaces/x/assist").status_code in {403, 404}


def test_staff_set_it_and_its_owner_cannot() -> None:
    ada = make_user()
    workspace = make_workspace(ada)
    listed = reverse("admin:ide_workspace_changelist")
    chosen = {"action": "teach", "_selected_action": [workspace.pk]}
    assert make_client(ada).post(listed, chosen).status_code in {302, 403}
    assert not is_taught(workspace)
    root = make_client(make_root())
    assert "My program" in root.get(listed, {"q": "ada"}).content.decode()
    root.post(listed, chosen)
    assert is_taught(workspace)
    make_client(ada).post(f"/w/{workspace.pk}/rename", {"name": "Mine", "teaching": ""})
    assert is_taught(workspace)
    page = reverse("admin:ide_workspace_change", args=[workspace.pk])
    root.post(page, {"name": "Not hers"})
    assert not is_taught(workspace)
    assert Workspace.objects.get(pk=workspace.pk).name == "Mine"


def test_copies_keep_it() -> None:
    ada, grace = make_user(), make_user("grace")
    client = make_client(ada)
    workspace = taught_workspace(ada)
    client.post(f"/w/{workspace.pk}/duplicate")
    run = make_run(workspace.owner, workspace)
    client.post(f"/w/{workspace.pk}/runs/{run.pk}/restore/new")
    share = share_create(owner=workspace.owner, run=run, title="Exercise", days=7)
    share_fork(owner=Owner(grace.pk, "", ""), share=Share.objects.get(pk=share.pk))
    assert Workspace.objects.count() == 4
    assert set(Workspace.objects.values_list("teaching", flat=True)) == {True}


def test_copies_of_others_are_not_taught() -> None:
    workspace = make_workspace(make_user())
    run = make_run(workspace.owner, workspace)
    share = share_create(owner=workspace.owner, run=run, title="Mine", days=7)
    assert share_fork(owner=workspace.owner, share=share).teaching is False
