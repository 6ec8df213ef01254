"""Many runs at once: each must end, and with its own output."""

import argparse
import asyncio
import statistics
import sys
import time
from collections import Counter

from benchmarks.client import Result, run, scratch_folder, server, table


def code_of(number: int) -> str:
    return f"import time\nprint('run', {number})\ntime.sleep(0.2)\nprint({number} * 3)\n"


async def load(url: str, count: int) -> list[Result]:
    return await asyncio.gather(*(run(url, "python", code_of(number)) for number in range(count)))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", help="a server that runs already")
    parser.add_argument("--runner", default="bubblewrap", help="of the server that is started")
    parser.add_argument("--count", type=int, default=50)
    options = parser.parse_args()

    with scratch_folder() as folder, server(options.url, options.runner, folder) as target:
        begun = time.perf_counter()
        results = asyncio.run(load(target.url, options.count))
        taken = time.perf_counter() - begun
    right = sum(
        result.stdout == f"run {number}\n{number * 3}\n" for number, result in enumerate(results)
    )
    times = sorted(result.total_s for result in results)
    rows = [
        ["right outputs", f"{right} of {options.count}"],
        *([f"status {status}", str(n)] for status, n in Counter(r.status for r in results).items()),
        ["runs per second", f"{options.count / taken:.1f}"],
        ["median from request to end, s", f"{statistics.median(times):.2f}"],
        ["slowest, s", f"{times[-1]:.2f}"],
    ]
    print(table([f"{options.count} runs at once", ""], rows))
    return int(right != options.count)


if __name__ == "__main__":
    sys.exit(main())
