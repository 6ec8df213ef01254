"""Names of one long word, which people choose: no page of staff's is wider for them."""

from pathlib import Path

from playwright.sync_api import Browser

from e2e.account_page import PASSWORD, logged_in
from e2e.conftest import filled
from e2e.ide_page import NARROW

_NAMED = f"""
from accounts.models import Classroom, User
root = User.objects.create_superuser("root", "root@example.org", {PASSWORD!r})
email = "m" * 60 + "@" + "e" * 60 + ".org"
ada = User.objects.create_user("ada", email, {PASSWORD!r})
User.objects.update(display_name="W" * 80)
classroom = Classroom.objects.create(pk=7, name="W" * 60)
classroom.teachers.add(root)
classroom.students.add(ada)
"""
_USER = "/admin/accounts/user/"
_CLASS = "/admin/accounts/classroom/"


def test_long_names_widen_no_page(browser: Browser, tmp_path: Path) -> None:
    with filled(tmp_path, _NAMED) as server, browser.new_context(viewport=NARROW) as context:
        visitor = logged_in(context, server.url, "root")
        page = visitor.page
        visitor.open(_USER)
        page.get_by_role("link", name="ada").click()
        of_ada = page.url.removeprefix(server.url).removesuffix("change/")
        for path in (
            "/admin/", _USER, f"{of_ada}change/", f"{of_ada}delete/", _CLASS,
            f"{_CLASS}7/watch/", "/accounts/classes/", f"{_CLASS}7/change/",
        ):  # fmt: skip
            visitor.open(path)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        remove = page.get_by_role("link", name="Remove").bounding_box()
        assert remove
        assert remove["x"] + remove["width"] < NARROW["width"]
        page.set_viewport_size({"width": 1440, "height": 900})
        visitor.open(_USER)
        fits = "(list) => list.scrollWidth <= list.clientWidth"
        assert page.locator("#changelist .results").evaluate(fits)
