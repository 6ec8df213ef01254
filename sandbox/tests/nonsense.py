"""WebSocket frames that are wrong in one way or another, or in none."""

import json
from random import Random
from typing import Any

_RUNS: list[dict[str, Any]] = [
    {"language": "html", "code": "<p>hi"},
    {"language": "python", "code": "print(input())", "interactive": True},
    {
        "language": "python",
        "code": "print(1)",
        "stdin": "x",
        "files": [{"name": "a", "content": ""}],
    },
    {"language": "python", "code": "print(input())", "interactive": True, "tty": True, "cols": 90},
    {"language": "ubuntu", "code": "cat", "interactive": True, "install_packages": []},
]
_CONTROLS: list[dict[str, Any]] = [
    {"type": "stdin", "data": "x"},
    {"type": "resize", "cols": 100, "rows": 30},
    {"type": "resume", "execution_id": "f" * 32, "after_seq": 1},
    {"type": "stdin_close"},
    {"type": "stop"},
]
_VALUES: list[Any] = [
    None, True, -1, 0, 2**31, 2**70, 0.5, 1e308, "", " ", "0", "\x00", "\ud800", "\udfff\ud800",
    "../x", "\u202e💥", "stop", "resume", "x" * 3000, [], [[]], {}, {"type": "stop"}, [None] * 300,
]  # fmt: skip
_TEXTS: list[str | bytes] = [
    "", " ", "null", "0", '"stop"', "[]", "{}", "NaN", '{"type": NaN}', "{" * 2000, "[" * 30_000,
    '{"a":' * 20_000, "1" * 9000, '{"type": "stop", "type": 1}', "\ufeff{}", "{}{}", "\x00",
    b"", b"binary", b"\x00" * 5000, b"\xff\xfe",
]  # fmt: skip
# What ends a connection by the WebSocket's own rules.
NOT_UTF8 = b"\xff{}"
TOO_LONG = json.dumps({"type": "stdin", "data": "x" * 70_000})


def first_frame(random: Random, known: list[str]) -> str | bytes:
    """A request for a run or the resumption of one of the `known`, often with an error in it."""
    if known and random.random() < 0.2:
        sequel = {"type": "resume", "execution_id": random.choice(known)}
        return _written(random, sequel | {"after_seq": random.choice([0, 1, 3, 99])})
    return _written(random, random.choice(_RUNS))


def control_frame(random: Random) -> str | bytes:
    if random.random() < 0.02:
        return TOO_LONG
    return _written(random, random.choice(_CONTROLS))


def _written(random: Random, body: dict[str, Any]) -> str | bytes:
    chance = random.random()
    if chance < 0.3:
        return json.dumps(body)
    if chance < 0.4:
        return random.choice(_TEXTS)
    text = json.dumps(_mutated(random, body))
    return text if chance < 0.8 else _garbled(random, text)


def _mutated(random: Random, body: dict[str, Any]) -> dict[str, Any]:
    mutant = dict(body)
    name = random.choice([*body, "type", "language", "stdin", "files", "", "\ud800"])
    if random.random() < 0.2:
        mutant.pop(name, None)
    else:
        mutant[name] = random.choice(_VALUES)
    return mutant


def _garbled(random: Random, text: str) -> str:
    """With a character too few, too many, or another."""
    at = random.randrange(len(text) + 1)
    return text[:at] + random.choice(["", "\x00", '"', "{", "\\ud800", "é"]) + text[at + 1 :]
