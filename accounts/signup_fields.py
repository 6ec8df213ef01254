"""What every sign-up asks for beside allauth's own fields. Apart, as allauth's forms import it."""

from django import forms
from django.http import HttpRequest

from accounts.models import DISPLAY_NAME_MAX_LENGTH, User
from accounts.names import validate_visible


class SignupFields(forms.Form):
    display_name = forms.CharField(
        label="Display name",
        max_length=DISPLAY_NAME_MAX_LENGTH,
        required=False,
        validators=[validate_visible],
        help_text="What others see. Your username where you leave it empty.",
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )
    field_order = ("username", "email", "display_name", "password1")

    def signup(self, request: HttpRequest, user: User) -> None:
        """allauth calls it; the adapter has saved all already."""
