"""The page on which a workspace's files are read without a script."""

import re

import pytest
from django.test import Client

from ide.history.extent import CODE_OF_FILE
from ide.tests.makers import guest_of, make_client, make_user, make_workspace

pytestmark = pytest.mark.django_db


def headings(answer: object) -> list[str]:
    return re.findall(r'<h2 id="file-\d+">(.*?)</h2>', answer.content.decode())  # type: ignore[attr-defined]


def test_files_are_read_with_the_first_to_run_ahead() -> None:
    ada = make_user()
    workspace = make_workspace(ada, {"a.py": b"x = 1\n", "picture.png": b"\x89PNG\xff\x00"})
    answer = make_client(ada).get(f"/w/{workspace.pk}/read")
    assert headings(answer) == ["main.py", "a.py", "picture.png"]
    assert '<span class="c-number">1</span>' in answer.content.decode()
    assert "No text" in answer.content.decode()


def test_names_and_texts_run_nowhere() -> None:
    ada = make_user()
    workspace = make_workspace(ada, {"<img src=x>.html": b"<script>alert(1)</script>"})
    text = make_client(ada).get(f"/w/{workspace.pk}/read").content.decode()
    assert "<img" not in text
    assert "<script>alert" not in text
    assert "&lt;img src=x&gt;.html" in text


def test_long_files_are_named_with_a_way_to_them() -> None:
    ada = make_user()
    many = {f"{n}.txt": b"y" * CODE_OF_FILE for n in range(6)}
    workspace = make_workspace(ada, {"a-long.txt": b"y" * 2 * CODE_OF_FILE, **many})
    text = make_client(ada).get(f"/w/{workspace.pk}/read").content.decode()
    assert "The first 63.99 KB of 64 KB." in text
    assert text.count("Not shown here, 64 KB.") == 2
    assert "Not shown here, 128 KB." in text
    assert text.count("Download <") + text.count("</svg>Download</a>") >= 8


def test_nobody_else_may_read_them() -> None:
    guest = make_client()
    guests, adas = make_workspace(guest_of(guest)), make_workspace(make_user())
    for client, workspace in ((make_client(), guests), (guest, adas), (Client(), adas)):
        assert client.get(f"/w/{workspace.pk}/read").status_code == 404
    assert guest.get(f"/w/{guests.pk}/read").status_code == 200
    assert guest.get("/w/none-such/read").status_code == 404
    assert guest.post(f"/w/{guests.pk}/read").status_code == 405
