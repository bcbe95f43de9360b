"""Every list and read endpoint of the facts (§3), once: what to ask, and what to compare the answers with."""

from __future__ import annotations

from . import table_of_catalogue as catalogue
from . import table_of_invoices as invoices
from . import table_of_subscriptions as subscriptions
from .endpoint import Endpoint

TABLE: tuple[Endpoint, ...] = (
    *catalogue.SITE,
    *catalogue.CUSTOMERS,
    *catalogue.PRODUCTS,
    *catalogue.COMPONENTS,
    *catalogue.COUPONS_AND_OFFERS,
    *subscriptions.SUBSCRIPTIONS,
    *subscriptions.COMPONENTS,
    *subscriptions.PARTS,
    *subscriptions.GROUPS,
    *subscriptions.CUSTOM_FIELDS,
    *subscriptions.EVENTS,
    *subscriptions.MRR,
    *invoices.INVOICES,
    *invoices.LEGACY,
)
