"""Bodies that nobody should send, to everything that takes one."""

import gzip
import json
from collections.abc import Iterator

import httpx
import pytest

from e2e.server import Server

CONTENT_TYPE = "Content-Type"
JSON = {CONTENT_TYPE: "application/json"}
FORM = {CONTENT_TYPE: "application/x-www-form-urlencoded"}
PARTS = {CONTENT_TYPE: "multipart/form-data; boundary=x"}
TOO_LONG = "a" * (11 * 1024 * 1024)

ENDPOINTS = [
    "/api/execute", "/api/execute?wait=0", "/api/runs/batch", "/api/ai/assist",
    "/api/auth/register", "/api/auth/login", "/api/auth/password",
]  # fmt: skip
# Whatever any of them reads: a body that is bad for all.
FIELDS = [
    "language", "code", "stdin", "files", "install_packages", "callback_url", "runs", "action",
    "error", "username", "email", "password", "display_name", "current_password", "new_password",
]  # fmt: skip


def all_fields(value: object) -> bytes:
    return json.dumps(dict.fromkeys(FIELDS, value)).encode()


# Good but for what is to be one of a few words.
NO_CHOICES = {
    "language": "python",
    "code": "x",
    "files": [{"name": "a", "content": "", "encoding": "\ud800"}],
    "action": "explain_code",
    "step": "\ud800",
    "turns": [{"role": "\ud800", "content": "x"}],
}


BODIES: dict[str, tuple[bytes, dict[str, str]]] = {
    "nothing": (b"", JSON),
    "null": (b"null", JSON),
    "list": (b"[]", JSON),
    "string": (b'"x"', JSON),
    "cut off": (b'{"code": "x', JSON),
    "depth of 10 000": (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, JSON),
    "depth of a field": (b'{"code":' + b"[" * 100_000 + b"]" * 100_000 + b"}", JSON),
    "lone surrogates": (all_fields("\ud800"), JSON),
    "lone surrogates in choices": (json.dumps(NO_CHOICES | {"runs": [NO_CHOICES]}).encode(), JSON),
    "NUL in names": (all_fields("a\x00b"), JSON),
    "objects": (all_fields({"a": 1}), JSON),
    "lists": (all_fields([[]]), JSON),
    "numbers": (all_fields(1), JSON),
    "truth": (all_fields(True), JSON),
    "no values": (all_fields(None), JSON),
    "NaN": (b'{"code": NaN, "username": NaN}', JSON),
    "infinity": (b'{"code": -Infinity, "username": 1e999}', JSON),
    "huge number": (b'{"code": ' + b"9" * 5000 + b"}", JSON),
    "key given twice": (b'{"code": "x", "code": 1, "username": "ada", "username": 1}', JSON),
    "100 000 keys": (json.dumps({f"k{n}": n for n in range(100_000)}).encode(), JSON),
    "not UTF-8": (b'{"code": "\xff", "username": "\xff"}', JSON),
    "cut UTF-16": ('{"code": "x"}'.encode("utf-16")[:-1], JSON),
    "other charset": (b"{}", {CONTENT_TYPE: "application/json; charset=rot13"}),
    "no such charset": (b"{}", {CONTENT_TYPE: "application/json; charset=nonsense"}),
    "gzip": (gzip.compress(b"{}"), JSON | {"Content-Encoding": "gzip"}),
    "form": (b"code=x&username=ada", FORM),
    "parts": (b'--x\r\nContent-Disposition: form-data; name="code"\r\n\r\nx\r\n--x--', PARTS),
    "parts without a boundary": (b"--x", {CONTENT_TYPE: "multipart/form-data"}),
    "XML": (b"<code>x</code>", {CONTENT_TYPE: "application/xml"}),
    "no type": (b"{}", {}),
    "no sort of type": (b"{}", {CONTENT_TYPE: ";;/=,"}),
}


@pytest.fixture(scope="module")
def caller(server: Server) -> Iterator[httpx.Client]:
    body = {"username": "bodies", "email": "b@example.org", "password": "correct horse battery"}
    token = httpx.post(f"{server.url}/api/auth/register", json=body).json()["token"]
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=server.url, headers=headers, timeout=60) as client:
        yield client


@pytest.mark.parametrize("kind", BODIES)
@pytest.mark.parametrize("path", ENDPOINTS)
def test_bad_body_is_a_problem_of_the_caller(caller: httpx.Client, path: str, kind: str) -> None:
    body, headers = BODIES[kind]
    answer = caller.post(path, content=body, headers=headers)
    assert answer.status_code in {400, 401, 413, 415, 429}, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert isinstance(answer.json()["detail"], str)


@pytest.mark.parametrize("path", ["/api/execute", "/api/runs/batch"])
@pytest.mark.parametrize("what", ["code of 11 MiB", "10 001 files"])
def test_too_much_is_refused_with_its_limit(caller: httpx.Client, path: str, what: str) -> None:
    run: dict[str, object] = {"language": "html", "code": "x"}
    if what == "10 001 files":
        run["files"] = [{"name": f"f{n}", "content": ""} for n in range(10_001)]
    else:
        run["code"] = TOO_LONG
    answer = caller.post(path, json={"runs": [run]} if "batch" in path else run)
    assert answer.status_code in {400, 413}
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/api/auth/verify", "/api/auth/me", "/api/runs"])
@pytest.mark.parametrize("method", ["TRACE", "PROPFIND", "X" * 300])
def test_odd_method_is_not_allowed(caller: httpx.Client, path: str, method: str) -> None:
    assert caller.request(method, path).status_code == 405


PAGES = [
    "login", "signup", "reauthenticate", "email", "password/change", "password/set",
    "password/reset", "password/reset/key/1-set-password", "confirm-email/x", "2fa/authenticate",
    "2fa/reauthenticate", "2fa/totp/activate", "2fa/totp/deactivate", "2fa/recovery-codes/generate",
    "2fa/webauthn/add", "2fa/webauthn/login", "2fa/webauthn/keys/99999999999999999999/remove",
    "2fa/webauthn/reauthenticate", "3rdparty", "3rdparty/signup", "sessions",
    "sessions/99999999999999999999/end", "profile", "delete",
]  # fmt: skip
INPUTS = [
    "login", "username", "email", "password", "password1", "oldpassword", "code", "credential",
    "name", "display_name", "next", "action_add", "session", "remember", "account",
]  # fmt: skip
KEY = (
    '{"type":"public-key","id":"AAAA","rawId":"AAAA","clientExtensionResults":{},"response":'
    '{"clientDataJSON":"WzFd","attestationObject":"oA","authenticatorData":"AAAA",'
    '"signature":"AAAA","userHandle":"////"}}'
)


def inputs(value: str) -> bytes:
    return "&".join(f"{name}={value}" for name in INPUTS).encode()


def parts(value: bytes, file_name: bytes = b"") -> bytes:
    file = b'; filename="' + file_name + b'"' if file_name else b""
    disposition = b'--x\r\nContent-Disposition: form-data; name="%b"%b\r\n\r\n%b\r\n'
    return b"".join(disposition % (name.encode(), file, value) for name in INPUTS) + b"--x--\r\n"


FORMS: dict[str, tuple[bytes, dict[str, str]]] = {
    "nothing": (b"", FORM),
    "NUL": (inputs("a%00b%40example.org"), FORM),
    "lone surrogates": (inputs("%ED%A0%80"), FORM),
    "not UTF-8": (inputs("%ff%fe"), FORM),
    "line breaks": (inputs("a%40example.org%0d%0aBcc:x%40example.org"), FORM),
    "a megabyte": (inputs("a" * (1024 * 1024 // len(INPUTS))), FORM),
    "10 000 fields": (b"&".join(b"f%d=1" % number for number in range(10_000)), FORM),
    "deep JSON": (inputs("[" * 10_000), FORM),
    "JSON that is no object": (inputs("1"), FORM),
    "a key that is none": (inputs(KEY), FORM),
    "a key of lone surrogates": (inputs(KEY.replace("AAAA", "\\ud800")), FORM),
    "lone surrogates in JSON": (inputs('{"\\ud800":"\\ud800","type":"\\ud800"}'), FORM),
    "charset that is no text": (inputs("a"), {CONTENT_TYPE: f"{FORM[CONTENT_TYPE]}; charset=hex"}),
    "other charset": (inputs("a"), {CONTENT_TYPE: f"{FORM[CONTENT_TYPE]}; charset=utf-16"}),
    "parts": (parts(b"\x00\xff\xed\xa0\x80"), PARTS),
    "parts of another charset": (
        parts(b"a"),
        {CONTENT_TYPE: f"{PARTS[CONTENT_TYPE]}; charset=hex"},
    ),
    "files": (parts(b"a", b"../../x\x00\xff"), PARTS),
    "parts that end early": (parts(b"a")[:60], PARTS),
    "parts without a boundary": (b"--x", {CONTENT_TYPE: "multipart/form-data"}),
    "JSON": (b"{}", JSON),
    "gzip": (gzip.compress(inputs("a")), FORM | {"Content-Encoding": "gzip"}),
}


@pytest.fixture(scope="module")
def visitor(server: Server) -> Iterator[httpx.Client]:
    """A browser with a page of ours open."""
    with httpx.Client(base_url=server.url, headers={"Accept": "text/html"}, timeout=60) as client:
        client.get("/accounts/login/")
        show_token(client)
        yield client


@pytest.fixture(scope="module")
def member(server: Server) -> Iterator[httpx.Client]:
    """The same, logged in a moment ago, so that every page is open."""
    with httpx.Client(base_url=server.url, headers={"Accept": "text/html"}, timeout=60) as client:
        client.get("/accounts/signup/")
        show_token(client)
        body = {"username": "member", "email": "m@example.org", "password1": "correct horse bat"}
        assert client.post("/accounts/signup/", data=body).status_code == 302
        show_token(client)
        yield client


def show_token(client: httpx.Client) -> None:
    """As a page's form does; it is another one after each login."""
    origin = str(client.base_url).rstrip("/")
    client.headers.update({"Origin": origin, "X-CSRFToken": client.cookies["csrftoken"]})


@pytest.mark.parametrize("kind", FORMS)
@pytest.mark.parametrize("who", ["visitor", "member"])
def test_bad_form_gets_a_page(request: pytest.FixtureRequest, who: str, kind: str) -> None:
    client: httpx.Client = request.getfixturevalue(who)
    body, headers = FORMS[kind]
    for page in PAGES:
        answer = client.post(f"/accounts/{page}/", content=body, headers=headers)
        assert answer.status_code < 500, page
        assert answer.status_code != 403, page  # else nothing has looked at the form
