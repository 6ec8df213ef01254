"""Chromium, and the conditions under which it opens a page."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, CDPSession, Page, StorageState, sync_playwright

from e2e.ide_page import WIDE


@dataclass(frozen=True)
class Conditions:
    """`bits_per_s` is None for a network that is not slowed down."""

    name: str
    cpu_slowdown: int = 1
    bits_per_s: int | None = None
    latency_ms: int = 0


LOCAL = Conditions("local")
SLOW = Conditions("10 Mbit/s, 40 ms, 4x CPU", cpu_slowdown=4, bits_per_s=10_000_000, latency_ms=40)


@contextmanager
def chromium() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    # Without a spare one, the only renderer is that of the only page.
    arguments = ["--disable-features=SpareRendererForSitePerProcess"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


@contextmanager
def cold_page(
    browser: Browser, conditions: Conditions, cookies: StorageState | None = None
) -> Iterator[tuple[Page, CDPSession]]:
    """An empty page of a browser that has nothing but `cookies`: no cache, no storage."""
    with browser.new_context(viewport=WIDE, storage_state=cookies) as context:
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Emulation.setCPUThrottlingRate", {"rate": conditions.cpu_slowdown})
        if conditions.bits_per_s is not None:
            throughput = conditions.bits_per_s / 8
            session.send("Network.enable")
            session.send(
                "Network.emulateNetworkConditions",
                {
                    "offline": False,
                    "latency": conditions.latency_ms,
                    "downloadThroughput": throughput,
                    "uploadThroughput": throughput,
                },
            )
        yield page, session
