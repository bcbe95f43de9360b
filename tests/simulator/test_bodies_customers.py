"""Customers, how they pay, and their custom fields (facts §3, §7)."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.simulator.business.records import Metadatum

from .facts import FakeSite, at, subscription
from .shop import OPENED, customer, ids, inner, profile, refused, shop


def town() -> FakeSite:
    site = shop()
    site.add(
        customer(7, "Alice", organization="Sugar & Co"),
        customer(8, "Bob", reference=None, address=None),
        customer(9, "Charlie", updated_at=at("2026-05-01")),
        customer(10, "Alice", deleted_at=OPENED + 99),
    )
    return site


def test_customers_come_oldest_first_and_turn_around() -> None:
    """Facts §3."""
    site = town()
    assert ids(site.get("/customers.json")) == [7, 8, 9]
    assert ids(site.get("/customers.json", direction="desc")) == [9, 8, 7]


def test_customers_know_no_sort() -> None:
    """Facts §3: `direction` only."""
    assert ids(town().get("/customers.json", sort="updated_at", direction="asc")) == [7, 8, 9]


def test_fifty_customers_a_page() -> None:
    """Facts §3."""
    site = shop()
    site.add(*(customer(number, "Bob") for number in range(100, 260)))
    assert len(site.get("/customers.json")) == 50
    assert len(site.get("/customers.json", per_page=100_000)) == 160


def test_a_deleted_customer_is_gone() -> None:
    """Facts §3, deletes."""
    site = town()
    paths = ("/customers/10.json", "/customers/10/subscriptions.json", "/customers/10/metadata.json")
    assert [site.get(path) for path in paths] == [None, None, None]
    assert site.get("/customers/lookup.json", reference="crm-10") is None


def test_a_subscription_still_embeds_its_deleted_customer() -> None:
    site = town()
    site.add(subscription(30, customer_id=10))
    assert site.get("/subscriptions/30.json")["subscription"]["customer"]["id"] == 10


@pytest.mark.parametrize("words", ["bob", "BOB@example.com", "8", "bob adams"])
def test_search_looks_for_names_addresses_and_ids(words: str) -> None:
    """openapi.yaml, listCustomers."""
    assert ids(town().get("/customers.json", q=words)) == [8]


@pytest.mark.parametrize("words", ["sugar", "crm-7"])
def test_search_looks_for_organisations_and_references(words: str) -> None:
    """openapi.yaml, listCustomers."""
    assert ids(town().get("/customers.json", q=words)) == [7]


def test_a_search_is_no_pattern() -> None:
    assert town().get("/customers.json", q="%") == []


def test_customers_are_filtered_by_date() -> None:
    """Facts §3; any other date field is silently no filter."""
    site, since = town(), {"start_datetime": "2026-05-01T00:00:00Z"}
    assert ids(site.get("/customers.json", date_field="updated_at", **since)) == [9]
    assert ids(site.get("/customers.json", date_field="birthday", **since)) == [7, 8, 9]


def test_a_customer_is_looked_up_by_reference() -> None:
    assert town().get("/customers/lookup.json", reference="crm-7")["customer"]["id"] == 7


def test_a_customer_without_an_address_has_nulls() -> None:
    body = town().get("/customers/8.json")["customer"]
    assert {body[key] for key in ("address", "address_2", "city", "state_name", "zip", "country_name")} == {
        None
    }


def test_zips_keep_their_zeros() -> None:
    """Facts §8: text, not a number."""
    assert town().get("/customers/7.json")["customer"]["zip"] == "02120"


def test_profiles_are_active_ones_only() -> None:
    """Facts §3, deletes: payment profiles vanish."""
    site = shop()
    site.add(profile(51), profile(52, deleted_at=1), profile(53, customer_id=8))
    assert ids(site.get("/payment_profiles.json")) == [51, 53]
    assert ids(site.get("/payment_profiles.json", customer_id=7)) == [51]
    assert site.get("/payment_profiles/52.json") is None


def test_cards_are_masked() -> None:
    body = inner(with_profile(profile(51)))[0]
    assert body["masked_card_number"] == "XXXX-XXXX-XXXX-0051"
    assert (body["expiration_year"], body["expiration_month"]) == (2031, 4)


def test_cards_in_hosted_vaults_have_nulls() -> None:
    """Facts §7, recorded."""
    body = inner(with_profile(profile(51, "hosted")))[0]
    keys = ("masked_card_number", "card_type", "expiration_month", "expiration_year")
    assert {body[key] for key in keys} == {None}


def test_every_other_bank_account_lacks_its_number() -> None:
    """Facts §7, vendor bug PLS-1746."""
    rows = with_profile(profile(51, "bank"), profile(52, "bank"))
    assert [row["masked_bank_account_number"] for row in inner(rows)] == ["XXXXX0051", None]


def with_profile(*profiles: Any) -> Any:
    site = shop()
    site.add(*profiles)
    return site.get("/payment_profiles.json")


def fields() -> FakeSite:
    site = town()
    site.add(
        metadatum(1, "customers", 7, "Segment", "retail"),
        metadatum(2, "customers", 8, "Segment", "school", updated_at=at("2026-05-01")),
        metadatum(3, "customers", 7, "Segment", "agency", deleted_at=OPENED),
        metadatum(4, "subscriptions", 30, "Contract", "C-1"),
        subscription(30),
    )
    return site


def metadatum(number: int, resource: str, owner: int, name: str, value: str, **changes: Any) -> Metadatum:
    made = {
        "resource": resource,
        "resource_id": owner,
        "field_id": 1 + (resource != "customers"),
        "name": name,
    }
    dates = {"created_at": OPENED, "updated_at": OPENED}
    return Metadatum(**{"id": number, "value": value, **made, **dates, **changes})


def values(body: Any) -> list[str]:
    return [row["value"] for row in body["metadata"]]


def test_metadata_are_counted_and_paged() -> None:
    """Facts §3."""
    body = fields().get("/customers/metadata.json", per_page=1, page=2)
    del body["metadata"]
    assert body == {"total_count": 2, "current_page": 2, "total_pages": 2, "per_page": 1}


def test_metadata_are_those_of_one_resource() -> None:
    site = fields()
    assert values(site.get("/customers/metadata.json")) == ["retail", "school"]
    assert values(site.get("/subscriptions/metadata.json")) == ["C-1"]


def test_deleted_metadata_are_shown_on_request() -> None:
    """Facts §3."""
    body = fields().get("/customers/metadata.json", with_deleted="true")
    assert values(body) == ["retail", "school", "agency"]
    assert body["metadata"][2]["deleted_at"]


def test_metadata_are_filtered_by_date_and_owner() -> None:
    site = fields()
    recent = site.get("/customers/metadata.json", date_field="updated_at", start_date="2026-04-01")
    assert values(recent) == ["school"]
    assert values(site.get("/customers/metadata.json", resource_ids="7,9")) == ["retail"]


@pytest.mark.parametrize(("path", "found"), [("customers/7", ["retail"]), ("subscriptions/30", ["C-1"])])
def test_metadata_of_one(path: str, found: list[str]) -> None:
    assert values(fields().get(f"/{path}/metadata.json")) == found


@pytest.mark.parametrize("kind", ["metadata", "metafields"])
def test_custom_fields_refuse_page_0(kind: str) -> None:
    """Facts §3."""
    assert refused(shop(), f"/customers/{kind}.json", page="0") == (422, {"errors": ["invalid page: 0"]})


def test_a_metafield_counts_its_data() -> None:
    row = fields().get("/customers/metafields.json")["metafields"][0]
    assert (row["name"], row["input_type"], row["data_count"]) == ("Segment", "dropdown", 2)


def test_metafields_are_picked_by_name() -> None:
    body = fields().get("/subscriptions/metafields.json", name="Segment")
    assert (body["total_count"], body["metafields"]) == (0, [])
