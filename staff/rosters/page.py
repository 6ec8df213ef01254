"""The page that imports a class list: choose a file, look at what would happen, confirm."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from accounts.audit import audit
from accounts.models import AuditAction, Classroom, User
from accounts.visibility import visible_classes
from cloudrun.errors import ConflictError, InvalidRequestError
from cloudrun.rates import Rate, subject_of
from staff.letters import sends_mail
from staff.rosters.importing import class_list_import
from staff.rosters.plan import Outcome, Planned, planned
from staff.rosters.reading import MAX_BYTES, MAX_ROWS, Row, decoded, rows_of

_LOOKS, _IMPORTS, _WINDOW_S = 30, 10, 3600
_TONES = {Outcome.NEW: "good", Outcome.INVITED: "accent", Outcome.REFUSED: "bad"}


class ListForm(forms.Form):
    """A file at first; then its text, which the page that asks for confirmation sends again."""

    classroom = forms.ModelChoiceField(
        label="Class",
        queryset=Classroom.objects.none(),
        required=False,
        empty_label="as the column “group” says",
    )
    file = forms.FileField(
        label="Class list",
        required=False,
        allow_empty_file=True,  # of which `rows_of` tells
        help_text=f"CSV with the columns name, e-mail and group; at most {MAX_ROWS} rows.",
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv"}),
    )
    text = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)

    rows: list[Row]

    def __init__(self, staff: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["classroom"]
        field.queryset = visible_classes(staff).distinct()

    def clean(self) -> dict[str, Any]:
        try:
            self.cleaned_data["text"] = text = self._text()
            self.rows = rows_of(text)
        except InvalidRequestError as error:
            self.add_error("file", error.detail)
        return self.cleaned_data

    def _text(self) -> str:
        file, text = self.cleaned_data.get("file"), self.cleaned_data.get("text", "")
        size = file.size if file else len(text)
        # Sent again, each line has a character more.
        if size > (MAX_BYTES if file else 2 * MAX_BYTES):
            raise InvalidRequestError(f"The list is larger than {MAX_BYTES // 1024} KiB.")
        if not file and not text:
            raise InvalidRequestError("Choose a file.")
        return decoded(file.read()) if file else str(text)


def import_page(request: HttpRequest, staff: User, context: dict[str, Any]) -> HttpResponse:
    """`RateLimitedError` for whoever goes through addresses to see which have an account."""
    if request.method != "POST":
        form = ListForm(staff, initial={"classroom": request.GET.get("class")})
        return _page(request, context | {"form": form})
    is_confirmed = "confirmed" in request.POST
    _count(staff, is_confirmed=is_confirmed)
    form = ListForm(staff, request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, context | {"form": form})
    plan = planned(staff, form.rows, form.cleaned_data["classroom"])
    if is_confirmed:
        return _import(request, staff, plan)
    audit(staff, AuditAction.LISTED, what=f"what a class list of {len(plan)} rows would do")
    return _page(request, context | _preview(form, plan))


def _count(staff: User, *, is_confirmed: bool) -> None:
    if staff.is_superuser:
        return
    name, limit = ("class imports", _IMPORTS) if is_confirmed else ("class lists", _LOOKS)
    Rate(name, limit, _WINDOW_S, f"At most {limit} class lists an hour.").count(
        subject_of(staff.pk, "")
    )


def _page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    return TemplateResponse(request, "admin/accounts/classroom/import.html", context)


def _preview(form: ListForm, plan: list[Planned]) -> dict[str, Any]:
    chosen = form.cleaned_data["classroom"]
    counts = dict.fromkeys(Outcome, 0)
    for item in plan:
        counts[item.outcome] += 1
    initial = {"text": form.cleaned_data["text"], "classroom": chosen.pk if chosen else ""}
    return {
        "plan": [(item, _TONES.get(item.outcome, "")) for item in plan],
        "counts": [(_counted(outcome, count), count) for outcome, count in counts.items() if count],
        "changes": counts[Outcome.NEW] + counts[Outcome.INVITED],
        "again": initial,
        "sends_mail": sends_mail(),
    }


def _counted(outcome: Outcome, count: int) -> str:
    """The outcome of that many rows; only accounts are told one from many."""
    return f"{outcome}s" if outcome is Outcome.NEW and count != 1 else outcome.value


def _import(request: HttpRequest, staff: User, plan: list[Planned]) -> HttpResponse:
    try:
        done = class_list_import(staff, plan)
    except ConflictError as error:
        messages.error(request, error.detail)
        return redirect("admin:accounts_classroom_import")
    made = f"{done.made} {_counted(Outcome.NEW, done.made)}"
    told = f"Imported: {made}, {done.invited} invited."
    if done.made + done.invited:
        told = f"{told} The letters to them are on their way."
    messages.success(request, told)
    classes = {item.classroom.pk for item in plan if item.classroom}
    if len(classes) == 1:
        return redirect("admin:accounts_classroom_change", classes.pop())
    return redirect(reverse("admin:accounts_classroom_changelist"))
