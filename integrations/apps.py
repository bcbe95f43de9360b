"""How data is pulled: the catalogue, credentials, connectors and syncs."""

from __future__ import annotations

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    """How data is pulled: the catalogue, credentials, connectors and syncs."""

    name = "integrations"
    verbose_name = "Activity"

    def ready(self) -> None:
        from billing.reading import read_by
        from companies.signals import connection_closed
        from integrations.reading import open_reader
        from integrations.services.credentials import credentials_destroy
        from integrations.services.schedules import schedules_stop

        connection_closed.connect(credentials_destroy)
        connection_closed.connect(schedules_stop)
        read_by(open_reader)
