"""Forms of webhook consumers."""

from __future__ import annotations

from typing import Any

from django import forms

from companies.models import WebhookConsumer
from companies.webhooks import rules
from companies.webhooks.event_types import EventType

_CHOICES = [(value, f"{value}: {label}") for value, label in EventType.choices]
_LINES = forms.Textarea(attrs={"rows": 3})


class ConsumerForm(forms.Form):
    """What a consumer is made of; the values of its headers are never shown again."""

    url = forms.CharField(
        label="URL",
        max_length=rules.LONGEST_URL,
        validators=[rules.check_url],
        help_text="Where your software listens, for example https://example.com/hooks.",
    )
    description = forms.CharField(max_length=200, required=False)
    event_types = forms.MultipleChoiceField(
        label="Events", choices=_CHOICES, widget=forms.CheckboxSelectMultiple
    )
    company_tags = forms.CharField(
        label="Company tags",
        required=False,
        widget=_LINES,
        max_length=2000,
        help_text="One a line, as key:value. Only what is about companies with any of them is sent; "
        "without tags, everything is.",
    )
    headers = forms.CharField(
        label="Further headers", required=False, widget=_LINES, max_length=20_000, strip=False
    )

    def __init__(self, data: Any = None, *, consumer: WebhookConsumer | None = None) -> None:
        super().__init__(data, initial=_shown(consumer) if consumer else None)
        help_text = "One a line, as Name: value. They are kept encrypted and not shown again."
        names = ", ".join(consumer.custom_headers) if consumer else ""
        if names:
            help_text += f" There are: {names}. What you enter replaces them."
            self.fields["clear_headers"] = forms.BooleanField(label="Remove all headers", required=False)
        self.fields["headers"].help_text = help_text

    def clean_company_tags(self) -> list[str]:
        """Return the tags, one a line."""
        tags = [line.strip() for line in self.cleaned_data["company_tags"].splitlines() if line.strip()]
        rules.check_tags(tags)
        return tags

    def clean_headers(self) -> dict[str, str]:
        """Return the headers by name."""
        pairs = [line.partition(":") for line in self.cleaned_data["headers"].splitlines() if line.strip()]
        headers = {name.strip(): value.strip() for name, _, value in pairs}
        if len(headers) < len(pairs):
            raise forms.ValidationError("A header may stand there only once.")
        rules.check_headers(headers)
        return headers

    def values(self) -> dict[str, Any]:
        """Return what the services take; headers only where they change."""
        given = dict(self.cleaned_data)
        if not given["headers"] and not given.pop("clear_headers", False):
            del given["headers"]
        given.pop("clear_headers", None)
        return given


class ExampleForm(forms.Form):
    """Of which event an example is to be sent."""

    event_type = forms.TypedChoiceField(label="Event", choices=_CHOICES, coerce=EventType)


def _shown(consumer: WebhookConsumer) -> dict[str, Any]:
    return {
        "url": consumer.url,
        "description": consumer.description,
        "event_types": consumer.event_types,
        "company_tags": "\n".join(consumer.company_tags),
    }
