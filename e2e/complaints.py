"""What a browser holds against a page."""

from typing import Any

from playwright.sync_api import Page


def complaints_of(page: Page) -> list[str]:
    """A list that fills from here on: console errors and warnings, uncaught errors, and violations
    of the Content-Security-Policy."""
    complaints: list[str] = []

    def on_console(message: Any) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(f"console {message.type}: {message.text}")

    page.on("console", on_console)
    page.on("pageerror", lambda error: complaints.append(f"uncaught: {error}"))
    page.expose_function("tellViolation", lambda violation: complaints.append(violation))
    page.add_init_script(
        "document.addEventListener('securitypolicyviolation', (event) => "
        "tellViolation(`violation: ${event.violatedDirective} ${event.blockedURI}`))"
    )
    return complaints
