"""What Chargify makes of a site's business, in standard form: its statistics, its monthly recurring revenue."""

from __future__ import annotations

import re
from typing import Any

from integrations.connectors.base import Account, Row
from integrations.connectors.chargify.bodies import decoded, fingerprint, required_id
from integrations.connectors.chargify.fields import Fields
from integrations.connectors.chargify.rows import record_row

# Raise it whenever this module reads a body differently, so that rows already stored are written again.
MAPPER_VERSION = 1
# inferred: an amount for people has a sign, a symbol, groups of three and a point, in whatever currency.
_WRITTEN = re.compile(r"(-?)[^\d.,-]*(-?\d{1,3}(?:,\d{3})*|-?\d+)(\.\d+)?")


def statistics_row(body: bytes, account: Account) -> Row:
    """Return a site's statistics, known by the site's id."""
    raw = decoded("site_statistics", body)
    fields = Fields(raw)
    stats, currency = fields.nested("stats"), fields.currency("site_currency", account.currency)
    values = {
        "name": fields.text("site_name", 300),
        "seller_name": fields.text("seller_name", 300),
        "total_subscriptions": stats.count("total_subscriptions"),
        "subscriptions_today": stats.count("subscriptions_today"),
        "currency": currency,
        "total_revenue_minor": _written(stats, "total_revenue", currency),
        "revenue_today_minor": _written(stats, "revenue_today", currency),
        "revenue_this_month_minor": _written(stats, "revenue_this_month", currency),
        "revenue_this_year_minor": _written(stats, "revenue_this_year", currency),
    }
    site = required_id("site_statistics", raw, "site_id")
    return record_row("site_statistics", body, fields, values, raw, version=MAPPER_VERSION, source_id=site)


def mrr_row(body: bytes, account: Account) -> Row:
    """Return a site's monthly recurring revenue; that time has passed is no change."""
    raw = decoded("site_mrr", body)
    required_id("site_mrr", raw, "amount_in_cents")
    fields = Fields(raw)
    parts = fields.nested("breakouts")
    values: dict[str, Any] = {
        "currency": fields.currency("currency", account.currency),
        "amount_minor": fields.cents("amount_in_cents"),
        "plan_minor": parts.cents("plan_amount_in_cents"),
        "usage_minor": parts.cents("usage_amount_in_cents"),
    }
    return Row(
        source_id=account.id,
        values=values,
        body=body,
        content_hash=fingerprint(MAPPER_VERSION, raw | {"at_time": None}),
        source_updated_at=fields.time("at_time"),
        warnings=tuple(fields.warnings),
    )


def _written(fields: Fields, key: str, currency: str) -> int | None:
    """Return an amount that is written for people, "$45,978.81" (facts §7), in minor units."""
    text = fields.text(key)
    found = _WRITTEN.fullmatch(text)
    if found is None:
        if text:
            fields.warn(key, "can't be read")
        return None
    sign, whole, rest = found.groups(default="")
    return Fields({key: sign + whole.replace(",", "") + rest}, fields.warnings).amount(key, currency)
