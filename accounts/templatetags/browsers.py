from django import template

register = template.Library()

# The first that is in the text counts: browsers claim to be each other.
_BROWSERS = {"Edg": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "FxiOS/": "Firefox",
             "Chrome/": "Chrome", "CriOS/": "Chrome", "Safari/": "Safari"}  # fmt: skip
_SYSTEMS = {"Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows",
            "Mac OS X": "macOS", "CrOS": "ChromeOS", "Linux": "Linux"}  # fmt: skip


@register.filter
def browser(user_agent: str) -> str:
    """`Firefox on Linux`, as a person would say it; the beginning of what is no browser's."""
    name = _first_in(user_agent, _BROWSERS)
    if not name:
        return user_agent[:40] or "Unknown browser"
    system = _first_in(user_agent, _SYSTEMS)
    return f"{name} on {system}" if system else name


def _first_in(text: str, names: dict[str, str]) -> str:
    return next((name for mark, name in names.items() if mark in text), "")
