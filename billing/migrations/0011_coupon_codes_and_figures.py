"""Coupon codes, and what the vendor makes of a site, under row-level security."""

import django.db.models.deletion
from django.db import migrations, models

from config.row_level_security import enable_row_level_security


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0010_operators_with_bodies'),
        ('companies', '0003_connection_completeness'),
    ]

    operations = [
        migrations.CreateModel(
            name='CouponCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source_id', models.CharField(max_length=120, verbose_name='ID')),
                ('body_index', models.PositiveIntegerField(default=0)),
                ('content_hash', models.BinaryField(max_length=16)),
                ('source_created_at', models.DateTimeField(null=True, verbose_name='created')),
                ('source_updated_at', models.DateTimeField(null=True, verbose_name='updated')),
                ('first_seen_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('version', models.BigIntegerField()),
                ('deleted_at', models.DateTimeField(null=True)),
                ('coupon_source_id', models.CharField(blank=True, max_length=120)),
                ('code', models.CharField(blank=True, max_length=120)),
                ('body_chunk', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='billing.bodychunk')),
                ('connection', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.connection')),
                ('operator', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.operator')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'indexes': [models.Index(fields=['operator', '-source_created_at', 'id'], name='couponcode_newest'), models.Index(fields=['connection', 'operator', 'version'], name='couponcode_changes'), models.Index(fields=['connection', 'coupon_source_id'], name='couponcode_coupon'), models.Index(fields=['operator', 'code'], name='couponcode_code')],
                'constraints': [models.UniqueConstraint(fields=('operator', 'connection', 'source_id'), name='couponcode_source_id')],
            },
        ),
        migrations.CreateModel(
            name='SiteMrr',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source_id', models.CharField(max_length=120, verbose_name='ID')),
                ('body_index', models.PositiveIntegerField(default=0)),
                ('content_hash', models.BinaryField(max_length=16)),
                ('source_created_at', models.DateTimeField(null=True, verbose_name='created')),
                ('source_updated_at', models.DateTimeField(null=True, verbose_name='updated')),
                ('first_seen_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('version', models.BigIntegerField()),
                ('deleted_at', models.DateTimeField(null=True)),
                ('currency', models.CharField(blank=True, max_length=3)),
                ('amount_minor', models.BigIntegerField(null=True, verbose_name='MRR')),
                ('plan_minor', models.BigIntegerField(null=True, verbose_name='of plans')),
                ('usage_minor', models.BigIntegerField(null=True, verbose_name='of usage')),
                ('body_chunk', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='billing.bodychunk')),
                ('connection', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.connection')),
                ('operator', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.operator')),
            ],
            options={
                'verbose_name': 'MRR of a site',
                'verbose_name_plural': 'MRR of sites',
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'indexes': [models.Index(fields=['operator', '-source_created_at', 'id'], name='sitemrr_newest'), models.Index(fields=['connection', 'operator', 'version'], name='sitemrr_changes')],
                'constraints': [models.UniqueConstraint(fields=('operator', 'connection', 'source_id'), name='sitemrr_source_id')],
            },
        ),
        migrations.CreateModel(
            name='SiteStatistics',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source_id', models.CharField(max_length=120, verbose_name='ID')),
                ('body_index', models.PositiveIntegerField(default=0)),
                ('content_hash', models.BinaryField(max_length=16)),
                ('source_created_at', models.DateTimeField(null=True, verbose_name='created')),
                ('source_updated_at', models.DateTimeField(null=True, verbose_name='updated')),
                ('first_seen_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('version', models.BigIntegerField()),
                ('deleted_at', models.DateTimeField(null=True)),
                ('name', models.CharField(blank=True, max_length=300)),
                ('seller_name', models.CharField(blank=True, max_length=300, verbose_name='seller')),
                ('total_subscriptions', models.PositiveIntegerField(null=True, verbose_name='subscriptions')),
                ('subscriptions_today', models.PositiveIntegerField(null=True)),
                ('currency', models.CharField(blank=True, max_length=3)),
                ('total_revenue_minor', models.BigIntegerField(null=True, verbose_name='revenue')),
                ('revenue_today_minor', models.BigIntegerField(null=True, verbose_name='revenue today')),
                ('revenue_this_month_minor', models.BigIntegerField(null=True, verbose_name='revenue this month')),
                ('revenue_this_year_minor', models.BigIntegerField(null=True, verbose_name='revenue this year')),
                ('body_chunk', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='billing.bodychunk')),
                ('connection', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.connection')),
                ('operator', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.operator')),
            ],
            options={
                'verbose_name': 'site statistics',
                'verbose_name_plural': 'site statistics',
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'indexes': [models.Index(fields=['operator', '-source_created_at', 'id'], name='sitestatistics_newest'), models.Index(fields=['connection', 'operator', 'version'], name='sitestatistics_changes')],
                'constraints': [models.UniqueConstraint(fields=('operator', 'connection', 'source_id'), name='sitestatistics_source_id')],
            },
        ),
        enable_row_level_security("billing_couponcode"),
        enable_row_level_security("billing_sitestatistics"),
        enable_row_level_security("billing_sitemrr"),
    ]
