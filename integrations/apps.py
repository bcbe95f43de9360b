"""How data is pulled: the catalogue, credentials, connectors and syncs."""

from __future__ import annotations

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    """How data is pulled: the catalogue, credentials, connectors and syncs."""

    name = "integrations"
    verbose_name = "Activity"
