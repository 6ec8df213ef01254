"""How somebody likes to write code: kept with their account, and in each browser for itself."""

from typing import Any, ClassVar

from django.contrib.auth.models import AnonymousUser
from django.forms import ModelForm, model_to_dict
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_POST

from accounts.models import User
from cloudrun.errors import FieldError, InvalidRequestError, NotAuthenticatedError
from ide.models import EditorSettings


class EditorSettingsForm(ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    class Meta:
        model = EditorSettings
        fields = ("keymap", "indent", "font_size", "wrap", "lint", "assistant")
        labels: ClassVar = {
            "keymap": "Keys",
            "indent": "Indentation",
            "font_size": "Text size",
            "wrap": "Wrap long lines",
            "lint": "Show problems in Python while you type",
            "assistant": "Assistant",
        }


async def editor_settings(user: User | AnonymousUser) -> dict[str, Any] | None:
    """`{keymap, indent, font_size, wrap, lint, assistant}`; None for a guest, and for who never
    chose."""
    found = await EditorSettings.objects.filter(user=user.pk).afirst() if user.pk else None
    return model_to_dict(found, EditorSettingsForm.Meta.fields) if found else None


@require_POST
def save(request: HttpRequest) -> JsonResponse:
    """All of them at once, as a form; `InvalidRequestError` names what cannot be. Those that a page
    of before an update does not know stay as they are."""
    if not isinstance(request.user, User):
        raise NotAuthenticatedError("Log in, so that your settings can follow you.")
    known = EditorSettings.objects.filter(user=request.user).first()
    kept = known or EditorSettings(user=request.user)
    told = model_to_dict(kept, EditorSettingsForm.Meta.fields) | request.POST.dict()
    form = EditorSettingsForm(told, instance=kept)
    if not form.is_valid():
        errors = [FieldError(name, " ".join(map(str, said))) for name, said in form.errors.items()]
        raise InvalidRequestError("These settings cannot be kept.", errors=errors)
    form.save()
    return JsonResponse(form.cleaned_data)
