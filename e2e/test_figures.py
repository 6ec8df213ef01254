"""The assistant's figures, as staff look at them."""

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
from assistant.models import Call
root = User.objects.create_superuser("root", "root@example.org", {PASSWORD!r})
for number in range(60):
    Call.objects.create(
        user=root if number % 3 else None, subject="x", action="fix_error", language="python",
        prompt_version=1, provider="groq", model="llama-3.3-70b-versatile", outcome="answered",
        verdict="verified" if number % 2 else "", latency_ms=100 * number,
        prompt_tokens=1000 + number, answer_tokens=500,
    )
"""


@pytest.fixture(scope="module", params=["bubblewrap"])
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with filled(tmp_path_factory.mktemp("figures"), _FILL) as server:
        yield server


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_figures_of_chosen_days(browser: Browser, server: Server, scheme: Any, size: Any) -> None:
    with browser.new_context(viewport=size, color_scheme=scheme) as context:
        page = context.new_page()
        visitor = AccountPage(page, server.url)
        visitor.log_in("root")
        visitor.expect_editor()
        visitor.open("/admin/assistant/call/")
        page.get_by_role("link", name="Figures").click()
        table = page.get_by_role("region", name="Busiest users")
        expect(table.get_by_role("row", name="root 40")).to_be_visible()
        expect(table.get_by_role("row", name="guests 20")).to_be_visible()
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.get_by_label("From").fill("2020-01-01")
        page.get_by_label("to:").fill("2020-01-02")
        page.get_by_role("button", name="Show").click()
        expect(
            page.get_by_text("Nobody asked the assistant anything on these days.")
        ).to_be_visible()
        expect(page.get_by_role("region", name="Busiest users")).to_have_count(0)
