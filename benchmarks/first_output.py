"""How long until a Python program's first output, against a bare process of the same interpreter.

The two are measured in turn, so that whatever else the machine does hits both alike.
"""

import argparse
import asyncio
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.client import run, scratch_folder, server, table

CODE = 'print("hello")\n'
# Where the sandbox looks for its interpreter: not the one that runs this file.
_SANDBOX_PATH = "/usr/local/bin:/usr/bin:/bin"
_WARM_UP = 3


def bare(interpreter: str, file: Path) -> float:
    """Seconds from the start of the process to its first byte."""
    begun = time.perf_counter()
    with subprocess.Popen([interpreter, "-u", str(file)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.read(1)
        taken = time.perf_counter() - begun
        process.stdout.read()
    return taken


async def through_the_server(url: str) -> float:
    result = await run(url, "python", CODE)
    if result.first_output_s is None or result.status != "completed":
        raise RuntimeError(f"The run failed: {result.last}")
    return result.first_output_s


def measure(url: str, file: Path, count: int) -> tuple[list[float], list[float]]:
    interpreter = shutil.which("python3", path=_SANDBOX_PATH)
    assert interpreter is not None, "there is no python3 to compare with"
    print(f"Bare process: {interpreter} -u {file.name}; {count} pairs.")
    pairs = [
        (bare(interpreter, file), asyncio.run(through_the_server(url)))
        for _ in range(count + _WARM_UP)
    ][_WARM_UP:]
    return [first for first, _ in pairs], [second for _, second in pairs]


def row(name: str, times: list[float]) -> list[str]:
    deciles = statistics.quantiles(times, n=10)
    return [
        name,
        *(f"{1000 * value:.1f}" for value in (min(times), statistics.median(times), deciles[-1])),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", help="a server that runs already")
    parser.add_argument("--runner", default="bubblewrap", help="of the server that is started")
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--assert-ratio", type=float, help="fail where the ratio is above")
    options = parser.parse_args()

    with scratch_folder() as folder, server(options.url, options.runner, folder) as target:
        file = Path(folder) / "main.py"
        file.write_text(CODE)
        bare_times, server_times = measure(target.url, file, options.count)
    ratio = statistics.median(server_times) / statistics.median(bare_times)
    rows = [row("bare process", bare_times), row("through the WebSocket", server_times)]
    print(table(["first output, ms", "fastest", "median", "90 %"], rows))
    print(f"Ratio of the medians: {ratio:.2f}")
    return int(options.assert_ratio is not None and ratio > options.assert_ratio)


if __name__ == "__main__":
    sys.exit(main())
