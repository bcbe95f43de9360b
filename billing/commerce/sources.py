"""Which tables the data types of the commerce model are made from, beyond what a Stream calls by their name."""

from __future__ import annotations

# The first is what makes it worth asking for. What stands on invoices is read with them.
READ_FROM = {
    "commerce-payments": ("invoice", "transaction"),
    "commerce-transactions": ("invoice", "transaction"),
    "commerce-taxComponents": ("invoice",),
    "commerce-paymentMethods": ("paymentprofile", "invoice"),
    "commerce-products": ("product", "component", "pricepoint", "componentpricepoint"),
}


def leads(table: str, data_type: str) -> bool:
    """Say whether a data type is there once a table was read, whatever else it is made from."""
    return table == READ_FROM.get(data_type, (table,))[0]


def made_from(table: str) -> list[str]:
    """Return the data types that are made from a table too."""
    return [data_type for data_type, tables in READ_FROM.items() if table in tables]
