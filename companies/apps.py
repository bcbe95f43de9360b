"""Who: operators and their members, companies and their connections."""

from __future__ import annotations

from django.apps import AppConfig


class CompaniesConfig(AppConfig):
    """Operators, members, companies, connections."""

    name = "companies"
    verbose_name = "Companies"
