"""What Chargify lets us read, in dependency order, and how each list is walked (facts §3).

Ascending, with only a lower bound on the time of change: what changes meanwhile can repeat a row, hide none.
"""

from __future__ import annotations

from datetime import UTC, datetime

from integrations.connectors.base import Pager, Stream, Total
from integrations.connectors.chargify import (
    activity,
    coupon_codes,
    credit_notes,
    figures,
    invoices,
    legacy_invoices,
    mapping,
    metadata,
    payment_profiles,
    prices,
    statements,
    subscription_parts,
)
from integrations.connectors.chargify.answers import count_under, each_wrapped, list_under, single, whole

SITE_PATH, STATS_PATH = "/site.json", "/stats.json"
# What a site has: one of both, by whether it was made before 2018 (facts §3).
RELATIONSHIP_INVOICING, STATEMENTS = "relationship_invoicing", "statements"
_LARGEST_PAGE = 200
_CREDIT_NOTE_DETAILS = ("line_items", "discounts", "taxes", "refunds", "applications")
_INVOICE_DETAILS = ("line_items", "discounts", "taxes", "credits", "payments", "custom_fields", "refunds")


def changed_since(moment: datetime) -> dict[str, str]:
    """Return the filter for what changed at or after a moment."""
    # A time without a zone would be taken in the site's own.
    # inferred: ISO-8601 with an offset is taken; the docs show "2022-07-01 09:00:05" and allow "a timezone".
    start = moment.astimezone(UTC).isoformat(timespec="seconds")
    return {"date_field": "updated_at", "start_datetime": start}


def filtered_since(moment: datetime) -> dict[str, str]:
    """Return the same filter for the lists that take it nested."""
    return {f"filter[{name}]": value for name, value in changed_since(moment).items()}


def since_id(last: str) -> dict[str, str]:
    """Return the query for what came after an id; only with invoice events it is left out itself (facts §3)."""
    return {"since_id": last}


# What stands in the place of invoices on a site from before Relationship Invoicing.
LEGACY_INVOICES = Stream(
    name="legacy_invoices",
    table="invoice",
    data_type="commerce-orders",
    # There is no filter for changes, and no order to ask for (openapi.legacy.yaml).
    path="/invoices.json",
    page_size=_LARGEST_PAGE,
    items=each_wrapped("invoice"),
    map=legacy_invoices.legacy_invoice_row,
    mapper_version=legacy_invoices.MAPPER_VERSION,
)

STREAMS = (
    Stream(
        name="site",
        table="site",
        data_type="commerce-companyInfo",
        path=SITE_PATH,
        pager=Pager.SINGLE,
        items=single("site"),
        map=mapping.site_row,
        mapper_version=mapping.MAPPER_VERSION,
    ),
    Stream(
        name="product_families",
        table="productfamily",
        data_type="commerce-productCategories",
        path="/product_families.json",
        # No page or per_page is documented.
        pager=Pager.SINGLE,
        items=each_wrapped("product_family"),
        map=mapping.product_family_row,
        mapper_version=mapping.MAPPER_VERSION,
    ),
    Stream(
        name="customers",
        table="customer",
        data_type="commerce-customers",
        path="/customers.json",
        query={"direction": "asc"},
        page_size=_LARGEST_PAGE,
        items=each_wrapped("customer"),
        map=mapping.customer_row,
        since=changed_since,
        mapper_version=mapping.MAPPER_VERSION,
    ),
    Stream(
        name="products",
        table="product",
        data_type="commerce-products",
        path="/products.json",
        query={"include_archived": "true"},
        page_size=_LARGEST_PAGE,
        items=each_wrapped("product"),
        map=mapping.product_row,
        since=changed_since,
        mapper_version=mapping.MAPPER_VERSION,
    ),
    Stream(
        name="components",
        table="component",
        data_type="billing-components",
        path="/components.json",
        query={"include_archived": "true"},
        page_size=_LARGEST_PAGE,
        items=each_wrapped("component"),
        map=prices.component_row,
        since=changed_since,
        mapper_version=prices.MAPPER_VERSION,
    ),
    Stream(
        name="product_price_points",
        table="pricepoint",
        data_type="billing-pricePoints",
        path="/products_price_points.json",
        # inferred: without `filter[archived_at]` archived ones are listed too.
        query={"direction": "asc", "include": "currency_prices"},
        page_size=_LARGEST_PAGE,
        items=list_under("price_points"),
        map=prices.price_point_row,
        since=filtered_since,
        mapper_version=prices.MAPPER_VERSION,
    ),
    Stream(
        name="component_price_points",
        table="componentpricepoint",
        data_type="billing-componentPricePoints",
        path="/components_price_points.json",
        # inferred: as above.
        query={"direction": "asc", "include": "currency_prices"},
        page_size=_LARGEST_PAGE,
        items=list_under("price_points"),
        map=prices.component_price_point_row,
        since=filtered_since,
        mapper_version=prices.MAPPER_VERSION,
    ),
    Stream(
        name="coupons",
        table="coupon",
        data_type="billing-coupons",
        path="/coupons.json",
        query={"filter[include_archived]": "true", "currency_prices": "true"},
        page_size=_LARGEST_PAGE,
        items=each_wrapped("coupon"),
        map=prices.coupon_row,
        since=filtered_since,
        mapper_version=prices.MAPPER_VERSION,
    ),
    Stream(
        name=coupon_codes.STREAM,
        table="couponcode",
        data_type="billing-couponCodes",
        # A request for each coupon at least: nothing says which of them have any.
        path=coupon_codes.CODES_PATH,
        pager=Pager.TOKEN,
        items=coupon_codes.codes_in,
        map=coupon_codes.coupon_code_row,
        mapper_version=coupon_codes.MAPPER_VERSION,
    ),
    Stream(
        name="reason_codes",
        table="reasoncode",
        data_type="billing-reasonCodes",
        path="/reason_codes.json",
        page_size=_LARGEST_PAGE,
        items=each_wrapped("reason_code"),
        map=subscription_parts.reason_code_row,
        mapper_version=subscription_parts.MAPPER_VERSION,
    ),
    Stream(
        name="payment_profiles",
        table="paymentprofile",
        data_type="billing-paymentProfiles",
        # Active ones only; a deleted one vanishes (facts §3).
        path="/payment_profiles.json",
        page_size=_LARGEST_PAGE,
        items=each_wrapped("payment_profile"),
        map=payment_profiles.payment_profile_row,
        mapper_version=payment_profiles.MAPPER_VERSION,
    ),
    Stream(
        name="subscriptions",
        table="subscription",
        data_type="billing-subscriptions",
        path="/subscriptions.json",
        # Without them the newest come first, and every new one moves a row to the next page.
        query={"sort": "id", "direction": "asc"},
        page_size=_LARGEST_PAGE,
        items=each_wrapped("subscription"),
        map=mapping.subscription_row,
        since=changed_since,
        # inferred: it counts subscriptions of every state, as the list does.
        total=Total(STATS_PATH, count_under("stats", "total_subscriptions")),
        mapper_version=mapping.MAPPER_VERSION,
    ),
    Stream(
        name="subscription_components",
        table="subscriptioncomponent",
        data_type="billing-subscriptionComponents",
        # Of all subscriptions at once, in place of a request for each.
        path="/subscriptions_components.json",
        query={"sort": "id", "direction": "asc"},
        page_size=_LARGEST_PAGE,
        items=list_under("subscriptions_components"),
        map=subscription_parts.subscription_component_row,
        since=changed_since,
        mapper_version=subscription_parts.MAPPER_VERSION,
    ),
    Stream(
        name="subscription_groups",
        table="subscriptiongroup",
        data_type="billing-subscriptionGroups",
        path="/subscription_groups.json",
        page_size=_LARGEST_PAGE,
        items=list_under("subscription_groups"),
        map=subscription_parts.subscription_group_row,
        needs=RELATIONSHIP_INVOICING,
        optional=True,
        mapper_version=subscription_parts.MAPPER_VERSION,
    ),
    Stream(
        name="statements",
        table="statement",
        data_type="billing-statements",
        # Without a filter for changes; its rows change until nothing is owed any more.
        path="/statements.json",
        query={"sort": "created_at", "direction": "asc"},
        page_size=_LARGEST_PAGE,
        items=each_wrapped("statement"),
        map=statements.statement_row,
        needs=STATEMENTS,
        mapper_version=statements.MAPPER_VERSION,
    ),
    Stream(
        name="transactions",
        table="transaction",
        data_type="billing-transactions",
        path="/transactions.json",
        # An id in the query is what makes the vendor go by id (openapi.legacy.yaml).
        query={"since_id": "0", "direction": "asc"},
        pager=Pager.SINCE_ID,
        page_size=_LARGEST_PAGE,
        items=each_wrapped("transaction"),
        map=statements.transaction_row,
        behind=since_id,
        total=Total("/transactions/count.json", count_under("count")),
        needs=STATEMENTS,
        mapper_version=statements.MAPPER_VERSION,
    ),
    Stream(
        name="invoices",
        table="invoice",
        data_type="commerce-orders",
        path="/invoices.json",
        query={"sort": "created_at", "direction": "asc"} | dict.fromkeys(_INVOICE_DETAILS, "true"),
        page_size=_LARGEST_PAGE,
        items=list_under("invoices"),
        map=invoices.invoice_row,
        since=changed_since,
        needs=RELATIONSHIP_INVOICING,
        otherwise=LEGACY_INVOICES,
        mapper_version=invoices.MAPPER_VERSION,
    ),
    Stream(
        name="credit_notes",
        table="creditnote",
        data_type="billing-creditNotes",
        # There is no filter, and no order to ask for (facts §3).
        path="/credit_notes.json",
        query=dict.fromkeys(_CREDIT_NOTE_DETAILS, "true"),
        page_size=_LARGEST_PAGE,
        items=list_under("credit_notes"),
        map=credit_notes.credit_note_row,
        needs=RELATIONSHIP_INVOICING,
        optional=True,
        mapper_version=credit_notes.MAPPER_VERSION,
    ),
    Stream(
        name="invoice_events",
        table="invoiceevent",
        data_type="billing-invoiceEvents",
        # Ascending by nature (facts §3).
        path="/invoices/events.json",
        query={"with_change_invoice_status": "true"},
        pager=Pager.SINCE_ID,
        page_size=_LARGEST_PAGE,
        items=list_under("events"),
        map=activity.invoice_event_row,
        behind=since_id,
        needs=RELATIONSHIP_INVOICING,
        optional=True,
        mapper_version=activity.MAPPER_VERSION,
    ),
    Stream(
        name="events",
        table="event",
        data_type="billing-events",
        path="/events.json",
        query={"direction": "asc"},
        pager=Pager.SINCE_ID,
        page_size=_LARGEST_PAGE,
        items=each_wrapped("event"),
        map=activity.event_row,
        behind=since_id,
        total=Total("/events/count.json", count_under("count")),
        mapper_version=activity.MAPPER_VERSION,
    ),
    Stream(
        name="customer_metadata",
        table="customermetadatum",
        data_type="billing-customerMetadata",
        path="/customers/metadata.json",
        query={"with_deleted": "true", "direction": "asc"},
        page_size=_LARGEST_PAGE,
        items=list_under("metadata"),
        map=metadata.customer_metadatum_row,
        since=changed_since,
        mapper_version=metadata.MAPPER_VERSION,
    ),
    Stream(
        name="subscription_metadata",
        table="subscriptionmetadatum",
        data_type="billing-subscriptionMetadata",
        path="/subscriptions/metadata.json",
        query={"with_deleted": "true", "direction": "asc"},
        page_size=_LARGEST_PAGE,
        items=list_under("metadata"),
        map=metadata.subscription_metadatum_row,
        since=changed_since,
        mapper_version=metadata.MAPPER_VERSION,
    ),
    Stream(
        name="site_statistics",
        table="sitestatistics",
        data_type="billing-siteStatistics",
        path=STATS_PATH,
        pager=Pager.SINGLE,
        items=whole("stats"),
        map=figures.statistics_row,
        optional=True,
        mapper_version=figures.MAPPER_VERSION,
    ),
    Stream(
        name="site_mrr",
        table="sitemrr",
        data_type="billing-siteMrr",
        # Deprecated since 2024: it may be gone (facts §3).
        path="/mrr.json",
        pager=Pager.SINGLE,
        items=single("mrr"),
        map=figures.mrr_row,
        optional=True,
        mapper_version=figures.MAPPER_VERSION,
    ),
)
# Nothing else is ever asked for.
PATHS = frozenset(
    {stream.path for stream in STREAMS} | {stream.total.path for stream in STREAMS if stream.total}
)
