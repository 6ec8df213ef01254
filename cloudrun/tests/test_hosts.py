"""Who a request says it is for."""

import httpx
import pytest

from cloudrun.tests.test_http_server import answer_to
from e2e.server import Server

FOREIGN = [
    "evil.example", "evil.example:8000", "localhost.evil.example", "localhost@evil.example",
    "localhost:8000@evil.example", "localhost:port", "localhost,evil.example", "[::1]evil", "",
    "localhost/evil.example", "<script>alert(1)</script>", "local\x7fhost",
]  # fmt: skip


def request(path: str, *headers: str) -> bytes:
    lines = [f"GET {path} HTTP/1.1", *headers, "Connection: close", "", ""]
    return "\r\n".join(lines).encode()


@pytest.mark.parametrize("host", FOREIGN)
@pytest.mark.parametrize("path", ["/", "/api/languages", "/accounts/login/"])
def test_foreign_name_is_refused(server: Server, path: str, host: str) -> None:
    head, body = answer_to(server, request(path, f"Host: {host}"))
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"<script>" not in body


@pytest.mark.parametrize(
    "hosts", [[], ["localhost", "evil.example"], ["evil.example", "localhost"]], ids=repr
)
def test_name_is_given_once(server: Server, hosts: list[str]) -> None:
    headers = [f"Host: {host}" for host in hosts]
    head, body = answer_to(server, request("/api/languages", *headers))
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b'"invalid_request"' in body


def test_other_headers_do_not_name_the_site(server: Server) -> None:
    forwarded = ["X-Forwarded-Host", "X-Host", "X-Original-Host", "X-Rewrite-Url", "X-Original-Url"]
    headers = dict.fromkeys(forwarded, "evil.example") | {"Forwarded": "host=evil.example"}
    answer = httpx.get(f"{server.url}/accounts/profile/", headers=headers)
    assert answer.headers["location"] == "/accounts/login/?next=/accounts/profile/"
    page = httpx.get(f"{server.url}/accounts/login/", headers=headers)
    assert "evil.example" not in page.text


@pytest.mark.parametrize("path", ["http://evil.example/api/languages", "//evil.example/"])
def test_address_of_another_site_is_not_found_here(server: Server, path: str) -> None:
    head, _ = answer_to(server, request(path, "Host: localhost"))
    assert head.startswith(b"HTTP/1.1 404 ")
    assert b"location:" not in head.lower()


def test_foreign_name_is_one_line_of_the_log(server: Server) -> None:
    assert server.log
    before = len(server.log.read_text())
    answer_to(server, request("/", "Host: evil.example"))
    lines = server.log.read_text()[before:].splitlines()
    (line,) = (line for line in lines if "cloudrun.access" not in line)  # as every request has
    assert "WARNING" in line
    assert "evil.example" in line
