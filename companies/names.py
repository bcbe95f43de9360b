"""What a company may be called (reference codat/facts.md §1.2)."""

from __future__ import annotations

import re

NAME_PATTERN = r"^[A-Za-z0-9\s\-'&@.,?!]+\Z"
_REFUSED = re.compile(r"[^A-Za-z0-9\s\-'&@.,?!]")


def describe_refused_characters(name: str) -> str:
    """Say which characters of a name are refused and which are allowed."""
    refused = " ".join(dict.fromkeys(_REFUSED.findall(name)))
    return f"A company name can't contain {refused}  Use letters A to Z, digits, spaces and - ' & @ . , ? !"
