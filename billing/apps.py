"""What was pulled: the standard records of recurring billing."""

from __future__ import annotations

from django.apps import AppConfig


class BillingConfig(AppConfig):
    """What was pulled: the standard records of recurring billing."""

    name = "billing"
    verbose_name = "Data"
