"""E-mails to members about a webhook consumer."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Let an e-mail be about a consumer in the place of a connection's timeline."""

    dependencies = [
        ('companies', '0010_webhook_policies'),
    ]

    operations = [
        migrations.AlterField(
            model_name='eventemail',
            name='event',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='emails', to='companies.connectionevent'),
        ),
        migrations.AddField(
            model_name='eventemail',
            name='consumer',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='emails', to='companies.webhookconsumer'),
        ),
        migrations.AddConstraint(
            model_name='eventemail',
            constraint=models.CheckConstraint(condition=models.Q(('consumer', None), ('event__isnull', False)) | models.Q(('consumer__isnull', False), ('event', None)), name='email_about_one_thing'),
        ),
        # What the former table has no room for goes when this is taken back.
        migrations.RunSQL(migrations.RunSQL.noop, 'DELETE FROM companies_eventemail WHERE event_id IS NULL'),
    ]
