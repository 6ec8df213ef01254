"""The WebSocket protocol of a real server, on both runners."""

import asyncio
import json
import time
from socket import SO_RCVBUF, SOL_SOCKET
from socket import socket as tcp_socket
from typing import Any

import httpx
import pytest
import websockets
from websockets.asyncio.client import ClientConnection, connect

from e2e.server import Server
from sandbox.languages import LANGUAGES
from sandbox.tests.client import Frame, converse, socket_url, text

_COUNT = "import time\nfor n in range(6):\n    print(n, flush=True)\n    time.sleep(0.3)\n"


@pytest.mark.parametrize("language", [item for item in LANGUAGES.values() if item.is_sandboxed])
async def test_hello_in_every_language(server: Server, language: Any) -> None:
    frames = await converse(server.url, {"language": language.id, "code": language.smoke})
    assert text(frames) == language.smoke_output
    types = [frame["type"] for frame in frames]
    assert types[:2] + types[-1:] == ["status", "status", "complete"]
    assert set(types[2:-1]) == {"stdout"}
    assert [frame["seq"] for frame in frames] == list(range(1, len(frames) + 1))
    assert "Running" in frames[1]["content"]
    assert frames[-1]["status"] == "completed"
    assert frames[-1]["exit_code"] == 0
    assert frames[-1]["memory_bytes"] > 0
    assert all(frame["timestamp"].endswith("Z") for frame in frames)


async def test_html_answers_a_preview(server: Server) -> None:
    page = LANGUAGES["html"].smoke
    frames = await converse(server.url, {"language": "html", "code": page})
    assert [frame["content"] for frame in frames if frame["type"] == "html_preview"] == [page]
    assert frames[-1]["status"] == "completed"


async def test_typed_input_is_answered_while_the_program_runs(server: Server) -> None:
    async def answer(socket: ClientConnection, frame: Frame) -> None:
        if frame["type"] == "stdout" and "name?" in frame["content"]:
            await socket.send(json.dumps({"type": "stdin", "data": "Ada\n"}))
            await socket.send(json.dumps({"type": "stdin_close"}))

    code = "import sys\nprint('name?', flush=True)\nprint('hi', input(), repr(sys.stdin.read()))"
    request = {"language": "python", "code": code, "interactive": True}
    frames = await converse(server.url, request, answer)
    assert text(frames) == "name?\nhi Ada ''\n"


async def test_all_of_a_large_stdin_comes_and_then_its_end(server: Server) -> None:
    size = 3 * 1024 * 1024
    code = "import sys\nprint(len(sys.stdin.read()))"
    frames = await converse(server.url, {"language": "python", "code": code, "stdin": size * "x"})
    assert text(frames) == f"{size}\n"
    assert frames[-1]["status"] == "completed"
    # Also of a program that is over before it could be asked what it used.
    assert frames[-1]["cpu_ms"] is not None
    assert frames[-1]["memory_bytes"] is not None


async def test_what_is_typed_ahead_of_the_program_comes_behind_its_input(server: Server) -> None:
    """All of it, though the compiler takes a while to let the program read."""
    lines = 3000

    async def type_ahead(socket: ClientConnection, frame: Frame) -> None:
        if "Starting" in frame["content"]:
            for number in range(lines):
                await socket.send(json.dumps({"type": "stdin", "data": f"{number}\n"}))
            await socket.send(json.dumps({"type": "stdin_close"}))

    code = (
        "#include <iostream>\n#include <string>\n"
        "int main() { std::string line; while (std::getline(std::cin, line))"
        ' std::cout << line << "\\n"; }'
    )
    request = {"language": "cpp", "code": code, "stdin": "first\n", "interactive": True}
    frames = await converse(server.url, request, type_ahead)
    assert text(frames).split() == ["first", *map(str, range(lines))]


async def test_file_that_is_no_text_reaches_the_program(server: Server) -> None:
    request = {
        "language": "python",
        "code": "print(open('x.bin', 'rb').read())",
        "files": [{"name": "x.bin", "content": "/wAK", "encoding": "base64"}],
    }
    assert text(await converse(server.url, request)) == "b'\\xff\\x00\\n'\n"


async def test_stdin_and_files_reach_the_program(server: Server) -> None:
    frames = await converse(
        server.url,
        {
            "language": "python",
            "code": "import sys\nprint(sys.stdin.read() + open('a/b.txt').read())",
            "stdin": "ä\x00",
            "files": [{"name": "a/b.txt", "content": "ö"}],
        },
    )
    assert text(frames) == "ä\x00ö\n"


async def test_another_file_of_the_codes_name_is_refused(one_server: Server) -> None:
    other = {"name": "main.py", "content": "print(2)"}
    body = {"language": "python", "code": "print(1)", "files": [other]}
    [refusal] = await converse(one_server.url, body)
    assert (refusal["type"], refusal["code"]) == ("error", "invalid_request")
    assert "'main.py'" in refusal["content"]
    frames = await converse(one_server.url, body | {"files": [other | {"content": "print(1)"}]})
    assert text(frames) == "1\n"


async def test_stop_ends_an_endless_loop_within_two_seconds(server: Server) -> None:
    async def stop(socket: ClientConnection, frame: Frame) -> None:
        if frame["type"] == "stdout":
            await socket.send(json.dumps({"type": "stop"}))

    began = time.monotonic()
    code = "print(1, flush=True)\nwhile True: pass"
    frames = await converse(server.url, {"language": "python", "code": code}, stop)
    assert frames[-1]["content"] == "Execution stopped"
    assert frames[-1]["status"] == "stopped"
    assert time.monotonic() - began < 4


async def test_what_has_ended_cannot_be_stopped_and_is_not_counted(server: Server) -> None:
    """Also while its row is written and its sandbox removed."""
    answers = []

    async def look(_: ClientConnection, frame: Frame) -> None:
        if frame["type"] == "complete":
            async with httpx.AsyncClient(base_url=server.url) as client:
                answers.append(await client.get("/api/status"))
                answers.append(await client.post(f"/api/execute/stop/{frame['execution_id']}"))

    for _ in range(3):
        await converse(server.url, {"language": "python", "code": "print(1)"}, look)
        status, stopped = answers[-2:]
        assert (status.json()["active_executions"], stopped.status_code) == (0, 404)


async def test_a_flood_is_cut_and_says_so(server: Server) -> None:
    code = "while True: print('x' * 1000)"
    frames = await converse(server.url, {"language": "python", "code": code})
    assert frames[-1]["truncated"] is True
    assert frames[-1]["reason"] == "output_limit"
    assert 1024 * 1024 <= len(text(frames)) < 1.2 * 1024 * 1024
    assert "output truncated" in text(frames)


async def test_too_much_memory_is_told_from_a_faked_exit(server: Server) -> None:
    hog = await converse(server.url, {"language": "python", "code": "x = bytearray(10**9)"})
    fake = await converse(server.url, {"language": "python", "code": "raise SystemExit(137)"})
    assert (hog[-1]["reason"], hog[-1]["exit_code"]) == ("memory_limit", 137)
    assert (fake[-1]["reason"], fake[-1]["status"]) == ("signal", "error")
    assert "failed" in fake[-1]["content"]


async def test_a_missing_module_names_its_package(server: Server) -> None:
    frames = await converse(server.url, {"language": "python", "code": "import sklearn"})
    hints = [frame for frame in frames if frame["type"] == "dependency"]
    assert [hint["package_name"] for hint in hints] == ["scikit-learn"]
    assert hints[0]["install_command"] == "pip install scikit-learn"


@pytest.mark.parametrize(
    "first",
    [
        "{",
        "[]",
        "[" * 100_000,
        b"binary",
        {"language": "cobol", "code": "x"},
        {"language": "python"},
        {"language": "python", "code": " \n"},
        {"language": "python", "code": 5},
        {"language": "python", "code": "1", "cols": -1},
        {"language": "python", "code": "1", "tty": "yes"},
        {"language": "python", "code": "1", "install_packages": "colorama"},
        {"language": "python", "code": "1", "install_packages": ["--index-url=x"]},
        {"language": "python", "code": "1", "files": [{"name": "../x", "content": ""}]},
        {"language": "python", "code": "1", "files": [{"name": "/x", "content": ""}]},
        {"language": "python", "code": "1", "files": [{"name": "a\\b", "content": ""}]},
        {"language": "python", "code": "1", "files": [{"name": "", "content": ""}]},
        {"language": "python", "code": "\ud800"},
        {
            "language": "python",
            "code": "1",
            "files": [{"name": "x", "content": "", "encoding": "\ud800"}],
        },
    ],
    ids=repr,
)
async def test_a_bad_request_gets_one_error_frame(server: Server, first: Any) -> None:
    frames = await converse(server.url, first)
    assert [(frame["type"], frame["code"]) for frame in frames] == [("error", "invalid_request")]


async def test_too_much_code_is_answered_and_not_dropped(server: Server) -> None:
    code = "#" + "x" * 11 * 1024 * 1024
    frames = await converse(server.url, {"language": "python", "code": code})
    assert [frame["code"] for frame in frames] == ["too_large"]


async def test_a_lost_connection_is_resumed_without_a_gap(server: Server) -> None:
    socket = await connect(socket_url(server.url))
    await socket.send(json.dumps({"language": "python", "code": _COUNT}))
    seen = [json.loads(await socket.recv()) for _ in range(3)]
    socket.transport.abort()
    resume = {"type": "resume", "execution_id": seen[0]["execution_id"], "after_seq": 3}
    rest = await converse(server.url, resume)
    assert [frame["seq"] for frame in seen + rest] == list(range(1, len(seen + rest) + 1))
    assert text(seen + rest) == "0\n1\n2\n3\n4\n5\n"
    again = await converse(server.url, resume | {"after_seq": 0})
    assert again == seen + rest


def typed(*lines: str) -> list[Frame]:
    return [{"type": "stdin", "data": f"{line}\n"} for line in lines]


_ECHO = {
    "language": "python",
    "code": "import sys\nfor line in sys.stdin: print(line, end='', flush=True)",
    "interactive": True,
}


async def lose_a_run(server: Server) -> Frame:
    """What resumes a run that lost its connection."""
    socket = await connect(socket_url(server.url))
    await socket.send(json.dumps(_ECHO))
    execution_id = json.loads(await socket.recv())["execution_id"]
    socket.transport.abort()
    return {"type": "resume", "execution_id": execution_id}


async def test_what_is_typed_right_behind_the_request_is_read(counting_server: Server) -> None:
    behind = [*typed(*"abc"), {"type": "stdin_close"}]
    frames = await converse(counting_server.url, _ECHO, behind=behind)
    assert text(frames) == "a\nb\nc\n"
    assert frames[-1]["status"] == "completed"


async def test_what_waited_for_a_resumed_run_reaches_it_in_order(counting_server: Server) -> None:
    lines = [str(number) for number in range(100)]
    behind = [*typed(*lines), {"type": "stdin_close"}]
    resume = await lose_a_run(counting_server)
    frames = await converse(counting_server.url, resume, behind=behind)
    assert text(frames).split() == lines
    assert frames[-1]["status"] == "completed"


async def test_stop_right_behind_a_resume_stops_the_run(counting_server: Server) -> None:
    resume = await lose_a_run(counting_server)
    behind = [*typed(*"abc"), {"type": "stop"}]
    frames = await converse(counting_server.url, resume, behind=behind)
    assert frames[-1]["status"] == "stopped"
    again = await converse(counting_server.url, resume, behind=behind)
    assert again[-1] == frames[-1]


async def test_what_comes_behind_a_refused_request_is_dropped(counting_server: Server) -> None:
    nobodys = {"type": "resume", "execution_id": "f" * 32}
    behind = typed(*"abc" * 20)
    for first, code in ((nobodys, "not_found"), ("{", "invalid_request")):
        frames = await converse(counting_server.url, first, behind=behind)
        assert [frame["code"] for frame in frames] == [code]


async def test_a_slow_reader_gets_all_to_the_last_frame(one_server: Server) -> None:
    """Most of it waits on the server when the run is over and the server has said goodbye."""
    narrow = tcp_socket()
    narrow.setsockopt(SOL_SOCKET, SO_RCVBUF, 4096)
    narrow.connect(("127.0.0.1", one_server.port))
    narrow.setblocking(False)
    code = "for _ in range(12_000): print('x' * 79)"
    url = socket_url(one_server.url)
    async with (
        asyncio.timeout(60),
        connect(url, sock=narrow, max_queue=1, compression=None) as reader,
    ):
        await reader.send(json.dumps({"language": "python", "code": code}))
        await asyncio.sleep(4)  # meanwhile it ends
        frames = [json.loads(message) async for message in reader]
    assert len(text(frames)) == 12_000 * 80
    assert (frames[-1]["type"], reader.close_code) == ("complete", 1000)


async def test_closing_with_1000_stops_the_run(server: Server) -> None:
    async with connect(socket_url(server.url)) as socket:
        await socket.send(json.dumps({"language": "python", "code": _COUNT}))
        frame = json.loads(await socket.recv())
    resume = {"type": "resume", "execution_id": frame["execution_id"], "after_seq": 0}
    frames = await converse(server.url, resume)
    assert frames[-1]["status"] == "stopped"


async def test_an_unknown_run_cannot_be_resumed(server: Server) -> None:
    frames = await converse(server.url, {"type": "resume", "execution_id": "f" * 32})
    assert frames[0]["code"] == "not_found"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "null"},
        {"Origin": "http://evil.example", "Cookie": "sessionid=x"},
        {"Origin": "null", "Cookie": "sessionid=x"},
        {"Cookie": "sessionid=x"},
    ],
    ids=repr,
)
async def test_a_foreign_page_is_refused_at_the_handshake(
    server: Server, headers: dict[str, str]
) -> None:
    with pytest.raises(websockets.InvalidStatus) as refused:
        await converse(server.url, {"language": "python", "code": "1"}, headers=headers)
    assert refused.value.response.status_code == 403


async def test_fifty_runs_at_once_all_end_right(server: Server) -> None:
    requests = [{"language": "python", "code": f"print({n} * 7)"} for n in range(50)]
    answers = await asyncio.gather(*(converse(server.url, request) for request in requests))
    assert [text(frames) for frames in answers] == [f"{n * 7}\n" for n in range(50)]
    assert {frames[-1]["status"] for frames in answers} == {"completed"}


REASONS = {
    "exit": ("python", "raise SystemExit(3)", None),
    "exception": ("python", "print(1)\nprint([][3])", 2),
    "compile_error": ("cpp", "int main() {\n  return x;\n}", 2),
    "signal": ("python", "import os; os.kill(os.getpid(), 11)", None),
    "process_limit": ("python", "import os, time\nwhile os.fork(): pass\ntime.sleep(9)", 2),
    "output_limit": ("python", "while True: print('x' * 9999)", None),
}


@pytest.mark.parametrize("reason", REASONS)
async def test_the_end_says_why_and_where(server: Server, reason: str) -> None:
    language, code, line = REASONS[reason]
    last = (await converse(server.url, {"language": language, "code": code}))[-1]
    assert (last["reason"], last["line"]) == (reason, line), last
    assert last["explanation"].endswith(".")
    assert (last["file"] is None) == (line is None)


async def test_a_full_disk_is_told(server: Server) -> None:
    code = "for n in range(99): open(str(n), 'wb').write(bytes(10**6))"
    last = (await converse(server.url, {"language": "python", "code": code}))[-1]
    assert last["reason"] == "disk_limit", last
