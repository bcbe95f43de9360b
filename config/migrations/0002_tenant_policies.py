"""The tenant policies of the frame."""

from __future__ import annotations

from django.db import migrations

from config.row_level_security import enable_row_level_security


class Migration(migrations.Migration):
    """Put the tables under row-level security."""

    dependencies = [("config", "0001_initial")]

    operations = [
        enable_row_level_security("config_idempotentanswer"),
    ]
