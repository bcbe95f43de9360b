"""The endpoints of the site, its customers and its catalogue (facts §3)."""

from __future__ import annotations

from .endpoint import PAGES_OF_200, Endpoint, each

SITE = (
    Endpoint(
        path="/site.json",
        operation="readSite",
        recorded=("site/1", "site/2", "site/3"),
        sdk="sites.read_site",
    ),
    Endpoint(
        path="/stats.json", operation="readSiteStats", recorded=("stats/1",), sdk="insights.read_site_stats"
    ),
    Endpoint(
        path="/reason_codes.json",
        operation="listReasonCodes",
        paging=PAGES_OF_200,
        recorded=("reason_codes/1", "reason_codes/2"),
        sdk="reason_codes.list_reason_codes",
    ),
    Endpoint(
        path="/reason_codes/{reason_code_id}.json",
        operation="readReasonCode",
        fill=each("/reason_codes.json", reason_code_id="reason_code.id"),
        sdk="reason_codes.read_reason_code",
    ),
    Endpoint(
        path="/webhooks.json",
        operation="listWebhooks",
        queries=({}, {"order": "oldest_first"}),
        paging=PAGES_OF_200,
        recorded=("webhooks/1", "webhooks/2"),
        sdk="webhooks.list_webhooks",
    ),
    Endpoint(
        path="/endpoints.json",
        operation="listEndpoints",
        recorded=("endpoints/1", "endpoints/2"),
        sdk="webhooks.list_endpoints",
    ),
)

CUSTOMERS = (
    Endpoint(
        path="/customers.json",
        operation="listCustomers",
        queries=(
            {},
            {"direction": "desc"},
            {"date_field": "updated_at", "start_datetime": "2020-01-01T00:00:00Z"},
        ),
        paging=PAGES_OF_200,
        recorded=("customers/2", "customers/3"),
        sdk="customers.list_customers",
    ),
    Endpoint(
        path="/customers/{id}.json",
        operation="readCustomer",
        fill=each("/customers.json", id="customer.id"),
        recorded=("customers_ID/1", "customers_ID/4", "customers_ID/5"),
        sdk="customers.read_customer",
    ),
    Endpoint(
        path="/customers/lookup.json",
        operation="readCustomerByReference",
        fill=each("/customers.json", reference="customer.reference"),
        queries=({"reference": "{reference}"},),
        recorded=("customers_lookup/1",),
        sdk="customers.read_customer_by_reference",
    ),
    Endpoint(
        path="/customers/{customer_id}/subscriptions.json",
        operation="listCustomerSubscriptions",
        fill=each("/customers.json", customer_id="customer.id"),
        sdk="customers.list_customer_subscriptions",
    ),
)

PRODUCTS = (
    Endpoint(
        path="/product_families.json",
        operation="listProductFamilies",
        recorded=("product_families/1", "product_families/3", "product_families/4", "product_families/5"),
        sdk="product_families.list_product_families",
    ),
    Endpoint(
        path="/product_families/{id}.json",
        operation="readProductFamily",
        fill=each("/product_families.json", id="product_family.id"),
        recorded=(
            "product_families_ID/1",
            "product_families_ID/3",
            "product_families_ID/4",
            "product_families_ID/5",
        ),
        sdk="product_families.read_product_family",
    ),
    Endpoint(
        path="/product_families/{product_family_id}/products.json",
        operation="listProductsForProductFamily",
        fill=each("/product_families.json", product_family_id="product_family.id"),
        queries=({}, {"include_archived": "true"}),
        paging=PAGES_OF_200,
        recorded=("product_families_ID_products/1", "product_families_ID_products/2"),
        sdk="product_families.list_products_for_product_family",
    ),
    Endpoint(
        path="/products.json",
        operation="listProducts",
        queries=({}, {"include_archived": "true"}),
        paging=PAGES_OF_200,
        recorded=("products/3",),
        sdk="products.list_products",
    ),
    Endpoint(
        path="/products/{product_id}.json",
        operation="readProduct",
        fill=each("/products.json", product_id="product.id", query={"include_archived": "true"}),
        recorded=("products_ID/1", "products_ID/4", "products_ID/5"),
        sdk="products.read_product",
    ),
    Endpoint(
        path="/products/handle/{api_handle}.json",
        operation="readProductByHandle",
        fill=each("/products.json", api_handle="product.handle"),
        recorded=("products_handle_ID/1", "products_handle_gold/1"),
        sdk="products.read_product_by_handle",
    ),
    Endpoint(
        path="/products_price_points.json",
        operation="listAllProductPricePoints",
        queries=(
            {},
            {"include": "currency_prices", "direction": "desc"},
            {"filter[archived_at]": "not_null"},
        ),
        paging=PAGES_OF_200,
        recorded=("products_price_points/1",),
        sdk="product_price_points.list_all_product_price_points",
    ),
    Endpoint(
        path="/products/{product_id}/price_points.json",
        operation="listProductPricePoints",
        fill=each("/products.json", product_id="product.id"),
        queries=(
            {},
            {"currency_prices": "true"},
            {"archived": "true"},
            {"filter[type]": "catalog,default,custom"},
        ),
        paging=PAGES_OF_200,
        recorded=("products_ID_price_points/1",),
        sdk="product_price_points.list_product_price_points",
    ),
    Endpoint(
        path="/products/{product_id}/price_points/{price_point_id}.json",
        operation="readProductPricePoint",
        fill=each("/products_price_points.json", product_id="product_id", price_point_id="id"),
        queries=({}, {"currency_prices": "true"}),
        recorded=("products_ID_price_points_ID/1",),
        sdk="product_price_points.read_product_price_point",
    ),
)

COMPONENTS = (
    Endpoint(
        path="/components.json",
        operation="listComponents",
        queries=({}, {"include_archived": "true"}),
        paging=PAGES_OF_200,
        recorded=("components/2", "components/3"),
        sdk="components.list_components",
    ),
    Endpoint(
        path="/product_families/{product_family_id}/components.json",
        operation="listComponentsForProductFamily",
        fill=each("/components.json", product_family_id="component.product_family_id"),
        queries=({}, {"include_archived": "true"}),
        paging=PAGES_OF_200,
        recorded=("product_families_ID_components/1",),
        sdk="components.list_components_for_product_family",
    ),
    Endpoint(
        path="/product_families/{product_family_id}/components/{component_id}.json",
        operation="readComponent",
        fill=each(
            "/components.json",
            product_family_id="component.product_family_id",
            component_id="component.id",
            query={"include_archived": "true"},
        ),
        recorded=("product_families_ID_components_ID/1", "product_families_ID_components_ID/2"),
        sdk="components.read_component",
    ),
    Endpoint(
        path="/components/lookup.json",
        operation="findComponent",
        fill=each("/components.json", handle="component.handle"),
        queries=({"handle": "{handle}"},),
        recorded=("components_lookup/1", "components_lookup/3"),
        sdk="components.find_component",
    ),
    Endpoint(
        path="/components_price_points.json",
        operation="listAllComponentPricePoints",
        queries=(
            {},
            {"include": "currency_prices", "direction": "desc"},
            {"filter[archived_at]": "not_null"},
        ),
        paging=PAGES_OF_200,
        recorded=("components_price_points/1",),
        sdk="component_price_points.list_all_component_price_points",
    ),
    Endpoint(
        path="/components/{component_id}/price_points.json",
        operation="listComponentPricePoints",
        fill=each("/components.json", component_id="component.id"),
        queries=({}, {"currency_prices": "true"}, {"filter[type]": "catalog,default,custom"}),
        paging=PAGES_OF_200,
        recorded=("components_ID_price_points/1",),
        sdk="component_price_points.list_component_price_points",
    ),
    Endpoint(
        path="/components/{component_id}/price_points/{price_point_id}.json",
        operation="readComponentPricePoint",
        fill=each("/components_price_points.json", component_id="component_id", price_point_id="id"),
        queries=({}, {"currency_prices": "true"}),
        sdk="component_price_points.read_component_price_point",
    ),
)

COUPONS_AND_OFFERS = (
    Endpoint(
        path="/coupons.json",
        operation="listCoupons",
        queries=({}, {"currency_prices": "true"}, {"filter[include_archived]": "true"}),
        paging=PAGES_OF_200,
        recorded=("coupons/1",),
        sdk="coupons.list_coupons",
    ),
    Endpoint(
        path="/product_families/{product_family_id}/coupons.json",
        operation="listCouponsForProductFamily",
        fill=each("/coupons.json", product_family_id="coupon.product_family_id"),
        queries=({}, {"currency_prices": "true"}, {"filter[include_archived]": "true"}),
        paging=PAGES_OF_200,
        recorded=("product_families_ID_coupons/1", "product_families_ID_coupons/2"),
        sdk="coupons.list_coupons_for_product_family",
    ),
    Endpoint(
        path="/product_families/{product_family_id}/coupons/{coupon_id}.json",
        operation="readCoupon",
        fill=each("/coupons.json", product_family_id="coupon.product_family_id", coupon_id="coupon.id"),
        queries=({}, {"currency_prices": "true"}),
        recorded=("product_families_ID_coupons_ID/1", "product_families_ID_coupons_ID/2"),
        sdk="coupons.read_coupon",
    ),
    Endpoint(
        path="/product_families/{product_family_id}/coupons/{coupon_id}/usage.json",
        operation="readCouponUsage",
        fill=each("/coupons.json", product_family_id="coupon.product_family_id", coupon_id="coupon.id"),
        recorded=("product_families_ID_coupons_ID_usage/1",),
        sdk="coupons.read_coupon_usage",
    ),
    Endpoint(
        path="/coupons/find.json",
        operation="findCoupon",
        fill=each("/coupons.json", code="coupon.code", product_family_id="coupon.product_family_id"),
        queries=({"code": "{code}"}, {"code": "{code}", "product_family_id": "{product_family_id}"}),
        sdk="coupons.find_coupon",
    ),
    Endpoint(
        path="/coupons/validate.json",
        operation="validateCoupon",
        fill=each("/coupons.json", code="coupon.code", product_family_id="coupon.product_family_id"),
        queries=({"code": "{code}"}, {"code": "{code}", "product_family_id": "{product_family_id}"}),
        recorded=("coupons_validate/4", "coupons_validate/5"),
        sdk="coupons.validate_coupon",
    ),
    Endpoint(
        path="/coupons/{coupon_id}/codes.json",
        operation="listCouponSubcodes",
        fill=each("/coupons.json", coupon_id="coupon.id"),
        paging=PAGES_OF_200,
        recorded=("coupons_ID_codes/1",),
        sdk="coupons.list_coupon_subcodes",
    ),
    Endpoint(
        path="/offers.json",
        operation="listOffers",
        queries=({}, {"include_archived": "true"}),
        paging=PAGES_OF_200,
        recorded=("offers/1", "offers/2"),
        sdk="offers.list_offers",
    ),
    Endpoint(
        path="/offers/{offer_id}.json",
        operation="readOffer",
        fill=each("/offers.json", offer_id="id"),
        sdk="offers.read_offer",
    ),
)
