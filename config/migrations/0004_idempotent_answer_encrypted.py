"""Answers that are kept for `Idempotency-Key` are encrypted."""

from __future__ import annotations

import config.encryption
from django.db import migrations


class Migration(migrations.Migration):
    """Encrypt the body; those from before, which live for 90 minutes, nobody could read any more."""

    dependencies = [("config", "0003_idempotent_answer_per_api_key")]

    operations = [
        migrations.RunSQL(
            "DELETE FROM config_idempotentanswer", "DELETE FROM config_idempotentanswer"
        ),
        migrations.AlterField("idempotentanswer", "body", config.encryption.SecretField()),
    ]
