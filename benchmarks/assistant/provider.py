"""A provider in a process of its own. Its answers begin with the moment at which they do."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from assistant.tests.ai_server import ai_server

# As much as a thorough answer has, and as various.
_ANSWER = """\

The program **divides by zero**: `total / count` has no value while `count` is 0.

1. `read()` gives back an *empty* list where the file has no line.
2. So `len(numbers)` is 0, and the division fails.

| `numbers` | `len` | outcome |
|---|---|---|
| `[1, 2]` | 2 | 1.5 |
| `[]` | 0 | `ZeroDivisionError` |

Ask first whether there is anything to divide by:

```python
def mean(numbers):
    if not numbers:
        return None
    return sum(numbers) / len(numbers)
```

Whoever calls `mean` then has to think of `None`, which [the manual](https://docs.python.org) calls
a *sentinel*. Another way is to raise an error of your own that says what is missing.
"""
PIECES_PER_S = 25  # of twelve characters each, faster than one reads


@contextmanager
def provider() -> Iterator[str]:
    """Its address, as OpenAI's clients take it; at its own pace."""
    command = [sys.executable, "-m", "benchmarks.assistant.provider"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()  # which ends it


def begun_at(text: str) -> float:
    """When an answer's first piece left, by `time.monotonic`, which all processes share."""
    return float(text.partition(" ")[0])


def _answer(prompt: str) -> str:
    return f"{time.monotonic():011.5f} {_ANSWER * 4}"


def main() -> None:
    with ai_server(_answer) as server:
        print(server.groq(f"paced-{1 / PIECES_PER_S}"), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
