"""What Chargify lets us read, in dependency order, and how each list is walked (facts §3).

Ascending, with only a lower bound on the time of change: what changes meanwhile can repeat a row, hide none.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec

from integrations.connectors.base import ConnectorError, Evidence, Pager, Problem, Stream
from integrations.connectors.chargify import invoices, mapping
from integrations.connectors.chargify.bodies import NO_JSON

SITE_PATH = "/site.json"
STATS_PATH = "/stats.json"
_LARGEST_PAGE = 200
_INVOICE_DETAILS = ("line_items", "discounts", "taxes", "credits", "payments", "custom_fields", "refunds")
_WRAPPED = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])
_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])
_LIST = msgspec.json.Decoder(list[msgspec.Raw])


def changed_since(moment: datetime) -> dict[str, str]:
    """Return the filter for what changed at or after a moment."""
    # A time without a zone would be taken in the site's own.
    # inferred: ISO-8601 with an offset is taken; the docs show "2022-07-01 09:00:05" and allow "a timezone".
    start = moment.astimezone(UTC).isoformat(timespec="seconds")
    return {"date_field": "updated_at", "start_datetime": start}


def each_wrapped(key: str) -> Callable[[bytes], list[msgspec.Raw]]:
    """Return a reader of `[{"customer": {}}, …]`."""

    def read(answer: bytes) -> list[msgspec.Raw]:
        return [_under(key, entry) for entry in _decoded(_WRAPPED, answer)]

    return read


def list_under(key: str) -> Callable[[bytes], list[msgspec.Raw]]:
    """Return a reader of `{"invoices": [{}, …]}`."""

    def read(answer: bytes) -> list[msgspec.Raw]:
        rows: list[msgspec.Raw] = _decoded(_LIST, bytes(_under(key, _decoded(_OBJECT, answer))))
        return rows

    return read


def invoices_listed(answer: bytes) -> list[msgspec.Raw]:
    """Read `{"invoices": [{}, …]}`; sites before Relationship Invoicing answer `[{"invoice": {}}, …]` (facts §3)."""
    if answer.lstrip().startswith(b"["):
        raise ConnectorError(Problem.LEGACY_INVOICES, "the site has no Relationship Invoicing")
    return list_under("invoices")(answer)


def single(key: str) -> Callable[[bytes], list[msgspec.Raw]]:
    """Return a reader of `{"site": {}}`."""

    def read(answer: bytes) -> list[msgspec.Raw]:
        return [_under(key, _decoded(_OBJECT, answer))]

    return read


def _decoded(decoder: msgspec.json.Decoder[Any], answer: bytes) -> Any:
    try:
        return decoder.decode(answer)
    except msgspec.ValidationError as error:
        raise ConnectorError(Problem.INTERNAL, f"an answer of another shape: {error}") from error
    except NO_JSON as error:
        raise ConnectorError(Problem.NOT_JSON, f"{error}: {answer[:100]!r}") from error


def _under(key: str, entry: dict[str, msgspec.Raw]) -> msgspec.Raw:
    if key not in entry:
        raise ConnectorError(Problem.INTERNAL, f"an answer without {key!r}")
    return entry[key]


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
        evidence=Evidence.TOTAL,
        mapper_version=mapping.MAPPER_VERSION,
    ),
    Stream(
        name="invoices",
        table="invoice",
        data_type="commerce-orders",
        path="/invoices.json",
        query={"sort": "created_at", "direction": "asc"} | dict.fromkeys(_INVOICE_DETAILS, "true"),
        page_size=_LARGEST_PAGE,
        items=invoices_listed,
        map=invoices.invoice_row,
        since=changed_since,
        mapper_version=invoices.MAPPER_VERSION,
    ),
)
# Nothing else is ever asked for.
PATHS = frozenset({stream.path for stream in STREAMS} | {STATS_PATH})
