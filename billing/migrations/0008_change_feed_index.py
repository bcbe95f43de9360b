"""The change feed's index names the operator too: without it the planner would take the way by source ids."""

from django.db import migrations, models

TABLES = [
    'appliedcredit',
    'component',
    'componentpricepoint',
    'coupon',
    'creditnote',
    'creditnoteline',
    'customer',
    'customermetadatum',
    'discount',
    'event',
    'invoice',
    'invoiceevent',
    'invoiceline',
    'payment',
    'paymentprofile',
    'pricepoint',
    'product',
    'productfamily',
    'reasoncode',
    'refund',
    'site',
    'subscription',
    'subscriptioncomponent',
    'subscriptiongroup',
    'subscriptionmetadatum',
    'tax',
]


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0007_events'),
    ]

    operations = [
        operation
        for table in TABLES
        for operation in (
            migrations.AddIndex(
                table, models.Index(fields=['connection', 'operator', 'version'], name=f'{table}_changes')
            ),
            migrations.RemoveIndex(table, f'{table}_version'),
        )
    ]
