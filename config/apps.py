"""The frame as a Django app: its checks, and the grants after every migration."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class FrameConfig(AppConfig):
    """Tributary's frame."""

    name = "config"
    label = "config"
    verbose_name = "Frame"

    def ready(self) -> None:
        from config import checks  # noqa: F401  (registers the system checks)

        post_migrate.connect(grant_after_migrate, sender=self)


def grant_after_migrate(*, using: str, **kwargs: Any) -> None:
    """Give the app role its rights on what the owner has just made."""
    from config.row_level_security import grant_to_app_role

    grant_to_app_role(using=using)
