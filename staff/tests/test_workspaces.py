"""Setting the teaching mode of workspaces: each change is in the audit log, for its owner too."""

import re
from typing import Any

import pytest
from django.contrib.messages import get_messages

from accounts.models import AuditEntry, User
from accounts.tests.factories import make_user
from ide.looks import looks_at
from ide.models import Workspace
from ide.tests.makers import make_workspace
from staff.tests.makers import client_of

pytestmark = pytest.mark.django_db
LIST = "/admin/ide/workspace/"


@pytest.fixture
def root() -> User:
    return User.objects.create_superuser("root", "root@example.org", "x")


def changes() -> list[tuple[str, str]]:
    entries = AuditEntry.objects.filter(action="changed").order_by("pk")
    return [(str(entry.subject), entry.what) for entry in entries]


def test_teaching_mode_of_many_is_in_the_audit_log_once_for_each(
    root: User, django_assert_max_num_queries: Any
) -> None:
    ada, bob = make_user("ada"), make_user("bob")
    own = [(str(user), make_workspace(user)) for user in (ada, bob) for _ in range(8)]
    Workspace.objects.filter(pk=own[0][1].pk).update(teaching=True)
    client = client_of(root)
    data = {"action": "teach", "_selected_action": [workspace.pk for _, workspace in own]}
    with django_assert_max_num_queries(20):
        answer = client.post(LIST, data)
    assert not Workspace.objects.filter(teaching=False).exists()
    assert sorted(changes()) == sorted(
        (name, f"workspace {it.pk}: hints first") for name, it in own[1:]
    )
    (told,) = [str(message) for message in get_messages(answer.wsgi_request)]
    assert told == "Now hints first. Workspaces changed: 15."
    assert {"changed the settings of your workspace", ": hints first"} <= {
        words for look in looks_at(bob) for words in re.split(" “.*”", look.did)
    }


def test_teaching_mode_of_one_is_in_the_audit_log_where_it_changes(root: User) -> None:
    workspace = make_workspace(make_user("ada"))
    client = client_of(root)
    for _ in range(2):
        client.post(f"{LIST}{workspace.pk}/change/", {"teaching": "on"})
        assert changes() == [("ada", f"workspace {workspace.pk}: hints first")]
    client.post(f"{LIST}{workspace.pk}/change/", {})
    assert changes()[1:] == [("ada", f"workspace {workspace.pk}: fixes at once")]
