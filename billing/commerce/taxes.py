"""Tax components: the distinct taxes that stand on invoices. The vendor gives them no id of their own."""

from __future__ import annotations

from decimal import Decimal
from hashlib import md5
from typing import Any

from billing.commerce.values import Row

_UNNAMED = "Tax"


def tax_component_id(title: str, percentage: Decimal | None) -> str:
    """Return the id of a tax; the database makes it too (`billing/api/commerce/catalogue.py`)."""
    exact = "" if percentage is None else f"{percentage:.8f}"
    return md5(f"{exact}:{title}".encode(), usedforsecurity=False).hexdigest()


def tax_component_ref(tax: Row) -> dict[str, str]:
    """Return the reference to the tax component of a tax on an invoice."""
    return {"id": tax_component_id(tax["title"], tax["percentage"]), "name": tax["title"] or _UNNAMED}


def tax_component_body(row: Row) -> dict[str, Any]:
    """Return a tax component."""
    return {
        "id": row["component_id"],
        "name": row["title"] or _UNNAMED,
        "rate": rate(row["percentage"]),
        # The vendor doesn't say.
        "isCompound": None,
        "modifiedDate": row["changed"],
        "sourceModifiedDate": row["updated"],
    }


def rate(percentage: Decimal | None) -> Decimal | None:
    """Return a percentage as a number from 0 to 1."""
    return None if percentage is None else percentage.scaleb(-2)
