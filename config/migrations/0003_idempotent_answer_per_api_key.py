"""An answer that is kept for `Idempotency-Key` belongs to one API key."""

from __future__ import annotations

from uuid import UUID

from django.db import migrations, models


class Migration(migrations.Migration):
    """Name the API key; answers from before belong to none, and nobody gets them any more."""

    dependencies = [("config", "0002_tenant_policies")]

    operations = [
        migrations.RemoveConstraint("idempotentanswer", "one_answer_per_key"),
        # Two API keys may have used the same key by the time that this is undone; the answers live for 90 minutes.
        migrations.RunSQL(migrations.RunSQL.noop, "DELETE FROM config_idempotentanswer"),
        migrations.AddField(
            "idempotentanswer", "api_key_id", models.UUIDField(default=UUID(int=0)), preserve_default=False
        ),
        migrations.AddConstraint(
            "idempotentanswer",
            models.UniqueConstraint(
                fields=("operator", "api_key_id", "key"), name="one_answer_per_api_key_and_key"
            ),
        ),
    ]
