"""The two pages that are compared."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from playwright.sync_api import StorageState

from e2e.workspace_page import WorkspacePage
from sandbox.languages import LANGUAGES

OURS = "CloudRun IDE"
MONACO = "Monaco"

# A new workspace has it.
TEMPLATE = LANGUAGES["python"].template


class Subject(Protocol):
    """`document` selects the element that shows the text in the editor."""

    @property
    def name(self) -> str: ...

    @property
    def document(self) -> str: ...

    @property
    def cookies(self) -> StorageState | None:
        """Who may open the page."""

    def page_with(self, code: str) -> str:
        """The address of a page whose editor has that code, as nobody has edited it yet."""


class Ours:
    """Workspaces of one guest, made by their own page."""

    name = OURS
    document = ".cm-content"

    def __init__(self, workspace: WorkspacePage) -> None:
        self._workspace = workspace

    @property
    def cookies(self) -> StorageState:
        return self._workspace.page.context.storage_state()

    def page_with(self, code: str) -> str:
        self._workspace.begin_with("Python main.py")
        url = self._workspace.url
        if code != TEMPLATE:
            self._workspace.write(code)
            self._workspace.expect_saved()
        self._workspace.page.goto("about:blank")  # which takes no processor time from the measured
        return url


@dataclass(frozen=True)
class Monaco:
    """Pages that each have one of `codes`; see `monaco.serve`."""

    url: str
    codes: Sequence[str]
    name: str = MONACO
    document: str = ".view-lines"
    cookies: None = None

    def page_with(self, code: str) -> str:
        return f"{self.url}/{self.codes.index(code)}.html"
