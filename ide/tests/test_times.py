"""Times on pages: each says that it is UTC, and holds what a browser's clock needs."""

from datetime import UTC, datetime

import pytest

from ide.models import Share, Workspace
from ide.tests.makers import make_client, make_user, make_workspace
from ide.tests.past_runs import make_run
from sandbox.models import Run

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
WORDS = "4 March 2026, 05:06:07"
MOMENT = f'<time datetime="{AT.isoformat()}">{WORDS} UTC</time>'


def test_every_page_says_the_zone_of_its_times() -> None:
    user = make_user()
    client = make_client(user)
    workspace = make_workspace(user)
    runs = [make_run(user, workspace) for _ in range(2)]
    at = f"/w/{workspace.pk}/runs"
    client.post(f"{at}/{runs[0].pk}/share", {"title": "Mine", "days": "7"})
    Run.objects.update(created_at=AT)
    Share.objects.update(ran_at=AT, created_at=AT)
    Workspace.objects.update(changed_at=AT)
    token = Share.objects.get().token
    compare = f"{at}/{runs[1].pk}/compare?with={runs[0].pk}"
    told = {
        at: MOMENT,
        f"{at}/{runs[0].pk}": f"<h1>Run of {MOMENT}</h1>",
        compare: MOMENT,
        f"/s/{token}": MOMENT,
        "/shares": f'title="{WORDS} UTC"',
        "/workspaces": f'title="{WORDS} UTC"',
    }
    for page, words in told.items():
        content = client.get(page).content.decode()
        assert words in content, page
        assert content.count(WORDS) == content.count(f"{WORDS} UTC"), page
