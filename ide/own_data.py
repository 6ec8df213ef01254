"""What belongs to a user: to take along, and to have deleted."""

import asyncio
import json
import zipfile
from collections.abc import AsyncIterator
from typing import Any, cast

from allauth.account.decorators import reauthentication_required
from allauth.usersessions.models import UserSession
from asgiref.sync import async_to_sync
from channels.db import database_sync_to_async
from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.selectors import account_facts
from accounts.serializers import UserSerializer
from assistant.archive import call_files
from ide.archives import Sink, workspace_files
from ide.editor_settings import editor_settings
from ide.models import Workspace
from ide.sharing.selectors import share_facts
from sandbox.archive import run_files
from sandbox.services import service


@never_cache
@login_required
@require_safe
def export(request: HttpRequest) -> StreamingHttpResponse:
    """A zip of the account, all runs, all questions to the assistant and all workspaces, made
    while it is sent."""
    user = cast(User, request.user)
    account: dict[str, Any] = {"profile": UserSerializer(user).data, **account_facts(user)}
    account["links"] = share_facts(user.pk)
    account["editor_settings"] = async_to_sync(editor_settings)(user)
    return StreamingHttpResponse(
        _zipped(user.pk, account),
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="cloudrun-{user.username}.zip"'},
    )


async def _zipped(user_id: int, account: dict[str, Any]) -> AsyncIterator[bytes]:
    sink = Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, facts in account.items():
            archive.writestr(f"{name}.json", json.dumps(facts, indent=2, cls=DjangoJSONEncoder))
        for files in (run_files(user_id), call_files(user_id)):
            async for path, content in files:
                await asyncio.to_thread(archive.writestr, path, content)
                yield sink.take()
        async for workspace in Workspace.objects.filter(user=user_id, deleted_at=None):
            folder = f"workspaces/{workspace.name.replace('/', '_')}_{workspace.pk[:6]}"
            await database_sync_to_async(_write_files)(archive, folder, workspace)
            yield sink.take()
    yield sink.take()


def _write_files(archive: zipfile.ZipFile, folder: str, workspace: Workspace) -> None:
    for path, content in workspace_files(workspace):
        archive.writestr(f"{folder}/{path}", content)


class DeletionForm(forms.Form):
    """The username is typed, so that nobody deletes by accident."""

    username = forms.CharField(
        label="Your username",
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )

    def __init__(self, user: User, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self._user = user

    def clean_username(self) -> str:
        username = str(self.cleaned_data["username"])
        if username.lower() != self._user.username:
            raise forms.ValidationError("This is not your username.")
        return username


@never_cache
@login_required
@reauthentication_required  # type: ignore[untyped-decorator]
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest) -> HttpResponse:
    """Delete the account with all that is its own; asks for the password or a second factor."""
    user = cast(User, request.user)
    form = DeletionForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        _delete(user)
        logout(request)
        messages.success(request, "Your account and all that was yours is deleted.")
        return redirect("account_login")
    return render(request, "account/delete.html", {"form": form})


def _delete(user: User) -> None:
    async_to_sync(_end_runs)(user.pk)
    for session in UserSession.objects.filter(user=user):
        session.end()
    user.delete()


async def _end_runs(user_id: int) -> None:
    await service().end_all_of(user_id)
