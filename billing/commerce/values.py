"""What objects of the commerce model share: amounts, references, dates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from config.currencies import places_of

Row = Mapping[str, Any]


def money(minor: int | None, currency: str) -> Decimal | None:
    """Return an amount in the currency's main unit, exactly."""
    return None if minor is None else Decimal(minor).scaleb(-places_of(currency))


def reference(source_id: str, name: str | None) -> dict[str, Any] | None:
    """Return another record's id and name; None where none is named."""
    return {"id": source_id, "name": name} if source_id else None


def modified(row: Row) -> dict[str, datetime | None]:
    """Return when a record changed: as we saw it, and as the vendor says."""
    return {"modifiedDate": row["changed_at"], "sourceModifiedDate": row["source_updated_at"]}


def dates(row: Row) -> dict[str, datetime | None]:
    """Return when a record was made and changed."""
    return {"createdDate": row["source_created_at"], **modified(row)}
