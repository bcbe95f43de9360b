"""The refusals of read requests that are described or recorded: what to ask, and what must be said (facts §3, §5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .endpoint import Source, each

BAD_PAGE = "errors_422_subscriptions_ID_components_ID_allocations/1"
ONE_SUBSCRIPTION = each("/subscriptions.json", most=1, subscription_id="subscription.id")
ONE_COMPONENT = each(
    "/subscriptions_components.json", most=1, subscription_id="subscription_id", component_id="component_id"
)


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A request that is refused: with a recorded body, a described one, or, where neither is said, with `says`."""

    path: str
    status: int = 404
    query: Mapping[str, str] | None = None
    fill: Source | None = None
    operation: str = ""
    recorded: str = ""
    says: str = ""
    legacy: bool = False

    def __str__(self) -> str:
        return f"{self.status} {'legacy' if self.legacy else ''}{self.path}"


REFUSALS = (
    *(
        Refusal(path=path, status=401, says="HTTP Basic: Access denied.\n")
        for path in (
            "/sellers/1/sales_reps.json",
            "/sellers/1/sales_reps/1.json",
            "/sellers/1/sales_commission_settings.json",
        )
    ),
    Refusal(path="/customers/1.json"),
    Refusal(path="/subscriptions/1.json"),
    Refusal(path="/payment_profiles/1.json", operation="readPaymentProfile"),
    Refusal(path="/reason_codes/1.json", operation="readReasonCode"),
    Refusal(path="/product_families/1/products.json", operation="listProductsForProductFamily"),
    Refusal(
        path="/subscriptions/{subscription_id}/components/1.json",
        fill=ONE_SUBSCRIPTION,
        operation="readSubscriptionComponent",
    ),
    Refusal(path="/subscriptions/1/components/1/allocations.json", operation="listAllocations"),
    Refusal(path="/subscriptions/1/prepayments.json", operation="listPrepayments"),
    Refusal(
        path="/subscription_groups/lookup.json",
        query={"subscription_id": "1"},
        operation="findSubscriptionGroup",
    ),
    Refusal(
        path="/subscription_groups/grp_none/prepayments.json", operation="listPrepaymentsForSubscriptionGroup"
    ),
    Refusal(
        path="/subscription_groups/grp_none/proforma_invoices.json",
        operation="listSubscriptionGroupProformaInvoices",
    ),
    Refusal(path="/proforma_invoices/pro_none.json", operation="readProformaInvoice"),
    Refusal(
        path="/coupons/validate.json",
        query={"code": "NO-SUCH-CODE"},
        operation="validateCoupon",
        recorded="errors_404_coupons_validate/1",
    ),
    Refusal(
        path="/subscriptions_mrr.json",
        status=400,
        query={"at_time": "yesterday"},
        operation="listMrrPerSubscription",
        recorded="errors_400_subscriptions_mrr/1",
    ),
    Refusal(
        path="/components_price_points.json",
        status=422,
        query={"filter[date_field]": "created_at", "filter[start_date]": "yesterday"},
        operation="listAllComponentPricePoints",
        recorded="errors_422_components_price_points/1",
    ),
    Refusal(
        path="/products_price_points.json",
        status=422,
        query={"filter[date_field]": "name", "filter[start_date]": "yesterday"},
        operation="listAllProductPricePoints",
        recorded="errors_422_products_price_points/1",
    ),
    Refusal(
        path="/subscriptions/{subscription_id}/components/{component_id}/allocations.json",
        status=422,
        query={"page": "0"},
        fill=ONE_COMPONENT,
        operation="listAllocations",
        recorded=BAD_PAGE,
    ),
    Refusal(
        path="/subscriptions/{subscription_id}/notes.json",
        status=422,
        query={"page": "0"},
        fill=ONE_SUBSCRIPTION,
        recorded=BAD_PAGE,
    ),
    *(
        Refusal(path=path, status=422, query={"page": "0"}, recorded=BAD_PAGE)
        for path in (
            "/reason_codes.json",
            "/offers.json",
            "/customers/metafields.json",
            "/customers/metadata.json",
        )
    ),
    Refusal(path="/invoices/1.json", operation="get-invoices-invoice_id-.json", legacy=True),
    Refusal(
        path="/subscriptions/1/transactions.json",
        operation="get-subscriptions-subscription_id-transactions.json",
        legacy=True,
    ),
)
