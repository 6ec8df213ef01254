"""How pages write a time: in UTC, and so that `local-times.js` can write the visitor's own."""

from datetime import datetime

from django import template
from django.contrib.humanize.templatetags.humanize import naturaltime
from django.template.defaultfilters import date
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def utc(at: datetime) -> str:
    """`30 November 2026, 09:05:00 UTC`. What has it in its text, `title` or `aria-label` gets a
    `data-at` of the time."""
    return f"{date(at, 'j F Y, H:i:s')} UTC"


@register.filter
def moment(at: datetime) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', at.isoformat(), utc(at))


@register.filter
def ago(at: datetime) -> SafeString:
    """`3 minutes ago`, and when exactly as its title."""
    words = naturaltime(at)
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), utc(at), words)
