"""Changes of one owner at the same time: together they stay within the limits."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections, transaction
from django.test import override_settings

from cloudrun.errors import PayloadTooLargeError
from ide import services
from ide.locks import owner_lock
from ide.models import File, Workspace
from ide.tests.makers import make_client, make_user, make_workspace

pytestmark = pytest.mark.django_db(transaction=True)

COUNT = 8


def at_once(act: Callable[[int], object]) -> list[object]:
    """What each of `COUNT` threads gets, an error of ours as itself."""
    start, results = Barrier(COUNT), list[object]()

    def run(number: int) -> None:
        start.wait(10)
        try:
            results.append(act(number))
        except PayloadTooLargeError as error:
            results.append(error)
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=(number,)) for number in range(COUNT)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(results) == COUNT
    return results


def refused(results: list[object]) -> int:
    return sum(isinstance(result, PayloadTooLargeError) for result in results)


@override_settings(MAX_BYTES_PER_USER=3_500)
def test_files_in_several_workspaces_share_the_owners_room() -> None:
    user = make_user()
    workspaces = [make_workspace(user) for _ in range(COUNT)]
    results = at_once(lambda n: services.file_create(workspaces[n], path="f", content=bytes(1_000)))
    assert refused(results) == COUNT - 3
    assert File.objects.filter(path="f").count() == 3


@override_settings(MAX_WORKSPACES_PER_USER=3)
def test_workspaces_made_at_once_are_counted_together() -> None:
    user = make_user()
    results = at_once(lambda n: make_workspace(user))
    assert refused(results) == COUNT - 3
    assert Workspace.objects.count() == 3


@override_settings(MAX_BYTES_PER_USER=3_500)
def test_uploads_at_once_are_counted_together() -> None:
    user = make_user()
    workspaces = [make_workspace(user) for _ in range(COUNT)]
    clients = [make_client(user) for _ in range(COUNT)]

    def upload(number: int) -> int:
        form = {"files": SimpleUploadedFile("f", bytes(1_000)), "paths": ["f"]}
        return clients[number].post(f"/w/{workspaces[number].pk}/upload", form).status_code

    statuses = at_once(upload)
    assert sorted(map(str, statuses)) == ["200"] * 3 + ["413"] * (COUNT - 3)
    assert File.objects.filter(path="f").count() == 3


if connection.vendor == "postgresql":  # in SQLite all wait for all

    def test_lock_is_of_one_owner() -> None:
        """Whoever changes something waits for nobody else."""
        mine, other = make_workspace(make_user()), make_workspace(make_user("eve"))
        done = Barrier(2)

        def change() -> None:
            try:
                services.file_create(other, path="f")
                done.wait(10)
            finally:
                connections.close_all()

        with transaction.atomic():
            owner_lock(mine.owner)
            thread = Thread(target=change)
            thread.start()
            done.wait(10)
        thread.join(10)
