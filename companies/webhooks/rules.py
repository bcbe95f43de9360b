"""What a webhook consumer may be given, as validators for the API and the Portal alike."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from django.core.exceptions import ValidationError

from companies.webhooks.addresses import AddressRefused, split_url
from companies.webhooks.event_types import EventType

MOST_TAGS = 10
LONGEST_TAG = 128
LONGEST_URL = 2000
_MOST_HEADERS = 10
_LONGEST_VALUE = 1000
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_VALUE = re.compile(r"[\x20-\x7e]+")
# What the request itself sets, or what says where it ends and who hears it.
_OURS = {
    "connection",
    "content-length",
    "content-type",
    "expect",
    "host",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
}


def check_url(url: str) -> None:
    """Raise ValidationError for a URL that webhooks don't go to."""
    try:
        split_url(url)
    except AddressRefused as refused:
        raise ValidationError(str(refused)) from refused


def check_event_types(names: Sequence[str]) -> None:
    """Raise ValidationError where there is no event type, or one that doesn't exist."""
    unknown = sorted(set(names) - set(EventType.values))
    if unknown:
        known = ", ".join(EventType.values)
        raise ValidationError(f"There is no event type {', '.join(unknown)[:200]}. There are: {known}.")
    if not names:
        raise ValidationError("Name at least one event type.")


def check_tags(tags: Sequence[str]) -> None:
    """Raise ValidationError for too many tags, or one that isn't written as key:value."""
    if len(tags) > MOST_TAGS:
        raise ValidationError(f"A consumer has at most {MOST_TAGS} company tags.")
    for tag in tags:
        if not tag.partition(":")[0] or ":" not in tag or len(tag) > LONGEST_TAG:
            raise ValidationError(f"Write a tag as key:value, with at most {LONGEST_TAG} characters.")


def check_headers(headers: Mapping[str, str]) -> None:
    """Raise ValidationError for headers that can't be sent, or that would be mistaken for ours."""
    if len(headers) > _MOST_HEADERS:
        raise ValidationError(f"A consumer has at most {_MOST_HEADERS} headers of its own.")
    if len({name.lower() for name in headers}) < len(headers):
        raise ValidationError("A header may stand there only once.")
    for name, value in headers.items():
        if not _NAME.fullmatch(name):
            raise ValidationError("The name of a header has letters, digits and hyphens.")
        if name.lower() in _OURS or name.lower().startswith("webhook-"):
            raise ValidationError(f"The header {name} is not yours to set.")
        if not _VALUE.fullmatch(value) or len(value) > _LONGEST_VALUE:
            raise ValidationError(
                f"The header {name} takes up to {_LONGEST_VALUE} printable ASCII characters."
            )
