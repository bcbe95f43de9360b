"""The parts of an invoice that a list leaves out unless each is asked for (facts §3)."""

from __future__ import annotations

from collections.abc import Callable

from ..business.money import CENT, UNIT, amount
from ..business.records import Entry, Invoice, Line
from ..business.times import day_of, utc
from .lookup import Lookup
from .text import CENTS, DAY, DECIMAL, PERIOD, Memo, maybe, text

Writer = Callable[[Invoice, Lookup], str]  # the inside of a JSON array
# Lines, discount and tax are movements of money too; those of `Entry` are numbered by the business.
CHARGES = 500_000_000
CHARGES_EACH = 50
DISCOUNT, TAX = 48, 49
NO_COMPONENT = '"tiered_unit_price":false,"component_cost_data":null'


def line_items(invoice: Invoice, lookup: Lookup) -> str:
    """Write the lines."""
    uid, charge = invoice.uid[4:], _charge(invoice, 0)
    return ",".join(
        [_line(line, f"li_{uid}{index}", charge + index, lookup) for index, line in enumerate(invoice.lines)]
    )


def _line(line: Line, uid: str, charge: int, lookup: Lookup) -> str:
    product, point = line.product_id, line.price_point_id
    what = line.title, line.kind, product, line.product_version, line.component_id, point
    pricing = lookup.pricing(point, product, line.quantity, line.subtotal) if point else NO_COMPONENT
    return (
        f'{{"uid":"{uid}",'
        f'"transaction_id":{charge},'
        f"{WHAT[what]},"
        f"{PERIOD[line.starts_on, line.ends_on]},"
        f"{AMOUNTS[line.quantity, line.price, line.subtotal, line.discount, line.tax]},"
        f"{pricing}}}"
    )


def _what(key: tuple[str, str, int | None, int | None, int | None, int | None]) -> str:
    """Write what was sold: the same on many lines."""
    title, kind, product, version, component, point = key
    return (
        f'"title":{text(title)},'
        f'"kind":"{kind}",'
        f'"product_id":{product or "null"},'
        f'"product_version":{version or "null"},'
        f'"component_id":{component or "null"},'
        f'"price_point_id":{point or "null"},'
        '"hide":false,'
        '"custom_item":false'
    )


def _line_amounts(key: tuple[int, int, int, int, int]) -> str:
    """Write how much of it, and for how much."""
    quantity, price, subtotal, discount, tax = key
    return (
        f'"quantity":{DECIMAL[quantity]},'
        f'"unit_price":{DECIMAL[price]},'
        f'"subtotal_amount":{DECIMAL[subtotal]},'
        f'"discount_amount":{DECIMAL[discount]},'
        f'"tax_amount":{DECIMAL[tax]},'
        '"tax_included":false,'
        f'"total_amount":{DECIMAL[subtotal - discount + tax]}'
    )


WHAT, AMOUNTS = Memo(_what), Memo(_line_amounts)


def discounts(invoice: Invoice, lookup: Lookup) -> str:
    """Write the coupon's discount, if there is one."""
    if not invoice.discount:
        return ""
    percent, uid = invoice.coupon_percent, invoice.uid[4:]
    breakouts = [
        f'{{"uid":"li_{uid}{index}",'
        f'"eligible_amount":{DECIMAL[line.subtotal]},'
        f'"discount_amount":{DECIMAL[line.discount]}}}'
        for index, line in enumerate(invoice.lines)
    ]
    kind = f'"percentage","percentage":{DECIMAL[percent * UNIT]}' if percent else '"flat_amount"'
    return (
        f'{{"uid":"dli_{uid}",'
        f'"title":"{f"{percent}%" if percent else amount(invoice.discount)} off",'
        '"description":null,'
        f'"code":{maybe(invoice.coupon_code)},'
        '"source_type":"Coupon",'
        f'"source_id":{invoice.coupon_id},'
        f'"discount_type":{kind},'
        f'"eligible_amount":{CENTS[invoice.subtotal]},'
        f'"discount_amount":{CENTS[invoice.discount]},'
        f'"transaction_id":{_charge(invoice, DISCOUNT)},'
        f'"line_item_breakouts":[{",".join(breakouts)}]}}'
    )


def taxes(invoice: Invoice, lookup: Lookup) -> str:
    """Write the tax, if there is one."""
    if not invoice.tax:
        return ""
    uid, title, address = invoice.uid[4:], text(invoice.tax_title), invoice.payer.address
    amounts = (
        f'"percentage":{DECIMAL[invoice.tax_rate * CENT]},'
        f'"taxable_amount":{CENTS[invoice.subtotal - invoice.discount]},'
        f'"tax_amount":{CENTS[invoice.tax]},'
        '"tax_exempt_amount":"0.0"'
    )
    breakouts = [
        f'{{"uid":"li_{uid}{index}",'
        f'"taxable_amount":{DECIMAL[line.subtotal - line.discount]},'
        f'"tax_amount":{DECIMAL[line.tax]}}}'
        for index, line in enumerate(invoice.lines)
    ]
    return (
        f'{{"uid":"tli_{uid}",'
        f'"title":{title},'
        '"description":null,'
        '"source_type":"Tax",'
        '"source_id":1,'
        f"{amounts},"
        f'"transaction_id":{_charge(invoice, TAX)},'
        f'"line_item_breakouts":[{",".join(breakouts)}],'
        '"tax_component_breakouts":[{'
        '"tax_rule_id":1,'
        f'"country_code":{text(address.country if address else "")},'
        f'"subdivision_code":{text(address.state if address else "")},'
        f"{amounts},"
        '"non_taxable_amount":"0.0",'
        f'"tax_name":{title},'
        '"tax_type":"Sales","rate_type":"General","tax_authority_type":45,"state_assigned_no":"","tax_sub_type":"S"}],'
        f'"eu_vat":{"true" if "VAT" in title else "false"},'
        '"type":"Sales"}'
    )


def payments(invoice: Invoice, lookup: Lookup) -> str:
    """Write what was paid; a failed payment is an event only."""
    return ",".join(
        [_payment(invoice, entry, lookup) for entry in invoice.entries if entry.kind == "payment"]
    )


def _payment(invoice: Invoice, entry: Entry, lookup: Lookup) -> str:
    number, applied = str(entry.number), CENTS[entry.amount]
    # By transfer, now or ahead; only of those the day of receipt is known (openapi.yaml).
    if invoice.payment_kind is None or entry.of:
        gateway, received = "null", DAY[day_of(entry.at, lookup.zone)]
    else:
        gateway, received = f'"ch_{number}"', "null"
    return (
        f'{{"uid":"pmt_{number}",'
        f'"transaction_time":"{utc(entry.at)}",'
        f'"memo":{text(entry.memo)},'
        f'"original_amount":{applied if entry.original == entry.amount else CENTS[entry.original]},'
        f'"applied_amount":{applied},'
        f'"payment_method":{METHODS[None] if entry.of else payment_method(invoice)},'
        f'"transaction_id":{number},'
        f'"prepayment":{"true" if entry.of else "false"},'
        '"gateway_handle":null,'
        '"gateway_used":"stripe_connect",'
        f'"gateway_transaction_id":{gateway},'
        f'"received_on":{received}}}'
    )


METHODS = {
    "hosted": '{"type":"paypal_account"}',
    "bank": '{"type":"bank_account"}',
    None: '{"type":"external","kind":"check","memo":"Bank transfer","details":""}',
}


def payment_method(invoice: Invoice) -> str:
    """Write how an invoice was paid; its keys are those of openapi.yaml, Invoice-Payment-Method."""
    if invoice.payment_kind != "card":
        return METHODS[invoice.payment_kind]
    return (
        '{"type":"credit_card",'
        '"card_brand":"visa",'
        '"card_expiration":"12/2030",'
        '"last_four":null,'
        f'"masked_card_number":"XXXX-XXXX-XXXX-{invoice.subscription_id % 10_000:04d}"}}'
    )


def credits_of(invoice: Invoice, lookup: Lookup) -> str:
    """Write the credit notes that met the invoice."""
    return ",".join([_credit(invoice, entry, lookup) for entry in invoice.entries if entry.kind == "credit"])


def _credit(invoice: Invoice, entry: Entry, lookup: Lookup) -> str:
    note = lookup.note(entry.note_id)
    return (
        f'{{"uid":"{application_uid(note.uid, invoice.id)}",'
        f'"credit_note_number":"{note.id}",'
        f'"credit_note_uid":"{note.uid}",'
        f'"transaction_time":"{utc(entry.at)}",'
        f'"memo":{text(entry.memo)},'
        f'"original_amount":{CENTS[entry.original]},'
        f'"applied_amount":{CENTS[entry.amount]}}}'
    )


def application_uid(note_uid: str, invoice_id: int) -> str:
    """Return the uid of a credit note's application to an invoice, the same on both documents."""
    return f"cdt_{note_uid[3:]}{invoice_id:x}"


def refunds(invoice: Invoice, lookup: Lookup) -> str:
    """Write what was given back."""
    return ",".join([refund(entry) for entry in invoice.entries if entry.kind == "refund"])


def refund(entry: Entry) -> str:
    """Write one refund; its original amount is that of the payment."""
    return (
        f'{{"transaction_id":{entry.number},'
        f'"payment_id":{entry.of},'
        f'"memo":{text(entry.memo)},'
        f'"original_amount":{CENTS[entry.original]},'
        f'"applied_amount":{CENTS[entry.amount]},'
        f'"gateway_transaction_id":"re_{entry.number}",'
        '"gateway_used":"stripe_connect",'
        '"gateway_handle":null,'
        '"ach_late_reject":false}'
    )


def custom_fields(invoice: Invoice, lookup: Lookup) -> str:
    """Write none: they are printed on invoices only where the merchant says so [I]."""
    return ""


def _charge(invoice: Invoice, index: int) -> int:
    return CHARGES + invoice.id * CHARGES_EACH + index


WRITERS: dict[str, Writer] = {
    "line_items": line_items,
    "discounts": discounts,
    "taxes": taxes,
    "credits": credits_of,
    "payments": payments,
    "custom_fields": custom_fields,
    "refunds": refunds,
}
DETAILS = tuple(WRITERS)
