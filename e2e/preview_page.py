"""A workspace of pages, and the live preview beside its editor."""

from playwright.sync_api import FrameLocator, Locator

from e2e.workspace_page import WorkspacePage


def shown(work: WorkspacePage) -> FrameLocator:
    return work.page.frame_locator("[data-preview] iframe")


def console(work: WorkspacePage) -> Locator:
    return work.page.get_by_role("log", name="Console of the page")
