"""Pages for faults that may have taken anything with them: they ask for neither a user, a session
nor the database, and are made without a request where the server has read none."""

from django.http import HttpRequest
from django.template.loader import render_to_string

from cloudrun.errors import ApplicationError

_GO_BACK = "Go back, load the page again, and try once more."
_ADVICE = {
    400: f"{_GO_BACK} If that does not help, delete this site's cookies: they may be too long.",
    405: _GO_BACK,
    408: "Try again where the connection is better, or send less at once.",
    413: "Go back and send less at once, such as a smaller file or a zip without what a program"
    " does not need.",
    503: "Wait a moment, then load this page again.",
}
_FAILED = (
    "Load this page again in a moment. What you have typed in an editor is kept in your browser"
    " until it is saved."
)


def fault_page(error: ApplicationError, request: HttpRequest | None = None) -> str:
    """What went wrong, and what to do. Without `request` the theme is the system's."""
    # As a variable: with `request=` the context processors would ask who the user is.
    context = {
        "error": error,
        "advice": _ADVICE.get(error.status, _FAILED),
        "request": request,
    }
    return render_to_string("fault.html", context)
