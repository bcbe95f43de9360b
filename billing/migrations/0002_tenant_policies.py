"""The tenant policies of the records."""

from __future__ import annotations

from django.db import migrations

from config.row_level_security import enable_row_level_security


class Migration(migrations.Migration):
    """Put the tables under row-level security."""

    dependencies = [("billing", "0001_initial")]

    operations = [
        enable_row_level_security("billing_bodychunk"),
        enable_row_level_security("billing_recordversion"),
        enable_row_level_security("billing_customer"),
        enable_row_level_security("billing_site"),
        enable_row_level_security("billing_productfamily"),
        enable_row_level_security("billing_product"),
        enable_row_level_security("billing_subscription"),
        enable_row_level_security("billing_invoice"),
        enable_row_level_security("billing_invoiceline"),
        enable_row_level_security("billing_discount"),
        enable_row_level_security("billing_tax"),
        enable_row_level_security("billing_payment"),
        enable_row_level_security("billing_refund"),
        enable_row_level_security("billing_appliedcredit"),
    ]
