"""The hosted pages on which an SMB customer connects an account."""

from __future__ import annotations

from django.apps import AppConfig


class LinkConfig(AppConfig):
    """The hosted pages on which an SMB customer connects an account."""

    name = "link"
    verbose_name = "Link"
