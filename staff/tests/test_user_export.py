"""Users as CSV: those of the list, or those who are ticked, and nobody else."""

import csv
import io
from typing import Any

import pytest
from channels.db import database_sync_to_async as threaded

from accounts.models import AuditEntry, Classroom, User
from accounts.tests.factories import make_user
from staff.tests.makers import client_of, make_instructor

LIST = "/admin/accounts/user/"


async def rows_of(answer: Any) -> list[dict[str, str]]:
    text = b"".join([part async for part in answer.streaming_content]).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def make_school() -> tuple[User, User]:
    sam, eve = make_user("sam"), make_user("eve", display_name="=1+1")
    ada = make_instructor("ada", sam, eve)
    make_instructor("bob", eve)
    Classroom.objects.filter(name="class of ada").update(name="@7a")
    return ada, sam


@pytest.fixture
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("staff.rosters.exports._CHUNK", 1)


@pytest.mark.usefixtures("_small_chunks")
@pytest.mark.django_db(transaction=True)
async def test_export_has_what_the_list_shows(async_client: Any) -> None:
    ada, sam = await threaded(make_school)()
    await async_client.aforce_login(ada)
    rows = await rows_of(await async_client.get(f"{LIST}export/"))
    assert [(row["username"], row["name"], row["classes"]) for row in rows] == [
        ("sam", "", "'@7a"),
        ("eve", "'=1+1", "'@7a"),
    ]
    entries = AuditEntry.objects.filter(action="exported", actor=ada)
    names = [name async for name in entries.values_list("subject__username", flat=True)]
    assert set(names) == {None, "sam", "eve"}
    found = await rows_of(await async_client.get(f"{LIST}export/?q=eve"))
    assert [row["username"] for row in found] == ["eve"]
    unseen = await rows_of(await async_client.get(f"{LIST}export/?seen=never"))
    assert [row["username"] for row in unseen] == ["sam", "eve"]
    failed = await rows_of(await async_client.get(f"{LIST}export/?outcome=error"))
    assert not failed
    bob = await User.objects.aget(username="bob")
    form = {"action": "export_csv", "_selected_action": [sam.pk, bob.pk]}
    ticked = await rows_of(await async_client.post(LIST, form))
    assert [row["username"] for row in ticked] == ["sam"]


@pytest.mark.django_db
def test_what_is_not_shown_is_no_filter_of_an_export() -> None:
    ada, _ = make_school()
    answer = client_of(ada).get(f"{LIST}export/?password__startswith=a")
    assert answer.status_code in {400, 404}
