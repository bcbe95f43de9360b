"""The endpoints of invoices and credit notes, and those of legacy sites (facts §3)."""

from __future__ import annotations

from .endpoint import PAGES_OF_200, Endpoint, each

INVOICE_DETAILS = ("line_items", "discounts", "taxes", "credits", "payments", "custom_fields", "refunds")
CREDIT_NOTE_DETAILS = ("line_items", "discounts", "taxes", "refunds", "applications")

INVOICES = (
    Endpoint(
        path="/invoices.json",
        operation="listInvoices",
        queries=({}, dict.fromkeys(INVOICE_DETAILS, "true")),
        paging=PAGES_OF_200,
        recorded=("invoices/1", "invoices/2"),
        sdk="invoices.list_invoices",
    ),
    Endpoint(
        path="/invoices/{uid}.json",
        operation="readInvoice",
        fill=each("/invoices.json", most=100, uid="uid"),
        recorded=("invoices_ID/1", "invoices_ID/2", "invoices_ID/3", "invoices_ID/4"),
        sdk="invoices.read_invoice",
    ),
    Endpoint(
        path="/invoices/{invoice_uid}/segments.json",
        operation="listConsolidatedInvoiceSegments",
        fill=each("/invoices.json", query={"consolidation_level": "parent"}, invoice_uid="uid"),
        paging=PAGES_OF_200,
        recorded=("invoices_ID_segments/1", "invoices_ID_segments/2"),
        sdk="invoices.list_consolidated_invoice_segments",
    ),
    Endpoint(
        path="/invoices/events.json",
        operation="listInvoiceEvents",
        queries=({}, {"with_change_invoice_status": "true"}),
        paging=PAGES_OF_200,
        recorded=("invoices_events/1", "invoices_events/2", "invoices_events/3", "invoices_events/4"),
        sdk="invoices.list_invoice_events",
    ),
    Endpoint(
        path="/credit_notes.json",
        operation="listCreditNotes",
        queries=({}, dict.fromkeys(CREDIT_NOTE_DETAILS, "true")),
        paging=PAGES_OF_200,
        recorded=("credit_notes/1", "credit_notes/2", "credit_notes/3"),
        sdk="invoices.list_credit_notes",
    ),
    Endpoint(
        path="/credit_notes/{uid}.json",
        operation="readCreditNote",
        fill=each("/credit_notes.json", most=100, uid="uid"),
        recorded=("credit_notes_ID/1", "credit_notes_ID/2", "credit_notes_ID/3"),
        sdk="invoices.read_credit_note",
    ),
)

EVERY_OLD_SUBSCRIPTION = each("/subscriptions.json", subscription_id="subscription.id")

# The SDK has no methods for these: the vendor left them out of the present description.
LEGACY = (
    Endpoint(
        path="/invoices.json",
        operation="get-invoices.json",
        paging=PAGES_OF_200,
        recorded=("invoices/3",),
        legacy=True,
    ),
    Endpoint(
        path="/invoices/{invoice_id}.json",
        operation="get-invoices-invoice_id-.json",
        fill=each("/invoices.json", most=100, invoice_id="invoice.id"),
        recorded=("invoices_ID/5",),
        legacy=True,
    ),
    Endpoint(
        path="/statements.json",
        operation="get-statements.json",
        queries=({}, {"sort": "settled_at", "direction": "desc"}),
        paging=PAGES_OF_200,
        recorded=("statements/1",),
        legacy=True,
    ),
    Endpoint(
        path="/statements/{statement_id}.json",
        operation="get-statements-statement_id-.json",
        fill=each("/statements.json", most=100, statement_id="statement.id"),
        recorded=("statements_ID/1",),
        legacy=True,
    ),
    Endpoint(
        path="/statements/ids.json",
        operation="get-statements-ids.json",
        queries=({}, {"settled_since": "1704067200"}),
        recorded=("statements_ids/1",),
        legacy=True,
    ),
    Endpoint(
        path="/statements/count.json",
        operation="get-statements-count.json",
        recorded=("statements_count/1",),
        legacy=True,
    ),
    Endpoint(
        path="/subscriptions/{subscription_id}/statements.json",
        operation="get-subscriptions-subscription_id-statements.json",
        fill=EVERY_OLD_SUBSCRIPTION,
        paging=PAGES_OF_200,
        recorded=("subscriptions_ID_statements/1",),
        legacy=True,
    ),
    Endpoint(
        path="/subscriptions/{subscription_id}/statements/ids.json",
        operation="get-subscriptions-subscription_id-statements-ids.json",
        fill=EVERY_OLD_SUBSCRIPTION,
        recorded=("subscriptions_ID_statements_ids/1",),
        legacy=True,
    ),
    Endpoint(
        path="/transactions.json",
        operation="get-transactions.json",
        queries=({}, {"direction": "asc", "order_by": "id"}),
        paging=PAGES_OF_200,
        recorded=("transactions/1",),
        legacy=True,
    ),
    Endpoint(
        path="/transactions/{transaction_id}.json",
        operation="get-transactions-transaction_id-.json",
        fill=each("/transactions.json", most=100, transaction_id="transaction.id"),
        recorded=("transactions_ID/1",),
        legacy=True,
    ),
    Endpoint(
        path="/transactions/count.json",
        operation="get-transactions-count.json",
        recorded=("transactions_count/1",),
        legacy=True,
    ),
    Endpoint(
        path="/subscriptions/{subscription_id}/transactions.json",
        operation="get-subscriptions-subscription_id-transactions.json",
        fill=EVERY_OLD_SUBSCRIPTION,
        paging=PAGES_OF_200,
        recorded=("subscriptions_ID_transactions/1",),
        legacy=True,
    ),
)
