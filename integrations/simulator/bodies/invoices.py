"""Invoices as the vendor writes them (Relationship Invoicing)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from ..business.records import Invoice
from .details import DETAILS, WRITERS
from .lookup import Lookup
from .parties import address, payer
from .text import CENTS, DAY, Memo, maybe, text

if TYPE_CHECKING:
    from ..site import Site


def invoices(site: Site, records: Iterable[Invoice], details: Iterable[str] = DETAILS) -> list[msgspec.Raw]:
    """Return invoices, each with the named details; those not named are absent, not empty (facts §3)."""
    lookup = Lookup(site)
    return [msgspec.Raw(invoice(record, lookup, details)) for record in records]


def invoice(record: Invoice, lookup: Lookup, details: Iterable[str] = DETAILS) -> str:
    """Write an invoice with the named details."""
    parts = [f',"{name}":[{WRITERS[name](record, lookup)}]' for name in details]
    return f"{{{_summary(record, lookup)}{''.join(parts)}}}"


def _summary(record: Invoice, lookup: Lookup) -> str:
    """Write what every answer says of an invoice; the numeric `id` is missing from lists (facts §7)."""
    person, place, created = (
        payer(record.payer),
        address(record.payer.address),
        lookup.stamp(record.created_at),
    )
    return (
        f'"uid":"{record.uid}",'
        f'"customer_id":{record.customer_id},'
        f'"subscription_id":{record.subscription_id},'
        f'"number":"{record.id}",'
        f'"sequence_number":{record.id},'
        f'"transaction_time":"{created}",'
        f'"created_at":"{created}",'
        f'"updated_at":"{lookup.stamp(record.updated_at)}",'
        f'"issue_date":{DAY[record.issued_on]},'
        f'"due_date":{DAY[record.due_on]},'
        f'"paid_date":{DAY[record.paid_on]},'
        f'"status":"{record.status}",'
        f'"role":"{record.role}",'
        f'"collection_method":"{record.collection_method}",'
        f'"currency":"{record.currency}",'
        f"{_consolidation(record, lookup)},"
        f'"product_name":{text(record.product_name)},'
        f'"product_family_name":{text(record.family_name)},'
        f'"customer":{person[:-1]},"reference":{maybe(record.payer.reference)}}},'
        f'"payer":{person},'
        f'"recipient_emails":[{text(record.payer.email)}],'
        f'"net_terms":{record.due_on - record.issued_on},'
        f'"memo":{text(record.memo or "Thank you.")},'
        f'"billing_address":{place},'
        f'"shipping_address":{place},'
        f"{_amounts(record)},"
        f"{lookup.same_for_all},"
        # The token is signed for a while only, so it changes from day to day.
        f'"public_url":"https://www.chargifypay.com/invoice/{record.uid}?token={lookup.token}"'
    )


def _amounts(record: Invoice) -> str:
    sums = {"credit": 0, "refund": 0, "payment": 0, "failed_payment": 0}
    for entry in record.entries:
        sums[entry.kind] += entry.amount
    credit, refunded, paid, _ = sums.values()
    return AMOUNTS[record.subtotal, record.discount, record.tax, credit, refunded, paid]


def _write_amounts(key: tuple[int, int, int, int, int, int]) -> str:
    """Write the amounts: the same on many invoices."""
    subtotal, discount, tax, credit, refunded, paid = key
    total = subtotal - discount + tax
    return (
        f'"subtotal_amount":{CENTS[subtotal]},'
        f'"discount_amount":{CENTS[discount]},'
        f'"tax_amount":{CENTS[tax]},'
        f'"total_amount":{CENTS[total]},'
        f'"credit_amount":{CENTS[credit]},'
        '"debit_amount":"0.0",'
        f'"refund_amount":{CENTS[refunded]},'
        f'"paid_amount":{CENTS[paid]},'
        f'"due_amount":{CENTS[total - credit - paid]}'
    )


AMOUNTS = Memo(_write_amounts)


def _consolidation(record: Invoice, lookup: Lookup) -> str:
    """Write how an invoice is consolidated: a child names its parent, a parent its group's first member."""
    if record.group_id is None:
        return (
            '"consolidation_level":"none","parent_invoice_id":null,"parent_invoice_uid":null,'
            '"parent_invoice_number":null,"subscription_group_id":null,"group_primary_subscription_id":null'
        )
    number = record.parent_id or "null"
    uid = maybe(lookup.invoice(record.parent_id).uid if record.parent_id else None)
    primary = lookup.group(record.group_id).subscription_ids[0] if record.level == "parent" else "null"
    return (
        f'"consolidation_level":"{record.level}",'
        f'"parent_invoice_id":{number},'
        f'"parent_invoice_uid":{uid},'
        f'"parent_invoice_number":{number},'
        f'"subscription_group_id":{record.group_id},'
        f'"group_primary_subscription_id":{primary}'
    )
