"""Customers, and the company itself."""

from __future__ import annotations

from typing import Any

from billing.commerce.values import Row, dates


def customer_body(row: Row, *, is_test: bool) -> dict[str, Any]:
    """Return a customer of the commerce model."""
    return {
        "id": row["source_id"],
        "customerName": row["name"] or row["organization"] or None,
        "emailAddress": row["email"] or None,
        "phone": row["phone"] or None,
        "defaultCurrency": None,
        "addresses": _addresses(row),
        "note": None,
        **dates(row),
        "isTest": is_test,
    }


def company_info_body(row: Row) -> dict[str, Any]:
    """Return a site as the company's own description; the vendor tells no address, phone or registration of it."""
    return {
        "companyName": row["name"] or row["subdomain"] or None,
        "commercePlatformRef": row["source_id"],
        "companyLegalName": None,
        "addresses": [],
        "phoneNumbers": [],
        "webLinks": [],
        "registrationNumber": None,
        "baseCurrency": row["currency"] or None,
        "accountBalances": [],
        "sourceUrls": {},
        **dates(row),
        "isTest": row["is_test"],
    }


def _addresses(row: Row) -> list[dict[str, str | None]]:
    names = {
        "line1": "address_line1",
        "line2": "address_line2",
        "city": "city",
        "region": "region",
        "country": "country",
        "postalCode": "postal_code",
    }
    address = {name: row[column] or None for name, column in names.items()}
    # The vendor doesn't say what the address is for.
    return [{"type": "Unknown", **address}] if any(address.values()) else []
