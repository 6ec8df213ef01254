"""A process, timed from its start to its first output and to its end."""

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_CHUNK = 65536


@dataclass(frozen=True)
class Timed:
    first_output_s: float | None
    done_s: float
    stdout: str
    exit_code: int


def timed(
    argv: Sequence[str], *, stdin: bytes = b"", environment: Mapping[str, str] | None = None
) -> Timed:
    """Run it to its end; stderr goes where ours does."""
    begun = time.perf_counter()
    first: float | None = None
    output = bytearray()
    with subprocess.Popen(
        argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, bufsize=0
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(stdin)
        process.stdin.close()
        while chunk := os.read(process.stdout.fileno(), _CHUNK):
            first = first or time.perf_counter() - begun
            output += chunk
        exit_code = process.wait()
        return Timed(first, time.perf_counter() - begun, output.decode(), exit_code)
