"""What every answer tells browsers, whoever gives it: Django, the files' server, or an error."""

import os
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from cloudrun.tests.test_http_server import answer_to
from e2e.server import ROOT, Server

BROWSER = {"Accept": "text/html"}
PATHS = [
    "/", "/docs", "/health", "/nothing", "/api/languages", "/api/runs/nothing", "/api/auth/me",
    "/accounts/login/", "/accounts/signup/", "/accounts/profile/", "/accounts/nothing/", "/admin/",
    "/static/favicon.svg",
]  # fmt: skip
DENIED = {"camera", "geolocation", "microphone", "payment", "usb"}


@pytest.mark.parametrize("path", PATHS)
def test_answer_is_not_framed_sniffed_or_taken_elsewhere(server: Server, path: str) -> None:
    answer = httpx.get(server.url + path, headers=BROWSER)
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    denied = answer.headers["permissions-policy"].split(", ")
    assert {f"{feature}=()" for feature in DENIED} <= set(denied)


@pytest.mark.parametrize("path", [path for path in PATHS if not path.startswith("/static")])
def test_policy_lets_no_foreign_or_inline_script_in(server: Server, path: str) -> None:
    answer = httpx.get(server.url + path, headers=BROWSER)
    policy = dict(
        directive.split(maxsplit=1)
        for directive in answer.headers["content-security-policy"].split("; ")
    )
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert re.fullmatch(r"'self'( 'nonce-[\w+/=]+')?", policy["script-src"])


def test_workers_alone_may_compile_and_what_is_of_this_site(server: Server) -> None:
    page = httpx.get(server.url).text
    scripts = {str(script) for script in re.findall(r"/static/[\w-]+-worker[.\w]*\.js", page)}
    assert len(scripts) == 3
    for script in scripts:
        policy = httpx.get(server.url + script).headers["content-security-policy"]
        assert policy == (
            "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
        )


def test_nonce_is_another_one_each_time(server: Server) -> None:
    policies = [httpx.get(server.url).headers["content-security-policy"] for _ in range(2)]
    first, second = (re.search(r"'nonce-([\w+/=]{20,})'", policy) for policy in policies)
    assert first
    assert second
    assert first[1] != second[1]


@pytest.mark.parametrize(
    "path",
    ["/", "/api/auth/me", "/api/runs", "/api/languages", "/accounts/login/", "/accounts/profile/",
     "/accounts/export/", "/admin/"],
)  # fmt: skip
def test_what_is_somebodys_is_kept_by_no_cache(server: Server, path: str) -> None:
    assert "no-store" in httpx.get(server.url + path).headers["cache-control"]


@pytest.mark.parametrize(
    ("path", "listed"),
    [
        ("/", True),
        ("/docs", True),
        ("/accounts/profile/", False),
        ("/accounts/password/reset/key/1-x/", False),
        ("/admin/", False),
        ("/api/runs", False),
        ("/preview/nothing/", False),
    ],
)
def test_search_engines_get_no_personal_page(server: Server, path: str, listed: bool) -> None:
    assert ("x-robots-tag" not in httpx.get(server.url + path).headers) == listed


def test_preview_alone_is_framed_and_by_this_site_only(server: Server) -> None:
    answer = httpx.get(f"{server.url}/preview/nothing/")
    assert "x-frame-options" not in answer.headers
    assert "cross-origin-resource-policy" not in answer.headers  # it loads its files as nobody
    assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]
    assert "camera=()" in answer.headers["permissions-policy"]


def test_session_is_out_of_reach_of_scripts_and_other_sites(server: Server) -> None:
    cookies = httpx.get(server.url).headers.get_list("set-cookie")
    (cookie,) = [one for one in cookies if one.startswith("sessionid=")]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


@pytest.mark.parametrize(
    "request_head",
    [
        b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
        b"GET /ws/execute HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
        b"Connection: Upgrade\r\nSec-WebSocket-Version: 99\r\n\r\n",
    ],
    ids=["no host", "no address", "too long", "no handshake"],
)
def test_refusal_before_django_has_its_headers(server: Server, request_head: bytes) -> None:
    head, body = answer_to(server, request_head)
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"X-Content-Type-Options: nosniff" in head
    assert b"frame-ancestors 'none'" in head
    assert b'"code"' in body


def test_files_are_for_this_site(server: Server) -> None:
    answer = httpx.get(f"{server.url}/static/favicon.svg", headers={"Origin": "https://evil.test"})
    assert answer.status_code == 200
    assert "access-control-allow-origin" not in answer.headers


_BEHIND_HTTPS = """
import django
django.setup()
from django.core.management import call_command
from django.test import Client
call_command("migrate", verbosity=0)
page = Client().get("/accounts/login/", secure=True, headers={"host": "ide.example.org"})
print(page["Strict-Transport-Security"])
for cookie in page.cookies.values():
    print(cookie.key, bool(cookie["secure"]), cookie["samesite"])
plain = Client().get("/accounts/login/", headers={"host": "ide.example.org"})
print(plain.status_code, plain["Location"])
"""


def test_https_site_is_https_only(tmp_path: Path) -> None:
    env = os.environ | {
        "DATABASE_URL": "",
        "DATA_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "cloudrun.settings",
        "ENV_FILE": os.devnull,
        "SITE_URL": "https://ide.example.org",
    }
    command = [sys.executable, "-c", _BEHIND_HTTPS]
    done = subprocess.run(
        command, env=env, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    hsts, *cookies, plain = done.stdout.splitlines()
    assert hsts == "max-age=31536000; includeSubDomains"
    assert cookies
    assert all(line.split()[1:] == ["True", "Lax"] for line in cookies)
    assert plain == "301 https://ide.example.org/accounts/login/"
