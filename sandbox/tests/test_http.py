"""The run API over HTTP of a real server, on both runners."""

import json
import time
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect

from e2e.server import Server
from sandbox.languages import LANGUAGES
from sandbox.tests.client import socket_url


def execute(server: Server, **body: Any) -> httpx.Response:
    return httpx.post(f"{server.url}/api/execute", json=body, timeout=60)


def no_base64(content: str) -> dict[str, str]:
    return {"name": "x.bin", "content": content, "encoding": "base64"}


def files(*names: str) -> list[dict[str, str]]:
    return [{"name": name, "content": "x"} for name in names]


def test_health_status_languages_and_templates_answer(server: Server) -> None:
    with httpx.Client(base_url=server.url) as client:
        assert client.get("/health").json()["status"] == "healthy"
        status = client.get("/api/status").json()
        assert status["services"]["database"]["status"] == "ok"
        assert status["services"]["ai_assistant"]["status"] == "disabled"
        languages = client.get("/api/languages").json()
        assert languages["languages"] == ["python", "nodejs", "java", "cpp", "html", "ubuntu"]
        assert languages["count"] == 6
        assert all(detail["available"] for detail in languages["details"])
        assert set(client.get("/api/templates").json()["templates"]) == set(LANGUAGES)
        template = client.get("/api/templates/java").json()
        assert template == {"language": "java", "template": LANGUAGES["java"].template}
        assert client.get("/api/templates/cobol").status_code == 404
        assert client.get("/docs").status_code == 200
        assert "/api/execute" in client.get("/api/schema").text


def test_a_run_answers_its_result(server: Server) -> None:
    code = "import sys\nprint('out')\nprint('err', file=sys.stderr)\nsys.exit(3)"
    answer = execute(server, language="python", code=code)
    assert answer.status_code == 200
    result = answer.json()
    assert (result["stdout"], result["stderr"]) == ("out\n", "err\n")
    assert (result["status"], result["exit_code"], result["signal"]) == ("error", 3, None)
    assert result["message"] == "Execution failed with exit code 3"
    assert 0 < result["execution_time"] < 10


@pytest.mark.parametrize("template", [item for item in LANGUAGES.values() if item.is_sandboxed])
def test_every_template_runs(server: Server, template: Any) -> None:
    answer = execute(server, language=template.id, code=template.template, stdin="Ada\n").json()
    assert (answer["status"], answer["stderr"]) == ("completed", "")


def test_html_answers_the_page(server: Server) -> None:
    result = execute(server, language="html", code="<p>hi</p>").json()
    assert (result["status"], result["stdout"]) == ("completed", "<p>hi</p>")


def test_a_java_file_is_named_after_its_public_class(server: Server) -> None:
    code = "public class Odd { public static void main(String[] a) { System.out.print(42); } }"
    assert execute(server, language="java", code=code).json()["stdout"] == "42"


@pytest.mark.parametrize("more", [{"interactive": True}, {"tty": True, "cols": 40}])
def test_input_ends_whatever_is_asked_for(server: Server, more: dict[str, Any]) -> None:
    code = "import sys\nprint(sys.stdin.isatty(), repr(sys.stdin.read()))"
    began = time.monotonic()
    result = execute(server, language="python", code=code, stdin="ab", **more).json()
    assert (result["status"], result["stdout"]) == ("completed", "False 'ab'\n")
    assert time.monotonic() - began < 10


async def test_stop_kills_within_two_seconds(server: Server) -> None:
    async with connect(socket_url(server.url)) as socket:
        await socket.send(json.dumps({"language": "python", "code": "while True: pass"}))
        frames = [json.loads(await socket.recv()) for _ in range(2)]
        url = f"{server.url}/api/execute/stop/{frames[0]['execution_id']}"
        began = time.monotonic()
        async with httpx.AsyncClient() as client:
            answer = await client.post(url)
            again = await client.post(url)
        assert answer.json()["status"] == "stopped"
        assert time.monotonic() - began < 2
        assert again.status_code == 404
        assert json.loads(await socket.recv())["status"] == "stopped"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"language": "python"}, "code"),
        ({"language": "python", "code": ""}, "code"),
        ({"language": ["python"], "code": "1"}, "language"),
        ({"language": "python", "code": "1", "files": {}}, "files"),
        ({"language": "python", "code": "1", "files": [{"name": "a\x00", "content": ""}]}, "files"),
        ({"language": "python", "code": "1", "stdin": None}, "stdin"),
        ({"language": "python", "code": "1", "tty": "yes"}, "tty"),
        ({"language": "python", "code": "1", "files": files("a", "a/b")}, "files"),
        ({"language": "python", "code": "1", "files": [no_base64("é")]}, "files.0.content"),
        ({"language": "python", "code": "1", "files": [no_base64("a")]}, "files.0.content"),
        (
            {"language": "python", "code": "1", "files": [{**no_base64(""), "encoding": 1}]},
            "files.0.encoding",
        ),
        ({"language": "python", "code": "1", "workspace": "x" * 33}, "workspace"),
        ({"language": "python", "code": "1", "files": files("a", "a")}, "files"),
        ({"language": "python", "code": "1", "files": files("main.py/x")}, "files"),
        ({"language": "java", "code": "class Odd {}", "files": files("Odd.java/x")}, "files"),
        ({"language": "html", "code": "<p>", "files": files("index.html/x/y")}, "files"),
        ({"language": "html", "code": "<p>", "files": files("index.html")}, "files"),
    ],
)
def test_a_bad_body_names_its_field(server: Server, body: dict[str, Any], field: str) -> None:
    answer = httpx.post(f"{server.url}/api/execute", json=body)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert isinstance(problem["detail"], str)
    assert problem["errors"][0]["field"].startswith(field)


def test_another_file_of_the_codes_name_is_refused_by_its_name(server: Server) -> None:
    answer = execute(server, language="python", code="print(1)", files=files("a", "main.py"))
    assert answer.status_code == 400
    assert "'main.py'" in answer.json()["detail"]
    code = "class Odd { }"
    answer = execute(server, language="java", code=code, files=files("Odd.java"))
    assert answer.status_code == 400
    assert "'Odd.java'" in answer.json()["detail"]


def test_the_codes_own_file_may_be_sent_too(server: Server) -> None:
    code = "print(open('lib/main.py').read())"
    same = {"name": "main.py", "content": code}
    result = execute(server, language="python", code=code, files=[same, *files("lib/main.py")])
    assert result.json()["stdout"] == "x\n"


@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff", b'{"language": NaN}', b"[" * 100_000])
def test_what_is_no_json_object_is_a_400(server: Server, content: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = httpx.post(f"{server.url}/api/execute", content=content, headers=headers)
    assert answer.status_code == 400


def test_too_large_is_a_413(server: Server) -> None:
    answer = execute(server, language="python", code="#" * (10 * 1024 * 1024 + 1))
    assert answer.status_code == 413


@pytest.mark.parametrize(("content", "status"), [(b"{", 400), (b'{"language": "html"}', 200)])
def test_a_body_that_does_not_say_what_it_is_is_json(
    server: Server, content: bytes, status: int
) -> None:
    body = content.replace(b'"}', b'", "code": "<p>"}')
    answer = httpx.post(f"{server.url}/api/execute", content=body)
    assert "content-type" not in answer.request.headers
    assert answer.status_code == status


@pytest.mark.parametrize("run_id", ["0" * 32, "x", "%00", "a" * 2000, "../x"])
def test_stopping_what_is_not_there_is_a_404(server: Server, run_id: str) -> None:
    assert httpx.post(f"{server.url}/api/execute/stop/{run_id}").status_code == 404


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "null"}, 403),
        ({"Origin": "http://evil.example", "Cookie": "sessionid=x"}, 403),
        ({"Cookie": "sessionid=x"}, 403),
        ({"Origin": "http://evil.example"}, 200),
        ({}, 200),
    ],
    ids=repr,
)
def test_foreign_pages_are_refused(server: Server, headers: dict[str, str], status: int) -> None:
    body = {"language": "html", "code": "x"}
    answer = httpx.post(f"{server.url}/api/execute", json=body, headers=headers)
    assert answer.status_code == status
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("python", "\ufeffprint(1)\r\nprint(2)\r\n"),
        ("nodejs", "\ufeffconsole.log(1)\r\nconsole.log(2)\r\n"),
        (
            "java",
            "\ufeffclass A { public static void main(String[] a) {\r\n"
            'System.out.println("1\\n2"); } }\r\n',
        ),
        ("cpp", '\ufeff#include <iostream>\r\nint main() { std::cout << "1\\n2\\n"; }\r\n'),
        ("ubuntu", "\ufeffif true; then\r\n  echo 1\r\nfi\r\necho 2\r\n"),
    ],
)
def test_a_source_written_on_windows_runs(server: Server, language: str, code: str) -> None:
    result = execute(server, language=language, code=code).json()
    assert (result["status"], result["stdout"], result["stderr"]) == ("completed", "1\n2\n", "")
