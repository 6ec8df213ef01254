"""Programs on a pseudo-terminal of a real server, on both runners, by the Python client."""

from collections.abc import Awaitable, Callable

import pytest

from cloudrun_client import Client, Frame, Program, Session, Terminal
from e2e.server import Server
from sandbox.tests.callers import text_of

Reaction = Callable[[Session, Frame], Awaitable[None]]

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


def typing(prompt: str, answer: str | Terminal) -> Reaction:
    """Type the answer, or resize the terminal to it, once the prompt is there."""
    seen = ""
    is_done = False

    async def react(session: Session, frame: Frame) -> None:
        nonlocal seen, is_done
        seen += frame.content if frame.type == "stdout" else ""
        if is_done or prompt not in seen:
            return
        is_done = True
        if isinstance(answer, Terminal):
            await session.resize(answer)
        else:
            await session.send(answer)

    return react


async def on_terminal(
    server: Server,
    program: Program,
    react: Reaction | None = None,
    *,
    interactive: bool = True,
    terminal: Terminal | None = None,
) -> list[Frame]:
    frames = []
    terminal = terminal or Terminal()
    async with (
        Client(server.url) as client,
        client.stream(program, interactive=interactive, terminal=terminal) as session,
    ):
        async for frame in session:
            frames.append(frame)
            if react:
                await react(session, frame)
    return frames


@pytest.mark.parametrize("language", PROMPTS)
async def test_a_prompt_without_a_newline_is_shown_and_answered(
    server: Server, language: str
) -> None:
    program = Program(language, PROMPTS[language])
    frames = await on_terminal(server, program, typing("Name? ", "Ada\n"))
    assert "Hello, Ada!" in text_of(frames)
    assert frames[-1].fields["status"] == "completed"


async def test_it_is_a_terminal_of_the_size_that_was_asked_for(server: Server) -> None:
    code = "import os, sys\nprint(sys.stdin.isatty(), sys.stderr.isatty(), os.get_terminal_size())"
    frames = await on_terminal(server, Program("python", code), terminal=Terminal(101, 33))
    assert text_of(frames) == "True True os.terminal_size(columns=101, lines=33)\r\n"


async def test_a_new_size_is_told_to_the_program(server: Server) -> None:
    code = (
        "import os, signal, time\n"
        "signal.signal(signal.SIGWINCH, lambda *_: exit(os.get_terminal_size().columns))\n"
        "print('ready')\ntime.sleep(20)"
    )
    resize = typing("ready", Terminal(77, 20))
    frames = await on_terminal(server, Program("python", code), resize)
    assert frames[-1].fields["exit_code"] == 77


@pytest.mark.parametrize(
    ("program", "exit_code"),
    [
        (Program("python", "print('ready')\nwhile True: pass"), 130),
        (Program("cpp", '#include <cstdio>\nint main() { puts("ready"); for (;;) ; }'), 130),
        (
            Program(
                "ubuntu",
                "trap 'echo caught; exit 9' INT; echo ready; while :; do sleep 0.1; done",
            ),
            9,
        ),
    ],
    ids=lambda value: value.language if isinstance(value, Program) else None,
)
async def test_ctrl_c_interrupts_the_program_alone(
    server: Server, program: Program, exit_code: int
) -> None:
    frames = await on_terminal(server, program, typing("ready", "\x03"))
    assert frames[-1].fields["exit_code"] == exit_code
    assert frames[-1].fields["status"] == "error"


async def test_ctrl_d_is_the_end_of_the_input(server: Server) -> None:
    code = "import sys\nprint('ready')\nprint(len(sys.stdin.read()))"
    frames = await on_terminal(server, Program("python", code), typing("ready", "abc\n\x04"))
    assert text_of(frames).endswith("\r\n4\r\n")


async def test_backspace_takes_a_whole_letter(server: Server) -> None:
    program = Program("python", "print('took', ascii(input('Name? ')))")
    frames = await on_terminal(server, program, typing("Name? ", "é\x7fa\n"))
    assert "took 'a'" in text_of(frames)


async def test_without_interactive_the_input_ends_after_what_was_sent(server: Server) -> None:
    program = Program("python", "import sys\nprint(repr(sys.stdin.read()))", stdin="one\ntwo")
    frames = await on_terminal(server, program, interactive=False)
    assert "'one\\ntwo'" in text_of(frames)
    assert frames[-1].fields["status"] == "completed"


async def test_detach_keys_are_typed_like_any_other(server: Server) -> None:
    code = (
        "import sys, tty\ntty.setraw(0)\nprint('ready', end='', flush=True)\n"
        "print(sys.stdin.buffer.raw.read(2))"
    )
    frames = await on_terminal(server, Program("python", code), typing("ready", "\x10\x11"))
    assert "b'\\x10\\x11'" in text_of(frames)


async def test_files_and_unicode_arrive_on_a_terminal_too(server: Server) -> None:
    files = {"a/ü.txt": "Grüße 🎉"}
    frames = await on_terminal(
        server, Program("python", "print(open('a/ü.txt').read())", files=files)
    )
    assert text_of(frames) == "Grüße 🎉\r\n"


async def test_waiting_for_somebody_is_told_its_two_limits(server: Server) -> None:
    frames = await on_terminal(server, Program("python", "pass"))
    running = next(frame.fields for frame in frames if frame.fields.get("state") == "running")
    assert (running["cpu_time_s"], running["wall_time_s"]) == (30, 300)
    assert running["memory_bytes"] == 256 * 1024**2
