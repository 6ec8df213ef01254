"""The assistant's panel as a user meets it, and sites whose providers are played."""

from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Locator

from e2e.ide_page import IdePage
from e2e.server import Server, started


def with_providers(folder: Path, *, a_minute: int = 1000, **urls: str) -> Any:
    settings = {"AI_REQUESTS_PER_MINUTE": str(a_minute)}
    for name, url in urls.items():
        settings |= {f"{name.upper()}_API_KEY": "secret-key", f"{name.upper()}_BASE_URL": url}
    return started("bubblewrap", folder, settings)


def page_of(context: BrowserContext, server: Server) -> IdePage:
    ide = IdePage(context.new_page(), f"{server.url}/")
    ide.open()
    return ide


def panel(ide: IdePage) -> Locator:
    return ide.page.locator("[data-panel=assistant]")


def button(ide: IdePage, name: str) -> Locator:
    return ide.page.get_by_role("button", name=name, exact=True)


def show(ide: IdePage) -> None:
    ide.page.get_by_role("tab", name="Assistant").click()
