"""Components of Chargify's subscriptions, their groups and the reasons that they end for, in standard form."""

from __future__ import annotations

from integrations.connectors.base import Account, Row
from integrations.connectors.chargify.bodies import decoded, required_id
from integrations.connectors.chargify.fields import Fields
from integrations.connectors.chargify.rows import record_row

# Raise it whenever this module reads a body differently, so that rows already stored are written again.
MAPPER_VERSION = 2


def subscription_component_row(body: bytes, account: Account) -> Row:
    """Return a component of a subscription, known by the ids of both: its own `id` may be absent (vendor SDK 10)."""
    stream = "subscription_components"
    raw = decoded(stream, body)
    fields = Fields(raw)
    subscription, component = (
        required_id(stream, raw, f"{what}_id") for what in ("subscription", "component")
    )
    values = {
        "subscription_source_id": subscription,
        "component_source_id": component,
        "name": fields.text("name", 300),
        "kind": fields.text("kind", 40),
        "unit_name": fields.text("unit_name", 300),
        "product_family_source_id": fields.link("product_family_id"),
        "price_point_source_id": fields.link("price_point_id"),
        "pricing_scheme": fields.text("pricing_scheme", 40),
        "currency": fields.currency("currency", account.currency),
        "allocated_quantity": fields.decimal("allocated_quantity", digits=16),
        "unit_balance": fields.decimal("unit_balance", digits=16),
        "enabled": fields.flag("enabled"),
        "recurring": fields.flag("recurring"),
        "archived_at": fields.time("archived_at"),
    }
    source_id = required_id(stream, {"ids": f"{subscription}:{component}"}, "ids")
    # The component's own text, a copy: its changes don't change the time of this record.
    own = raw | {"description": None}
    return record_row(stream, body, fields, values, own, version=MAPPER_VERSION, source_id=source_id)


def subscription_group_row(body: bytes, account: Account) -> Row:
    """Return a group of subscriptions, known by its uid."""
    raw = decoded("subscription_groups", body)
    uid = required_id("subscription_groups", raw, "uid")
    fields = Fields(raw)
    values = {
        "state": fields.text("state", 40),
        "customer_source_id": fields.link("customer_id"),
        "primary_subscription_source_id": fields.link("primary_subscription_id"),
        "payment_profile_source_id": fields.link("payment_profile_id"),
        "subscription_ids": fields.links("subscription_ids"),
        "next_assessment_at": fields.time("next_assessment_at"),
        "cancel_at_end_of_period": fields.flag("cancel_at_end_of_period"),
    }
    return record_row("subscription_groups", body, fields, values, raw, version=MAPPER_VERSION, source_id=uid)


def reason_code_row(body: bytes, account: Account) -> Row:
    """Return a reason that subscriptions end for."""
    raw = decoded("reason_codes", body)
    fields = Fields(raw)
    values = {
        "code": fields.text("code", 300),
        "description": fields.text("description"),
        "position": fields.count("position"),
    }
    return record_row("reason_codes", body, fields, values, raw, version=MAPPER_VERSION)
