"""Statements and transactions of older sites in the Portal."""

from __future__ import annotations

from django.contrib import admin

from billing.admin.base import RecordAdmin, Related
from billing.admin.values import column
from billing.models import Component, Customer, Product, Statement, Subscription, Transaction


@admin.register(Statement)
class StatementAdmin(RecordAdmin):
    """What was billed within a period."""

    purpose = "What sites without today's invoices have billed, period by period."
    list_display = ("source_id", "closed", "settled", "total", "ending_balance", "customer")
    search_fields = ("source_id__exact", "subscription_source_id__exact", "customer_name__istartswith")
    search_help_text = "ID, subscription ID, or first letters of the customer's name"
    closed = column("closed_at", "Closed")
    settled = column("settled_at", "Settled")
    total = column("total_minor")
    ending_balance = column("ending_balance_minor")
    customer = column("customer_name", "Customer")

    groups = (
        ("Statement", ("source_id", "opened_at", "closed_at", "settled_at", "memo")),
        ("For", ("customer_name", "customer_organization", "subscription_source_id")),
        ("Money", ("currency", "starting_balance_minor", "total_minor", "ending_balance_minor")),
    )
    links = {"subscription_source_id": Subscription}
    related = (
        Related(
            Transaction,
            "statement_source_id",
            ("memo", "type", "kind", "success", "amount_minor", "ending_balance_minor"),
            limit=200,
        ),
    )


@admin.register(Transaction)
class TransactionAdmin(RecordAdmin):
    """What moved a subscription's balance."""

    purpose = "Charges, payments, refunds and adjustments of sites without today's invoices."
    list_display = ("show_memo", "type", "success", "amount", "balance", "statement")
    list_filter = [("type", admin.AllValuesFieldListFilter), *RecordAdmin.list_filter]
    search_fields = (
        "source_id__exact",
        "statement_source_id__exact",
        "subscription_source_id__exact",
        "customer_source_id__exact",
    )
    search_help_text = "ID, statement ID, subscription ID or customer ID"
    show_memo = column("memo")
    amount = column("amount_minor")
    balance = column("ending_balance_minor", "Balance after")
    statement = column("statement_source_id", "Statement ID")

    groups = (
        ("Transaction", ("source_id", "type", "kind", "success", "memo")),
        (
            "For",
            (
                "customer_source_id",
                "subscription_source_id",
                "statement_source_id",
                "product_source_id",
                "component_source_id",
                "item_name",
                "period_start",
                "period_end",
            ),
        ),
        ("Money", ("currency", "amount_minor", "starting_balance_minor", "ending_balance_minor")),
        (
            "Payment",
            ("payment_source_id", "gateway", "gateway_transaction_id", "masked_number", "card_type"),
        ),
    )
    links = {
        "customer_source_id": Customer,
        "subscription_source_id": Subscription,
        "statement_source_id": Statement,
        "product_source_id": Product,
        "component_source_id": Component,
        "payment_source_id": Transaction,
    }
