"""Programs on a pseudo-terminal, over the wire of a real server, on both runners."""

import json
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection

from e2e.server import Server
from sandbox.tests.client import Frame, Reaction, converse, text

CPP_PROMPT = """
#include <iostream>
#include <string>
int main() {
    std::string name;
    std::cout << "Name? ";
    std::cin >> name;
    std::cout << "Hello, " << name << "!\\n";
}
"""
JAVA_PROMPT = """
public class Ask {
    public static void main(String[] args) {
        System.out.print("Name? ");
        System.out.println("Hello, " + new java.util.Scanner(System.in).nextLine() + "!");
    }
}
"""
NODE_PROMPT = """
const { createInterface } = require("node:readline");
const lines = createInterface({ input: process.stdin, output: process.stdout });
lines.question("Name? ", (name) => { console.log(`Hello, ${name}!`); lines.close(); });
"""
PROMPTS = {
    "python": "print('Hello, ' + input('Name? ') + '!')",
    "nodejs": NODE_PROMPT,
    "java": JAVA_PROMPT,
    "cpp": CPP_PROMPT,
    "ubuntu": 'read -p "Name? " name; echo "Hello, $name!"',
}


def typing(prompt: str, *controls: dict[str, Any]) -> Reaction:
    """Send the next control whenever what came since the last one holds the prompt."""
    left = list(controls)
    seen = ""

    async def react(socket: ClientConnection, frame: Frame) -> None:
        nonlocal seen
        seen += frame["content"] if frame["type"] == "stdout" else ""
        if prompt in seen and left:
            seen = ""
            await socket.send(json.dumps(left.pop(0)))

    return react


async def on_terminal(
    server: Server, code: str, react: Reaction | None = None, **fields: Any
) -> list[Frame]:
    request = {"language": "python", "code": code, "interactive": True, "tty": True, **fields}
    return await converse(server.url, request, react)


@pytest.mark.parametrize("language", PROMPTS)
async def test_a_prompt_without_a_newline_is_shown_and_answered(
    server: Server, language: str
) -> None:
    answer = typing("Name? ", {"type": "stdin", "data": "Ada\n"})
    frames = await on_terminal(server, PROMPTS[language], answer, language=language)
    assert "Hello, Ada!" in text(frames)
    assert frames[-1]["status"] == "completed"


async def test_it_is_a_terminal_of_the_size_that_was_asked_for(server: Server) -> None:
    code = "import os, sys\nprint(sys.stdin.isatty(), sys.stderr.isatty(), os.get_terminal_size())"
    frames = await on_terminal(server, code, cols=101, rows=33)
    assert text(frames) == "True True os.terminal_size(columns=101, lines=33)\r\n"


async def test_a_new_size_is_told_to_the_program(server: Server) -> None:
    code = (
        "import os, signal, time\n"
        "signal.signal(signal.SIGWINCH, lambda *_: exit(os.get_terminal_size().columns))\n"
        "print('ready')\ntime.sleep(20)"
    )
    frames = await on_terminal(
        server, code, typing("ready", {"type": "resize", "cols": 77, "rows": 20})
    )
    assert frames[-1]["exit_code"] == 77


@pytest.mark.parametrize(
    ("language", "code", "exit_code"),
    [
        ("python", "print('ready')\nwhile True: pass", 130),
        ("cpp", '#include <cstdio>\nint main() { puts("ready"); for (;;) ; }', 130),
        ("ubuntu", "trap 'echo caught; exit 9' INT; echo ready; while :; do sleep 0.1; done", 9),
    ],
)
async def test_ctrl_c_interrupts_the_program_alone(
    server: Server, language: str, code: str, exit_code: int
) -> None:
    interrupt = typing("ready", {"type": "stdin", "data": "\x03"})
    frames = await on_terminal(server, code, interrupt, language=language)
    assert frames[-1]["exit_code"] == exit_code
    assert frames[-1]["status"] == "error"


async def test_ctrl_d_is_the_end_of_the_input(server: Server) -> None:
    code = "import sys\nprint('ready')\nprint(len(sys.stdin.read()))"
    end = typing("ready", {"type": "stdin", "data": "abc\n\x04"})
    assert text(await on_terminal(server, code, end)).endswith("\r\n4\r\n")


async def test_without_interactive_the_input_ends_after_what_was_sent(server: Server) -> None:
    code = "import sys\nprint(repr(sys.stdin.read()))"
    frames = await on_terminal(server, code, interactive=False, stdin="one\ntwo")
    assert "'one\\ntwo'" in text(frames)
    assert frames[-1]["status"] == "completed"


async def test_detach_keys_are_typed_like_any_other(server: Server) -> None:
    code = (
        "import sys, tty\ntty.setraw(0)\nprint('ready', end='', flush=True)\n"
        "print(sys.stdin.buffer.raw.read(2))"
    )
    keys = typing("ready", {"type": "stdin", "data": "\x10\x11"})
    assert "b'\\x10\\x11'" in text(await on_terminal(server, code, keys))


async def test_files_and_unicode_arrive_on_a_terminal_too(server: Server) -> None:
    files = [{"name": "a/ü.txt", "content": "Grüße 🎉"}]
    frames = await on_terminal(server, "print(open('a/ü.txt').read())", files=files)
    assert text(frames) == "Grüße 🎉\r\n"


async def test_waiting_for_somebody_is_told_its_two_limits(server: Server) -> None:
    frames = await on_terminal(server, "pass")
    running = next(frame for frame in frames if frame.get("state") == "running")
    assert (running["cpu_time_s"], running["wall_time_s"]) == (30, 300)
