"""Custom fields of Chargify's customers and subscriptions in standard form."""

from __future__ import annotations

from integrations.connectors.base import Account, Row
from integrations.connectors.chargify.bodies import decoded
from integrations.connectors.chargify.fields import Fields
from integrations.connectors.chargify.rows import record_row

# Raise it whenever this module reads a body differently, so that rows already stored are written again.
MAPPER_VERSION = 1


def customer_metadatum_row(body: bytes, account: Account) -> Row:
    """Return the value of a customer's custom field."""
    return _metadatum_row("customer_metadata", "customer_source_id", body)


def subscription_metadatum_row(body: bytes, account: Account) -> Row:
    """Return the value of a subscription's custom field."""
    return _metadatum_row("subscription_metadata", "subscription_source_id", body)


def _metadatum_row(stream: str, owner: str, body: bytes) -> Row:
    raw = decoded(stream, body)
    fields = Fields(raw)
    values = {
        owner: fields.link("resource_id"),
        "name": fields.text("name", 300),
        "value": fields.text("value"),
        "metafield_source_id": fields.link("metafield_id"),
        "source_deleted_at": fields.time("deleted_at"),
    }
    return record_row(stream, body, fields, values, raw, version=MAPPER_VERSION)
