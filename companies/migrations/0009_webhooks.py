"""Webhooks out: consumers, events, deliveries and their attempts."""

from __future__ import annotations

import config.encryption
import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the tables of webhooks."""

    dependencies = [
        ('companies', '0008_usage'),
    ]

    operations = [
        migrations.CreateModel(
            name='WebhookConsumer',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('url', models.CharField(max_length=2000, verbose_name='URL')),
                ('description', models.CharField(blank=True, max_length=200)),
                ('event_types', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), size=None)),
                ('company_tags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=128), default=list, size=None)),
                ('headers', config.encryption.SecretField(default='{}')),
                ('secret', config.encryption.SecretField()),
                ('previous_secret', config.encryption.SecretField(null=True)),
                ('previous_secret_until', models.DateTimeField(null=True)),
                ('disabled', models.BooleanField(default=False)),
                ('disabled_reason', models.CharField(blank=True, max_length=200)),
                ('failing_since', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('operator', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.operator')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'indexes': [models.Index(fields=['operator', 'created_at'], name='consumer_by_operator')],
            },
        ),
        migrations.CreateModel(
            name='WebhookEvent',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('event_type', models.CharField(choices=[('company.created', 'A company was created'), ('company.deleted', 'A company was deleted'), ('connection.created', 'A connection was begun'), ('connection.connected', 'A customer has connected'), ('connection.failed', 'What a customer entered was refused'), ('connection.disconnected', 'A connection was unlinked or deauthorized'), ('connection.reconnected', 'A customer has connected again'), ('connection.deleted', 'A connection was deleted'), ('read.completed', 'A sync has ended'), ('read.completed.initial', 'The first sync after connecting has ended'), ('client.rateLimit.reached', "The day's quota of requests is used up"), ('client.rateLimit.reset', 'The quota of requests starts anew')], max_length=60)),
                ('company_tags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=140), default=list, size=None)),
                ('body', models.BinaryField()),
                ('generated_at', models.DateTimeField()),
                ('is_example', models.BooleanField(default=False)),
                ('operator', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.operator')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'indexes': [models.Index(fields=['operator', 'generated_at'], name='webhook_event_newest')],
            },
        ),
        migrations.CreateModel(
            name='WebhookDelivery',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('sending', 'Sending'), ('delivered', 'Delivered'), ('failed', 'Failed')], default='waiting', max_length=10)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('not_before', models.DateTimeField()),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('failures', models.PositiveSmallIntegerField(default=0)),
                ('last_attempt_at', models.DateTimeField(null=True)),
                ('last_status', models.PositiveSmallIntegerField(null=True)),
                ('last_ms', models.PositiveIntegerField(null=True)),
                ('last_error', models.CharField(blank=True, max_length=300)),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='companies.webhookevent')),
                ('consumer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='companies.webhookconsumer')),
                ('operator', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.operator')),
            ],
            options={
                'verbose_name_plural': 'webhook deliveries',
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'indexes': [models.Index(fields=['consumer', '-created_at'], name='delivery_newest'), models.Index(condition=models.Q(('state__in', ['waiting', 'sending'])), fields=['not_before'], name='delivery_due')],
                'constraints': [models.UniqueConstraint(fields=('event', 'consumer'), name='delivery_once_per_consumer')],
            },
        ),
        migrations.CreateModel(
            name='WebhookAttempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('status', models.PositiveSmallIntegerField(null=True)),
                ('ms', models.PositiveIntegerField()),
                ('error', models.CharField(blank=True, max_length=300)),
                ('delivery', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attempt_log', to='companies.webhookdelivery')),
                ('operator', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.operator')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'indexes': [models.Index(fields=['delivery', '-at'], name='attempt_newest')],
            },
        ),
    ]
