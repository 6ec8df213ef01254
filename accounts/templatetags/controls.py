from django import template
from django.forms import BoundField
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def control(field: BoundField) -> SafeString:
    """The field's input, without the placeholder: the label above says the same, and stays."""
    return field.as_widget(attrs={"placeholder": False})
