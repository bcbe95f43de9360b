"""The site's activity (facts §3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from integrations.simulator.business.records import Event

from .facts import FakeSite, at, subscription


@pytest.fixture
def site() -> Iterator[FakeSite]:
    made = FakeSite()
    made.add(subscription())
    made.add(
        event(1, "signup_success"), event(2, "payment_success", at("2026-03-02T17:00:00"), subscription_id=31)
    )
    made.add(
        event(
            3,
            "subscription_state_change",
            at("2026-03-03T17:00:00"),
            data={"new_subscription_state": "active"},
        )
    )
    yield made
    made.store.close()


def event(number: int, key: str, moment: int = at("2026-03-01T17:00:00"), **changes: Any) -> Event:
    made: dict[str, Any] = {
        "id": number, "created_at": moment, "updated_at": moment, "key": key, "message": "Something happened",
        "subscription_id": 30, "customer_id": 7,
    }  # fmt: skip
    return Event(**made | changes)


def listed(site: FakeSite, path: str = "/events.json", **query: Any) -> list[int]:
    return [row["event"]["id"] for row in site.get(path, **query)]


def test_newest_first_by_id(site: FakeSite) -> None:
    assert listed(site) == [3, 2, 1]
    assert listed(site, direction="asc") == [1, 2, 3]


def test_both_id_bounds_are_inclusive(site: FakeSite) -> None:
    assert listed(site, since_id=2, max_id=2) == [2]


def test_dates_filter_on_created_at_only_when_named(site: FakeSite) -> None:
    assert listed(site, date_field="created_at", start_datetime="2026-03-02T17:00:00Z") == [3, 2]
    assert listed(site, date_field="updated_at", start_datetime="2026-03-02T17:00:00Z") == [3, 2, 1]
    assert listed(site, start_date="2026-03-03") == [3, 2, 1]


def test_several_keys_filter(site: FakeSite) -> None:
    assert listed(site, filter="signup_success,payment_success") == [2, 1]


def test_events_of_a_subscription(site: FakeSite) -> None:
    path = "/subscriptions/30/events.json"
    assert listed(site, path) == [3, 1]
    assert listed(site, path, since_id=2) == [3]
    assert listed(site, path, filter="signup_success") == [1]
    assert listed(site, path, date_field="created_at", start_date="2026-03-03") == [3, 1]  # no dates here
    assert site.get("/subscriptions/99/events.json") is None


def test_the_count_obeys_the_same_filters(site: FakeSite) -> None:
    assert site.get("/events/count.json", since_id=2, per_page=1) == {"count": 2}
    assert site.get("/events/count.json", filter="signup_success") == {"count": 1}


def test_an_event_has_the_vendors_keys(site: FakeSite) -> None:
    """openapi.yaml, Event: all are required."""
    assert site.get("/events.json", per_page=1)[0]["event"] == {
        "id": 3,
        "key": "subscription_state_change",
        "message": "Something happened",
        "subscription_id": 30,
        "customer_id": 7,
        "created_at": "2026-03-03T12:00:00-05:00",
        "event_specific_data": {"new_subscription_state": "active"},
    }


def test_what_happened_to_a_customer_has_no_subscription(site: FakeSite) -> None:
    """Facts §3, deletes."""
    site.add(event(4, "customer_delete", subscription_id=None))
    assert site.get("/events.json", since_id=4)[0]["event"]["subscription_id"] is None
