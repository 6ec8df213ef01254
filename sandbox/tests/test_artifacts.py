"""What programs make: kept, told and handed out, on both runners."""

import json
from typing import Any

import httpx
import pytest

from cloudrun_client import Client, Frame, Program, Terminal
from e2e.server import Server
from sandbox.tests.callers import new_guest, new_user, nobody, run
from sandbox.tests.client import converse

MAKERS = {
    "python": "open('out.txt', 'w').write('made\\n')",
    "nodejs": "require('fs').writeFileSync('out.txt', 'made\\n')",
    "java": (
        "public class Make { public static void main(String[] a) throws Exception {"
        ' java.nio.file.Files.writeString(java.nio.file.Path.of("out.txt"), "made\\n"); } }'
    ),
    "cpp": '#include <fstream>\nint main() { std::ofstream("out.txt") << "made\\n"; }',
    "ubuntu": "echo made > out.txt",
}
BYTES = "bytes(range(256)) * 400"


def make(client: httpx.Client, code: str, **more: Any) -> dict[str, Any]:
    return run(client, code, artifacts=True, **more)


def names(result: dict[str, Any]) -> list[str]:
    return [artifact["name"] for artifact in result["artifacts"]]


async def frames_of(server: Server, program: Program, *, tty: bool) -> list[Frame]:
    async with (
        Client(server.url) as client,
        client.stream(program, terminal=Terminal() if tty else None) as session,
    ):
        return [frame async for frame in session]


def told(frames: list[Frame]) -> Frame:
    """The frame that tells of files, which comes right before the last."""
    assert frames[-1].type == "complete"
    assert frames[-2].type == "artifacts"
    return frames[-2]


@pytest.mark.parametrize("tty", [False, True], ids=["pipes", "tty"])
@pytest.mark.parametrize("language", MAKERS)
async def test_what_a_program_makes_is_told_and_handed_out(
    server: Server, language: str, tty: bool
) -> None:
    frames = await frames_of(server, Program(language, MAKERS[language], artifacts=True), tty=tty)
    frame = told(frames)
    url = f"/api/runs/{frame.execution_id}/artifacts/out.txt"
    file = {"name": "out.txt", "size": 5, "content_type": "text/plain", "url": url}
    assert frame.fields == {"files": [file], "left_out": False}
    assert frame.content == "1 file was made."
    async with Client(server.url) as client:
        assert await client.artifact(frame.execution_id, "out.txt") == b"made\n"


@pytest.mark.parametrize("tty", [False, True], ids=["pipes", "tty"])
async def test_every_byte_comes_back_and_nothing_into_the_output(server: Server, tty: bool) -> None:
    code = f"import os\nos.mkdir('a')\nopen('a/ü b.bin', 'wb').write({BYTES})\nprint('end', end='')"
    frames = await frames_of(server, Program("python", code, artifacts=True), tty=tty)
    frame = told(frames)
    assert "".join(frame.content for frame in frames if frame.type == "stdout") == "end"
    async with Client(server.url) as client:
        assert await client.artifact(frame.execution_id, "a/ü b.bin") == bytes(range(256)) * 400


def test_of_the_given_files_only_changed_ones_are_made(server: Server) -> None:
    files = [{"name": name, "content": "old"} for name in ("same.txt", "other.txt", "gone.txt")]
    code = (
        "import os\nopen('other.txt', 'w').write('new')\nos.remove('gone.txt')\n"
        "open('same.txt', 'w').write('old')\nimport helper"
    )
    files.append({"name": "helper.py", "content": "pass"})  # leaves its bytecode
    result = make(new_user(server), code, files=files)
    assert result["status"] == "completed", result
    assert names(result) == ["other.txt"]


def test_a_failed_program_has_made_its_files_too(server: Server) -> None:
    result = make(new_user(server), "open('log.csv', 'w').write('a,b')\nraise SystemExit(3)")
    assert (result["status"], result["exit_code"], names(result)) == ("error", 3, ["log.csv"])


def test_who_does_not_ask_gets_none(server: Server) -> None:
    user = new_user(server)
    result = run(user, "open('out.txt', 'w').write('x')")
    assert result["artifacts"] == []
    assert user.get(f"/api/runs/{result['execution_id']}/artifacts").json()["artifacts"] == []


async def test_a_stopped_program_leaves_none(server: Server) -> None:
    code = "import time\nopen('out.txt', 'w').write('x')\nprint('ready')\ntime.sleep(20)"

    async def stop(socket: Any, frame: dict[str, Any]) -> None:
        if frame["type"] == "stdout":
            await socket.send(json.dumps({"type": "stop"}))

    body = {"language": "python", "code": code, "artifacts": True}
    frames = await converse(server.url, body, stop)
    assert frames[-1]["status"] == "stopped"
    assert "artifacts" not in {frame["type"] for frame in frames}


HOSTILE = {
    "a symbolic link": "import os\nos.symlink('/etc/passwd', 'l')",
    "a fifo": "import os\nos.mkfifo('f')",
    "hidden files": "import os\nos.mkdir('.git')\nopen('.git/x', 'w')\nopen('.y', 'w')",
    "bytes that are no text": "import os\nopen(b'\\xff\\xfe', 'w')",
    "control characters": "open('a\\nb\\x1b[31m', 'w').write('x')",
    "an option of tar": "open('--checkpoint-action=exec=touch x', 'w')",
    "no permission": "import os\nopen('p', 'w')\nos.chmod('p', 0)",
    "a backslash": "open('..\\\\x', 'w').write('x')",
    "bidi": "open('a\\u202etxt.exe', 'w').write('x')",
    "too large": "open('0.bin', 'wb').write(bytes(6 << 20))",
    "a process that stays": "import subprocess\nsubprocess.Popen(['sleep', '30'])",
}


@pytest.mark.parametrize("attack", HOSTILE)
def test_odd_things_beside_it_harm_nothing(server: Server, attack: str) -> None:
    code = f"open('ok.txt', 'w').write('fine')\n{HOSTILE[attack]}\n"
    result = make(new_user(server), code)
    assert result["status"] == "completed", result
    assert set(names(result)) - {"--checkpoint-action=exec=touch x"} == {"ok.txt"}


def test_an_archive_of_the_programs_own_names_nothing_outside(server: Server) -> None:
    code = (
        "mkdir /tmp/t && cd /tmp/t && ln -s /etc/passwd l && echo x > f\n"
        "tar cf /workspace/evil.tar --transform 's,f,../../f,' f l\n"
        "printf '#!/bin/sh\\nexec cat /workspace/evil.tar\\n' > /bin/tar 2> /dev/null\n:"
    )
    result = make(new_user(server), code, language="ubuntu")
    assert result["status"] == "completed", result
    assert set(names(result)) <= {"evil.tar"}  # which an embedded shell cannot put in its place


def test_a_file_of_two_names_is_two_files(server: Server) -> None:
    user = new_user(server)
    result = make(user, "import os\nopen('a', 'w').write('x')\nos.link('a', 'b')")
    assert [user.get(file["url"]).text for file in result["artifacts"]] == ["x", "x"]


def test_a_flood_of_files_is_cut(server: Server) -> None:
    code = "for n in range(3000):\n    open(f'{n:04}.txt', 'w').write('x' * 900)"
    result = make(new_user(server), code)
    assert result["status"] == "completed", result
    assert len(names(result)) == 50


LEFT_OUT = {
    "too large": (
        "open('0.bin', 'wb').write(bytes(6 << 20))",
        "1 file was made. Too large: 0.bin.",
    ),
    "too many": (
        "for n in range(60): open(f'{n:02}.txt', 'w').write('x')",
        "50 files were made. Too many: 50.txt, 51.txt, 52.txt and 8 more.",
    ),
    "oddly named": (
        "open('a\\u202etxt.exe', 'w').write('x')",
        "1 file was made. Oddly named: 1 file.",
    ),
}


@pytest.mark.parametrize("tty", [False, True], ids=["pipes", "tty"])
@pytest.mark.parametrize("why", LEFT_OUT)
async def test_what_is_left_out_is_named(server: Server, why: str, tty: bool) -> None:
    code, words = LEFT_OUT[why]
    program = Program("python", f"open('ok.txt', 'w').write('fine')\n{code}", artifacts=True)
    frame = told(await frames_of(server, program, tty=tty))
    assert frame.content == words
    assert frame.fields["left_out"] is True


async def test_a_large_file_that_was_given_is_not_left_out(server: Server) -> None:
    given = {"0.bin": "x" * (6 << 20)}
    code = "open('ok.txt', 'w').write('fine')"
    program = Program("python", code, files=given, artifacts=True)
    frame = told(await frames_of(server, program, tty=False))
    assert frame.content == "1 file was made."


def test_a_fork_bomb_ends_as_ever(server: Server) -> None:
    code = (
        "import os\nopen('a.txt', 'w').write('x')\n"
        "try:\n    while True:\n        if not os.fork():\n            import time\n"
        "            time.sleep(60)\nexcept OSError:\n    os._exit(7)"
    )
    result = make(new_user(server), code)
    assert result["exit_code"] == 7


def test_what_is_handed_out_is_no_page_of_the_site(one_server: Server) -> None:
    user = new_user(one_server)
    page = "<script>alert(1)</script>"
    result = make(user, f"open('x.html', 'w').write({page!r})\nopen('x.svg', 'w').write('<svg/>')")
    for artifact in result["artifacts"]:
        answer = user.get(artifact["url"])
        assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
        assert answer.headers["content-disposition"].startswith("attachment")
        assert answer.headers["x-content-type-options"] == "nosniff"
    html = next(file for file in result["artifacts"] if file["name"] == "x.html")
    preview = httpx.get(one_server.url + html["preview_url"])
    assert preview.text == page
    assert "sandbox allow-scripts" in preview.headers["content-security-policy"]
    assert "connect-src 'none'" in preview.headers["content-security-policy"]


SERVED_AS = {
    "plot.png": "image/png",
    "plot.svg": "image/svg+xml",  # whose policy lets nothing in it run
    **dict.fromkeys(
        [
            "x.js", "x.mjs", "x.cjs", "x.JS", "x.json", "x.html", "x.htm", "x.xhtml", "x.xht",
            "x.xml", "x.xsl", "x.css", "x.csv", "x.txt", "x.pdf", "x.wasm", "x.py", "x.svgz",
            "x.js.gz", "x.webmanifest", "x.swf", "x.mht", "x.unheard", "x", "a/x.js",
        ],
        "application/octet-stream",
    ),
}  # fmt: skip


def test_only_pictures_are_served_as_what_they_are(one_server: Server) -> None:
    user = new_user(one_server)
    code = f"import os\nos.mkdir('a')\nfor name in {list(SERVED_AS)}: open(name, 'w').write('x')"
    served = {}
    for artifact in make(user, code)["artifacts"]:
        answer = user.get(artifact["url"])
        served[artifact["name"]] = answer.headers["content-type"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-disposition"].startswith("attachment")
        assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert served == SERVED_AS


def test_strangers_are_told_that_there_is_nothing(one_server: Server) -> None:
    owner = new_user(one_server)
    result = make(owner, "open('secret.txt', 'w').write('x')")
    run_url = f"/api/runs/{result['execution_id']}/artifacts"
    assert owner.get(f"{run_url}/secret.txt").text == "x"
    for other in (new_user(one_server), new_guest(one_server), nobody(one_server)):
        for url in (run_url, f"{run_url}/secret.txt", f"/api/runs/{'0' * 32}/artifacts/secret.txt"):
            answer = other.get(url)
            assert answer.status_code == 404
            assert answer.json()["detail"] == "There is no such run, or it is not yours."
    for name in ("other.txt", "%00", "../secret.txt", "a" * 3000):
        assert owner.get(f"{run_url}/{name}").status_code == 404


def test_older_files_make_room_for_newer_ones(one_server: Server) -> None:
    user = new_user(one_server)
    code = "open('x.bin', 'wb').write(bytes(4 << 20))"
    first, *_, last = [make(user, code) for _ in range(17)]  # of 64 MiB
    assert user.get(first["artifacts"][0]["url"]).status_code == 404
    assert user.get(last["artifacts"][0]["url"]).status_code == 200


def test_they_go_with_their_run(one_server: Server) -> None:
    user = new_user(one_server)
    result = make(user, "open('x.txt', 'w').write('x')")
    assert user.delete(f"/api/runs/{result['execution_id']}").status_code == 204
    assert user.get(result["artifacts"][0]["url"]).status_code == 404
