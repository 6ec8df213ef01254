"""Arguments of programs, on both runners."""

import httpx
import pytest

from cloudrun_client import Client, Program, Terminal
from e2e.server import Server
from sandbox.tests.callers import new_user, run, text_of

ODD = (
    "plain",
    "two words",
    "",
    "-x",
    "it's",
    '"q"',
    "$HOME",
    "$(id)",
    "`id`",
    "*",
    ";",
    "\\n",
    "ü🎉",
)
PRINTERS = {
    "python": "import sys\nprint('|'.join(sys.argv[1:]))",
    "nodejs": "console.log(process.argv.slice(2).join('|'))",
    "java": (
        "public class Print { public static void main(String[] args) {"
        ' System.out.println(String.join("|", args)); } }'
    ),
    "cpp": (
        "#include <cstdio>\nint main(int count, char** args) {"
        ' for (int n = 1; n < count; n++) std::printf(n > 1 ? "|%s" : "%s", args[n]);'
        ' std::puts(""); }'
    ),
    "ubuntu": 'IFS="|"; printf "%s\\n" "$*"',
}


@pytest.mark.parametrize("language", PRINTERS)
def test_every_argument_arrives_as_it_is(server: Server, language: str) -> None:
    result = run(new_user(server), PRINTERS[language], language=language, args=list(ODD))
    assert (result["stderr"], result["stdout"]) == ("", "|".join(ODD) + "\n")


async def test_on_a_terminal_too(server: Server) -> None:
    program = Program("python", PRINTERS["python"], args=("a", "b c"))
    async with Client(server.url) as client:
        async with client.stream(program, terminal=Terminal()) as session:
            frames = [frame async for frame in session]
        assert text_of(frames) == "a|b c\r\n"
        stored = await client.get(frames[-1].execution_id)
        assert stored.program.args == ("a", "b c")


@pytest.mark.parametrize(
    ("args", "field"),
    [
        ("a b", "args"),
        ([1], "args.0"),
        (["a\nb"], "args"),
        (["\x00"], "args.0"),
        (["x" * 4097], "args"),
    ],
)
def test_what_is_none_is_refused(one_server: Server, args: object, field: str) -> None:
    body = {"language": "python", "code": "print(1)", "args": args}
    answer = httpx.post(f"{one_server.url}/api/execute", json=body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == field
