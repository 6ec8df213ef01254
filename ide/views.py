"""The IDE's page, and the user's own pages that it frames."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from assistant.selectors import assistant_enabled
from assistant.teaching import is_taught
from cloudrun.errors import NotFoundError
from ide.editor_settings import EditorSettingsForm, editor_settings
from ide.models import Workspace
from ide.preview_script import with_script
from sandbox.guests import guest_welcome
from sandbox.languages import LANGUAGES
from sandbox.runners.choose import Choice
from sandbox.selectors import PreviewFile, PreviewFileMissingError, language_details, preview_file
from sandbox.services import service

_PARTS = ("files", "output")
_TONES = {"success": "good", "warning": "warn", "error": "bad"}
_ENTRY = LANGUAGES["html"].file
_PAGES = frozenset({"document", "iframe"})


@require_safe
@never_cache
@ensure_csrf_cookie  # for a workspace of the program
async def index(request: HttpRequest) -> HttpResponse:
    """The editor page. A guest's runs belong to their session, so each guest has one from here on:
    the WebSocket of a run comes too late for a cookie. The database is not asked for it."""
    user = await request.auser()
    if settings.GUEST_RUNS and not user.is_authenticated:
        await guest_welcome(request.session)
    context = await bench(request)
    templates = {id: language.template for id, language in LANGUAGES.items()}
    context["page_data"]["templates"] = templates
    return render(request, "ide/index.html", context)


async def bench(request: HttpRequest, workspace: Workspace | None = None) -> dict[str, Any]:
    """What every page with an editor needs to know of this server: its languages, its runner, its
    assistant."""
    choice = await service().choice()
    has_network = await _has_network(request, choice)
    languages = [
        {**language, "network": language["network"] and has_network}
        for language in language_details(choice)
    ]
    runner = {"name": choice.runner.name if choice.runner else None, "detail": choice.why}
    user = await request.auser()
    kept = await editor_settings(user)
    has_assistant = _has_assistant(request, kept)
    page_data: dict[str, Any] = {
        "languages": languages,
        "runner": runner,
        "settings": kept,
        "isUser": user.is_authenticated,
        "messages": _messages(request),
        "assistant": {
            "enabled": has_assistant and assistant_enabled(),
            "teaching": is_taught(user, in_class=workspace is not None and workspace.teaching),
            "url": reverse("workspace_assist", args=[workspace.pk])
            if workspace
            else reverse("ai-assist"),
        },
    }
    return {
        "user": user,
        "languages": languages,
        "runner": runner,
        "page_data": page_data,
        "has_assistant": has_assistant,
        "settings_form": EditorSettingsForm(label_suffix=""),
        "away": _away(request),
    }


def _has_assistant(request: HttpRequest, kept: dict[str, Any] | None) -> bool:
    """Whether the visitor wants it: as their account says, else their browser."""
    if kept:
        return bool(kept["assistant"])
    return request.COOKIES.get("assistant") != "off"


def _messages(request: HttpRequest) -> list[dict[str, str]]:
    """What the page before has left to say, as after a sign-up."""
    return [
        {"tone": _TONES.get(message.level_tag, "plain"), "title": str(message)}
        for message in get_messages(request)
    ]


def _away(request: HttpRequest) -> list[str]:
    """The parts beside the code that this browser has put away."""
    kept = request.COOKIES.get("away", "").split(".")
    return [part for part in _PARTS if part in kept]


async def _has_network(request: HttpRequest, choice: Choice) -> bool:
    """Whether this visitor's programs may open connections, in a language that does so."""
    if choice.runner is None or choice.runner.network_problem() is not None:
        return False
    return settings.GUEST_NETWORK or (await request.auser()).is_authenticated


@require_safe
@xframe_options_exempt
def preview(request: HttpRequest, token: str, path: str) -> HttpResponse:
    """A file of an HTML run. Whoever knows the token may read it; no cookie is read or set.

    A page in a frame, which is the IDE's, also tells what its console says.
    """
    folder = reverse("preview", args=[token])
    is_framed = request.headers.get("Sec-Fetch-Dest") == "iframe"

    def find() -> PreviewFile:
        file = preview_file(token, path)
        if not is_framed or not file.content_type.startswith("text/html"):
            return file
        return replace(file, content=with_script(file.content, path or _ENTRY))

    return preview_response(request, folder, find)


def preview_response(
    request: HttpRequest, folder: str, find: Callable[[], PreviewFile], *, script: str = ""
) -> HttpResponse:
    """What `find` finds, as the page framed by the IDE or opened beside it.

    The policy gives the page an opaque origin, so that its scripts can touch neither the IDE nor
    the API. Of this site it loads what is below `folder`. `find` may raise `NotFoundError`, whose
    page gets the `script`.
    """
    try:
        _refuse_elsewhere(request)
        _refuse_part_of_this_site(request)
        file = find()
    except NotFoundError as error:
        missing = error.detail if isinstance(error, PreviewFileMissingError) else None
        context = {"missing": missing, "script": script}
        response = render(request, "ide/preview_gone.html", context, status=404)
    else:
        response = HttpResponse(file.content, content_type=file.content_type)
    response["Content-Security-Policy"] = _preview_policy(request.build_absolute_uri(folder))
    # To an opaque origin all is another's, and modules and fonts are loaded with CORS.
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _refuse_elsewhere(request: HttpRequest) -> None:
    """Where previews have an origin of their own, none has the site's: a sandboxed page, too, can
    write any path of its origin into the address bar."""
    if settings.PREVIEW_URL and request.get_host() != urlsplit(settings.PREVIEW_URL).netloc:
        raise NotFoundError("Previews have an origin of their own.")


def _refuse_part_of_this_site(request: HttpRequest) -> None:
    """Somebody's program is no script of our own pages, which take scripts from this site. To a
    browser the preview's page is none of this site."""
    asked_by, wanted_as = (
        request.headers.get(f"Sec-Fetch-{name}", "") for name in ("Site", "Dest")
    )
    if asked_by == "same-origin" and wanted_as not in _PAGES:
        raise NotFoundError("A preview is no part of this site's own pages.")


def _preview_policy(folder: str) -> str:
    """Addresses, not 'self': the page may load its own files, and nothing else of this site."""
    directives = {
        "sandbox": "allow-scripts allow-modals allow-forms",
        "default-src": "'none'",
        "script-src": f"{folder} https: 'unsafe-inline' 'unsafe-eval'",
        "style-src": f"{folder} https: 'unsafe-inline'",
        "img-src": f"{folder} https: data: blob:",
        "media-src": f"{folder} https: data: blob:",
        "font-src": f"{folder} https: data:",
        "connect-src": "'none'",
        "form-action": "'none'",
        "base-uri": "'none'",
        "frame-ancestors": _frame_ancestors(),
    }
    return "; ".join(f"{name} {value}" for name, value in directives.items())


def _frame_ancestors() -> str:
    if not settings.PREVIEW_URL:
        return "'self'"
    site = urlsplit(settings.SITE_URL)
    return f"{site.scheme}://{site.netloc}"
