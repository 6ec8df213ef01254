from dataclasses import dataclass
from typing import Any

import pytest
from django.http.response import HttpResponseBase
from django.test import Client, override_settings

from cloudrun.errors import NotFoundError
from ide import views

ELSEWHERE: dict[str, Any] = {
    "SITE_URL": "https://ide.example",
    "PREVIEW_URL": "https://preview.example",
    "ALLOWED_HOSTS": ["ide.example", "preview.example"],
}


@dataclass(frozen=True)
class PreviewFile:
    content: bytes
    content_type: str


def one_file(token: str, path: str) -> PreviewFile:
    """The page of the token `known`, and nothing else."""
    if (token, path) != ("known", ""):
        raise NotFoundError("There is no such file.")
    return PreviewFile(b"<h1>Mine</h1>", "text/html; charset=utf-8")


@pytest.fixture(autouse=True)
def files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "preview_file", one_file)


def directives(response: HttpResponseBase) -> dict[str, str]:
    policy = response["Content-Security-Policy"]
    return dict(directive.split(" ", 1) for directive in policy.split("; "))


def test_page_is_served_as_it_is(client: Client) -> None:
    response = client.get("/preview/known/")
    assert response.status_code == 200
    assert response.content == b"<h1>Mine</h1>"
    assert response["Content-Type"] == "text/html; charset=utf-8"


def test_page_in_a_frame_tells_what_its_console_says(client: Client) -> None:
    for wanted_as, is_told in (("iframe", True), ("document", False)):
        response = client.get("/preview/known/", headers={"Sec-Fetch-Dest": wanted_as})
        assert (b'<script data-file="index.html">' in response.content) is is_told
        assert response.content.endswith(b"<h1>Mine</h1>")


def test_page_has_an_opaque_origin_and_no_connections(client: Client) -> None:
    policy = directives(client.get("/preview/known/"))
    assert policy["sandbox"] == "allow-scripts allow-modals allow-forms"
    assert policy["connect-src"] == "'none'"
    assert policy["default-src"] == "'none'"
    assert policy["form-action"] == "'none'"


def test_page_loads_from_its_own_folder_only(client: Client) -> None:
    policy = directives(client.get("/preview/known/"))
    for name in ("script-src", "style-src", "img-src"):
        sources = policy[name].split(" ")
        assert "http://testserver/preview/known/" in sources
        assert "'self'" not in sources


def test_page_may_load_its_modules_and_fonts(client: Client) -> None:
    assert client.get("/preview/known/")["Access-Control-Allow-Origin"] == "*"


def test_only_the_ide_may_frame_it(client: Client) -> None:
    response = client.get("/preview/known/")
    assert directives(response)["frame-ancestors"] == "'self'"
    assert "X-Frame-Options" not in response
    with override_settings(**ELSEWHERE):
        response = client.get("/preview/known/", headers={"Host": "preview.example"})
    assert response.status_code == 200
    assert directives(response)["frame-ancestors"] == "https://ide.example"


@override_settings(**ELSEWHERE)
@pytest.mark.parametrize("host", ["ide.example", "preview.example:8000"])
def test_previews_with_an_origin_of_their_own_are_not_on_the_sites(
    client: Client, host: str
) -> None:
    response = client.get("/preview/known/", headers={"Host": host})
    assert response.status_code == 404
    assert "sandbox" in response["Content-Security-Policy"]


def test_no_cookie_is_set_nor_anything_kept(client: Client) -> None:
    response = client.get("/preview/known/")
    assert not response.cookies
    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("asked_by", "wanted_as", "status"),
    [
        ("same-origin", "iframe", 200),  # the IDE's frame
        ("same-origin", "document", 200),  # opened beside it
        ("none", "document", 200),
        ("cross-site", "script", 200),  # the preview's own page
        ("same-origin", "script", 404),
        ("same-origin", "serviceworker", 404),
        ("same-origin", "style", 404),
        ("same-origin", "empty", 404),
    ],
)
def test_program_is_no_script_of_our_pages(
    client: Client, asked_by: str, wanted_as: str, status: int
) -> None:
    headers = {"Sec-Fetch-Site": asked_by, "Sec-Fetch-Dest": wanted_as}
    assert client.get("/preview/known/", headers=headers).status_code == status


@pytest.mark.parametrize("path", ["/preview/unknown/", "/preview/known/other.js"])
def test_unknown_file_is_a_sandboxed_404_that_says_what_to_do(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert b"link has ended" in response.content
    assert b"Press Run" in response.content
    assert directives(response)["sandbox"] == "allow-scripts allow-modals allow-forms"
    assert not response.cookies
