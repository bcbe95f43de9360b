"""Serves a simulated Chargify site; the same as `python -m integrations.simulator`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from integrations.simulator.command import add_arguments, serve


class Command(BaseCommand):
    """Start the simulator."""

    help = "Serve a simulated Chargify site until stopped."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the simulator's own options."""
        add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve until SIGTERM."""
        serve(options)
