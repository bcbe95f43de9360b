"""What is sold: bodies, filters and pages (facts §3, §7)."""

from __future__ import annotations

import pytest

from .facts import at, invoice, payment, subscription
from .shop import CALLS, OLD, SEATS, STORAGE, SUPPORT, TEAM, ids, inner, refused, shop

BOTH_LISTS = pytest.mark.parametrize("path", ["/products_price_points.json", "/components_price_points.json"])


def test_families_have_no_pages() -> None:
    """Facts §3."""
    assert ids(shop().get("/product_families.json", page=2, per_page=1)) == [1, 2]


@pytest.mark.parametrize("key", ["1", "handle:projects"])
def test_a_family_is_found_by_id_or_handle(key: str) -> None:
    assert shop().get(f"/product_families/{key}.json")["product_family"]["id"] == 1


def test_handles_are_case_sensitive() -> None:
    """Facts §1."""
    site = shop()
    assert site.get("/products/handle/team.json")
    assert site.get("/products/handle/Team.json") is None


def test_archived_products_are_hidden_unless_included() -> None:
    """Facts §3."""
    site = shop()
    assert ids(site.get("/products.json")) == [TEAM, STORAGE]
    assert ids(site.get("/products.json", include_archived="true")) == [TEAM, OLD, STORAGE]


def test_an_archived_product_is_found_by_id() -> None:
    assert shop().get(f"/products/{OLD}.json")["product"]["archived_at"]


def test_products_of_a_family() -> None:
    assert ids(shop().get("/product_families/2/products.json")) == [STORAGE]


@pytest.mark.parametrize("kind", ["products", "components", "coupons"])
def test_an_unknown_family_is_404(kind: str) -> None:
    assert shop().get(f"/product_families/99/{kind}.json") is None


def test_products_are_filtered_by_date_and_id() -> None:
    site = shop()
    assert ids(site.get("/products.json", date_field="created_at", start_date="2025-01-02")) == []
    assert ids(site.get("/products.json", **{"filter[ids]": f"{STORAGE},{OLD}"})) == [STORAGE]


def test_a_product_names_its_default_price_point() -> None:
    body = shop().get(f"/products/{TEAM}.json")["product"]
    assert (body["product_price_point_id"], body["product_price_point_name"]) == (500, "Point 500")


def test_a_product_never_expires_in_words_and_its_price_point_in_null() -> None:
    """openapi.yaml: `never` is of products only."""
    site = shop()
    assert site.get(f"/products/{TEAM}.json")["product"]["expiration_interval_unit"] == "never"
    point = site.get(f"/products/{TEAM}/price_points/500.json")["price_point"]
    assert point["expiration_interval_unit"] is None


def test_price_points_of_a_product_come_ten_at_a_time_newest_first() -> None:
    """Facts §3."""
    rows = shop().get(f"/products/{TEAM}/price_points.json")["price_points"]
    assert [row["id"] for row in rows] == list(range(512, 502, -1))


def test_archived_price_points_of_a_product_are_shown_on_request() -> None:
    """Facts §3."""
    site, path = shop(), f"/products/{TEAM}/price_points.json"
    assert len(site.get(path, per_page=200)["price_points"]) == 13
    assert len(site.get(path, per_page=200, archived="true")["price_points"]) == 14


def test_price_points_are_filtered_by_type() -> None:
    rows = shop().get(f"/products/{TEAM}/price_points.json", **{"filter[type]": "default"})["price_points"]
    assert [row["id"] for row in rows] == [500]


def test_price_points_of_all_products_take_nested_filters() -> None:
    """Facts §3: filter[ids], filter[archived_at]."""
    site, path = shop(), "/products_price_points.json"
    assert len(site.get(path)["price_points"]) == 16
    assert [row["id"] for row in site.get(path, **{"filter[archived_at]": "not_null"})["price_points"]] == [
        550
    ]
    assert [row["id"] for row in site.get(path, **{"filter[ids]": "501,900"})["price_points"]] == [501, 900]


def test_dates_of_price_points_are_nested() -> None:
    """Facts §3: filter[start_datetime], and none without the brackets."""
    site, path = shop(), "/products_price_points.json"
    asked = {"date_field": "created_at", "start_date": "2026-01-01"}
    assert site.get(path, **{f"filter[{name}]": value for name, value in asked.items()})["price_points"] == []
    assert site.get(path, **asked)["price_points"]


@BOTH_LISTS
def test_price_points_refuse_malformed_dates(path: str) -> None:
    """openapi.yaml, 422 of both lists."""
    text = "start_date supplied value is invalid, expected ISO 8601 format"
    assert refused(shop(), path, **{"filter[start_date]": "x"}) == (422, {"errors": [text]})


@BOTH_LISTS
def test_price_points_refuse_other_date_fields(path: str) -> None:
    """openapi.yaml, 422 of both lists."""
    text = "date_field must be one of: created_at, updated_at"
    assert refused(shop(), path, **{"filter[date_field]": "name"}) == (422, {"errors": [text]})


def test_currency_prices_are_absent_unless_asked_for() -> None:
    """Facts §3."""
    site = shop(non_primary_currencies=("EUR", "GBP"))
    path = f"/products/{TEAM}/price_points/550.json"
    assert "currency_prices" not in site.get(path)["price_point"]
    rows = site.get(path, currency_prices="true")["price_point"]["currency_prices"]
    assert {(row["currency"], row["role"], row["price"]) for row in rows} >= {
        ("EUR", "baseline", 90), ("EUR", "trial", 0), ("GBP", "initial", 7)
    }  # fmt: skip


def test_currency_prices_of_components_are_text() -> None:
    """openapi.yaml: a number for products, text for components."""
    site = shop(non_primary_currencies=("EUR",))
    body = site.get("/components_price_points.json", include="currency_prices")["price_points"][0]
    assert body["currency_prices"][0]["price"] == "9.0"


def test_components_leave_out_archived_ones() -> None:
    """Facts §3."""
    site = shop()
    assert ids(site.get("/components.json")) == [SEATS, CALLS, SUPPORT]
    assert len(site.get("/product_families/1/components.json", include_archived="true")) == 4


@pytest.mark.parametrize("key", [str(SEATS), "handle:seats"])
def test_a_component_is_found_within_its_family_only(key: str) -> None:
    site = shop()
    assert site.get(f"/product_families/1/components/{key}.json")["component"]["id"] == SEATS
    assert site.get(f"/product_families/2/components/{key}.json") is None


def test_a_component_is_looked_up_by_handle() -> None:
    site = shop()
    assert site.get("/components/lookup.json", handle="calls")["component"]["id"] == CALLS
    assert site.get("/components/lookup.json", handle="none") is None


def test_only_a_single_price_is_a_unit_price() -> None:
    """Facts §7: decimal strings with up to eight decimals."""
    seats, calls, support = inner(shop().get("/components.json"))
    assert (seats["unit_price"], calls["unit_price"], support["unit_price"]) == ("9.0", None, "100.0")
    assert [row["unit_price"] for row in calls["prices"]] == ["0.09567901", "0.04"]


def test_price_points_of_a_component_come_with_a_count() -> None:
    """Facts §3."""
    body = shop().get(f"/components/{SEATS}/price_points.json", per_page=5)
    assert body["meta"] == {"total_count": 1, "current_page": 1, "total_pages": 1, "per_page": 5}


def test_on_off_price_points_have_no_scheme() -> None:
    site = shop()
    assert "pricing_scheme" not in site.get(f"/components/{SUPPORT}/price_points/4300.json")["price_point"]
    assert (
        site.get(f"/components/{CALLS}/price_points/4200.json")["price_point"]["pricing_scheme"] == "tiered"
    )


def test_archived_coupons_are_hidden_unless_included() -> None:
    """Facts §3: filter[include_archived]."""
    site = shop()
    assert ids(site.get("/coupons.json")) == [71, 72, 74]
    assert ids(site.get("/coupons.json", **{"filter[include_archived]": "true"})) == [71, 72, 73, 74]


def test_coupons_are_filtered_by_code_and_date() -> None:
    site = shop()
    assert ids(site.get("/coupons.json", **{"filter[codes]": "TEN,FIVE"})) == [71, 72]
    asked = {"filter[date_field]": "created_at", "filter[start_datetime]": "2026-01-01T00:00:00Z"}
    assert site.get("/coupons.json", **asked) == []


def test_a_coupons_amount_is_a_number_and_its_percentage_text() -> None:
    """Facts §7."""
    ten, five, _ = inner(shop().get("/coupons.json"))
    assert (ten["amount"], ten["percentage"]) == (None, "10")
    assert (five["amount"], five["amount_in_cents"], five["percentage"]) == (5.5, 550, None)


def test_a_coupon_recurs_by_its_uses() -> None:
    schemes = [row["recurring_scheme"] for row in inner(shop().get("/coupons.json"))]
    assert schemes == ["recur_indefinitely", "do_not_recur", "recur_with_duration"]


def test_a_coupon_is_found_by_code_or_subcode_in_its_family() -> None:
    site = shop()
    assert site.get("/coupons/find.json", code="FIVE-B")["coupon"]["id"] == 72
    assert site.get("/coupons/find.json", code="FIVE", product_family_id="2") is None


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("NONE", "Coupon code could not be found."),
        ("GONE", "Coupon code is invalid."),
        ("ENDED", "Coupon code has expired."),
    ],
)
def test_validation_says_why_a_coupon_does_not_hold(code: str, text: str) -> None:
    """Facts §5: one text, not a list."""
    assert refused(shop(), "/coupons/validate.json", code=code) == (404, {"errors": text})


def test_subcodes_are_paged() -> None:
    """Facts §3."""
    assert shop().get("/coupons/72/codes.json", page=2, per_page=2) == {"codes": ["FIVE-C"]}


def test_usage_of_a_coupon_is_summed_by_product() -> None:
    site = shop()
    site.add(subscription(30, product_id=TEAM, coupon_id=71), subscription(31, product_id=TEAM, coupon_id=71))
    site.add(
        invoice(1, coupon_id=71, discount=1_000, entries=[payment(9_000)]), invoice(2, entries=[payment()])
    )
    row = site.get("/product_families/1/coupons/71/usage.json")[0]
    assert (row["id"], row["signups"], row["savings_in_cents"], row["revenue_in_cents"]) == (
        TEAM,
        2,
        1_000,
        9_000,
    )


def test_lists_may_lag_behind() -> None:
    """Facts §3, eventual consistency."""
    site = shop(visible_after_seconds=at("2026-11-20T15:30:00") - at("2025-01-01T15:00:07"))
    assert ids(site.get("/products.json")) == [TEAM]
