"""What may be looked at as the vendor answers it: GETs of what a sync reads, one by one too (vendor OpenAPI).

A GET alone is no proof that a path only reads, and not all that can be read is covered by the consent: left out are
links and tokens that open something, notes, webhooks, sellers, and exports, which only a POST begins.
"""

from __future__ import annotations

from integrations.connectors.chargify.streams import PATHS

_MORE = (
    "/customers/lookup.json",
    "/customers/{id}.json",
    "/customers/{id}/metadata.json",
    "/customers/{id}/subscriptions.json",
    "/subscriptions/lookup.json",
    "/subscriptions/{id}.json",
    "/subscriptions/{id}/components.json",
    "/subscriptions/{id}/components/{id}.json",
    "/subscriptions/{id}/components/{id}/allocations.json",
    "/subscriptions/{id}/components/{id}/usages.json",
    "/subscriptions/{id}/events.json",
    "/subscriptions/{id}/metadata.json",
    "/subscriptions/{id}/prepayments.json",
    "/subscription_groups/lookup.json",
    "/subscription_groups/{id}.json",
    "/product_families/{id}.json",
    "/product_families/{id}/products.json",
    "/product_families/{id}/components.json",
    "/product_families/{id}/components/{id}.json",
    "/product_families/{id}/coupons.json",
    "/product_families/{id}/coupons/{id}.json",
    "/products/{id}.json",
    "/products/{id}/price_points.json",
    "/products/{id}/price_points/{id}.json",
    "/products/handle/{id}.json",
    "/components/lookup.json",
    "/components/{id}/price_points.json",
    "/components/{id}/price_points/{id}.json",
    "/coupons/find.json",
    "/invoices/{id}.json",
    "/invoices/{id}/segments.json",
    "/credit_notes/{id}.json",
    "/payment_profiles/{id}.json",
    "/reason_codes/{id}.json",
    "/mrr_movements.json",
    "/subscriptions_mrr.json",
)
LOOKS = tuple(sorted(PATHS | set(_MORE)))
