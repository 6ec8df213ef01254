"""The status page, as an operator looks at it whose engine is down."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from e2e.accessibility import axe
from e2e.account_page import PASSWORD, AccountPage
from e2e.conftest import filled
from e2e.ide_page import NARROW, WIDE
from e2e.server import Server

_FILL = f"""
from accounts.models import User
User.objects.create_superuser("root", "root@example.org", {PASSWORD!r})
"""


@pytest.fixture(scope="module", params=["bubblewrap"])
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Its engine is nowhere, whichever runner others have."""
    nowhere = {"DOCKER_HOST": "unix:///nowhere/docker.sock"}
    with filled(tmp_path_factory.mktemp("status"), _FILL, "docker", nowhere) as server:
        yield server


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_engine_that_is_down(browser: Browser, server: Server, scheme: Any, size: Any) -> None:
    with browser.new_context(viewport=size, color_scheme=scheme) as context:
        page = context.new_page()
        visitor = AccountPage(page, server.url)
        visitor.log_in("root")
        visitor.expect_editor()
        began = time.monotonic()
        visitor.open("/admin/status/")
        assert time.monotonic() - began < 4
        todo = page.get_by_role("region", name="What to do")
        expect(todo.get_by_text("Programs cannot run.")).to_be_visible()
        expect(todo.get_by_text("systemctl start docker")).to_be_visible()
        expect(page.get_by_role("table", name="Versions")).to_be_visible()
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.get_by_role("link", name="Look again").click()
        expect(todo.get_by_text("systemctl start docker")).to_be_visible()
