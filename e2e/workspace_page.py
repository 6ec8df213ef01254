"""Workspaces as a user meets them: the list, and the IDE on one."""

import re

from playwright.sync_api import FilePayload, Locator, Page, expect

from e2e.ide_page import IdePage


def upload_of(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


class WorkspacePage(IdePage):
    """The IDE on a workspace; `base` is the site's address."""

    def __init__(self, page: Page, base: str) -> None:
        super().__init__(page, f"{base}/workspaces")
        self.base = base

    # what it has

    @property
    def saved(self) -> Locator:
        return self.page.locator("[data-saved]")

    @property
    def said(self) -> Locator:
        return self.page.locator("[data-files-said]")

    @property
    def conflict(self) -> Locator:
        return self.page.locator("[data-conflict]")

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")

    def item(self, path: str) -> Locator:
        """A file or folder in the tree."""
        return self.page.locator(f'[role=treeitem][data-path="{path}"]')

    def tab(self, name: str) -> Locator:
        return self.page.get_by_role("tab", name=name, exact=True)

    # what one does

    def list(self) -> None:
        self.page.goto(f"{self.base}/workspaces")

    def begin_with(self, name: str) -> None:
        """A new workspace of a language or an example."""
        self.list()
        self.page.get_by_role("main").get_by_role("button", name=name).click()
        self.page.wait_for_url(re.compile(r"/w/[0-9a-f]+$"))
        self.url = self.page.url
        self.wait_until_ready()

    def create_file(self, path: str) -> None:
        self.page.get_by_role("button", name="New file").click()
        self.dialog.get_by_label("Name").fill(path)
        self.dialog.get_by_role("button", name="Create").click()
        expect(self.dialog).to_be_hidden()
        expect(self.tab(path.rpartition("/")[2])).to_be_visible()
        expect(self.code).to_be_focused()

    def open_file(self, path: str) -> None:
        self.item(path).click()
        name = path.rpartition("/")[2]
        expect(self.tab(name)).to_have_attribute("aria-selected", "true")
        expect(self.page.get_by_role("textbox", name=f"Code of {path}")).to_be_visible()

    # what one sees

    def expect_saved(self) -> None:
        expect(self.saved).to_have_text("Saved", timeout=5_000)

    def content_of(self, path: str) -> str:
        """As the server has it."""
        file = self.item(path).get_attribute("data-file")
        return self.page.request.get(f"{self.url}/files/{file}").body().decode()
