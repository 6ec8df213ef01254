"""A workspace of pages, and the live preview beside its editor."""

from playwright.sync_api import BrowserContext, FrameLocator, Locator

from e2e.server import Server
from e2e.workspace_page import WorkspacePage


def new_pages(context: BrowserContext, server: Server) -> WorkspacePage:
    work = WorkspacePage(context.new_page(), server.url)
    work.begin_with("HTML index.html")
    work.complaints.clear()
    return work


def shown(work: WorkspacePage) -> FrameLocator:
    return work.page.frame_locator("[data-preview] iframe")


def console(work: WorkspacePage) -> Locator:
    return work.page.get_by_role("log", name="Console of the page")
