"""Why a connection can't be read, since when its data are out of date, and e-mails about it."""

from __future__ import annotations

import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the health of connections, and the e-mails to members."""

    dependencies = [
        ('companies', '0003_connection_completeness'),
    ]

    operations = [
        migrations.AddField(
            model_name='connection',
            name='problem',
            field=models.CharField(blank=True, db_default='', default='', max_length=40),
        ),
        migrations.AddField(
            model_name='connection',
            name='problem_since',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='connection',
            name='stale_since',
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name='connectionevent',
            name='kind',
            field=models.CharField(choices=[('started', 'Started'), ('connected', 'Connected'), ('failed', 'Failed'), ('interrupted', 'Interrupted'), ('stale', 'Out of date'), ('recovered', 'Recovered'), ('deauthorized', 'Deauthorized'), ('unlinked', 'Unlinked'), ('reconnected', 'Reconnected'), ('deleted', 'Deleted')], max_length=12),
        ),
        migrations.CreateModel(
            name='EventEmail',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('sending', 'Sending'), ('sent', 'Sent'), ('failed', 'Failed')], default='waiting', max_length=8)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('not_before', models.DateTimeField()),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='emails', to='companies.connectionevent')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.member')),
                ('operator', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.operator')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['not_before'], name='email_due')],
                'constraints': [models.UniqueConstraint(fields=('event', 'member'), name='email_once_per_member')],
            },
        ),
    ]
