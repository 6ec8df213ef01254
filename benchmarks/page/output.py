"""Megabytes of a program's output in the terminal: how long the page hangs, and its memory."""

import json
import time
from threading import Event, Thread
from typing import Any

from playwright.sync_api import Browser

from benchmarks import machine
from benchmarks.page.results import Flood
from e2e.ide_page import WIDE
from e2e.workspace_page import WorkspacePage

_WITHIN_MS = 180_000
_LINTED_MS = 5000  # after an edit: the linter is loaded, and has said what it found
_SAMPLE_EVERY_S = 0.05
_LAST = "That was all."

# Lines of 64 bytes, each with a colour of its own and a number that no other has.
_PROGRAM = """import sys
for number in range({lines}):
    colour = 31 + number % 6
    sys.stdout.write(f"\\033[{{colour}}m{{number:06}}\\033[0m {{'lorem ipsum ' * 4:.46}}\\n")
print("{last}")
"""
_LINE_BYTES = 64
# Events of Chromium's traces; `tdur` is microseconds.
_NAMING = "thread_name"
_TASK = "ThreadControllerImpl::RunTask"
_WATCH = """() => {
  globalThis.tasksMs = [];
  new PerformanceObserver((list) => {
    tasksMs.push(...list.getEntries().map(({ duration }) => duration));
  }).observe({ type: 'longtask' });
}"""


def flood(browser: Browser, url: str, output_bytes: int) -> Flood:
    """In a browser that shows nothing else."""
    with browser.new_context(viewport=WIDE) as context:
        work = WorkspacePage(context.new_page(), url)
        work.begin_with("Python main.py")
        work.run(_PROGRAM.format(lines=0, last="Ready."))  # so that all that a run needs is there
        work.expect_output("Ready.")
        work.expect_state("Exit 0")
        work.write(_PROGRAM.format(lines=output_bytes // _LINE_BYTES, last=_LAST))
        work.page.wait_for_timeout(_LINTED_MS)
        pid = _renderer(browser)
        before = machine.footprint_bytes(pid)
        work.page.evaluate(f"({_WATCH})()")
        browser.start_tracing(categories=["toplevel"])
        with _Peak(pid) as peak:
            begun = time.perf_counter()
            work.run()
            work.expect_output(_LAST, within_ms=_WITHIN_MS)
            shown_s = time.perf_counter() - begun
            work.expect_state("Exit 0")
        most_work_s = _most_work_s(json.loads(browser.stop_tracing()), pid)
        tasks_ms = work.page.evaluate("tasksMs")
    return Flood(
        output_bytes=output_bytes,
        shown_s=shown_s,
        longest_task_s=max(tasks_ms, default=0) / 1000,
        most_work_s=most_work_s,
        long_tasks=len(tasks_ms),
        memory_before_bytes=before,
        memory_peak_bytes=peak.bytes,
    )


def _most_work_s(trace: Any, pid: int) -> float:
    """The processor time of the task of the process's main thread that had most of it."""
    events = [event for event in trace["traceEvents"] if event["pid"] == pid]
    names = {event["tid"]: event["args"]["name"] for event in events if event["name"] == _NAMING}
    tasks = [event for event in events if event["name"] == _TASK]
    main = [event for event in tasks if names[event["tid"]] == "CrRendererMain"]
    return max(float(event.get("tdur", 0)) for event in main) / 1e6


def _renderer(browser: Browser) -> int:
    """The process of the only page."""
    session = browser.new_browser_cdp_session()
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    pids = [process["id"] for process in processes if process["type"] == "renderer"]
    return int(max(pids, key=machine.footprint_bytes))


class _Peak:
    """The largest footprint of a process while the block lasts."""

    def __init__(self, pid: int) -> None:
        self.bytes = 0
        self._pid = pid
        self._ended = Event()
        self._watcher = Thread(target=self._watch)

    def __enter__(self) -> "_Peak":
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._watcher.join()

    def _watch(self) -> None:
        while not self._ended.wait(_SAMPLE_EVERY_S):
            self.bytes = max(self.bytes, machine.footprint_bytes(self._pid))
