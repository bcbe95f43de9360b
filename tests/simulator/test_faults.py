"""What goes wrong on demand: each fault, and the bounds that it has (facts §1, §4, §5)."""

from __future__ import annotations

import time
from typing import Any

import pytest
import requests

from integrations.simulator.server.fault import Fault

from .conftest import Vendor

ONE = "/products.json"


def statuses(vendor: Vendor, count: int, path: str = "/site.json") -> list[int]:
    return [vendor.get(path).status_code for _ in range(count)]


@pytest.mark.parametrize(
    ("mode", "status"),
    [("error_500", 500), ("bad_gateway", 502), ("down", 503), ("gateway_timeout", 504)],
)
def test_a_broken_server_answers_html_whatever_the_key_is(vendor: Vendor, mode: str, status: int) -> None:
    """Facts §4: no format is documented; expect HTML."""
    vendor.site.set_weather(mode)
    answer = requests.get(vendor.url("/site.json"), timeout=5)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")


@pytest.mark.parametrize("mode", ["cut", "reset"])
def test_a_cut_connection_ends_in_the_middle_of_the_body(vendor: Vendor, mode: str) -> None:
    vendor.site.set_weather(mode, requests=1)
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        vendor.get("/customers.json")
    assert vendor.get("/customers.json").status_code == 200


def what_came(vendor: Vendor, path: str = ONE) -> tuple[bytes, str]:
    """Return what arrived of a body before it broke off, and how it did."""
    found = b""
    with vendor.session.get(vendor.url(path), stream=True, timeout=5) as answer:
        try:
            for part in answer.iter_content(1):
                found += part
        except requests.exceptions.ChunkedEncodingError as error:
            return found, str(error)
    return found, "whole"


def test_a_cut_answer_has_begun_with_half_of_its_body(vendor: Vendor) -> None:
    whole = vendor.get(ONE).content
    vendor.site.set_weather("cut")
    found, how = what_came(vendor)
    assert found == whole[: len(whole) // 2]
    assert "IncompleteRead" in how or "prematurely" in how


def test_a_reset_is_not_an_orderly_end(vendor: Vendor) -> None:
    vendor.site.set_weather("reset")
    with pytest.raises(requests.RequestException, match="reset by peer"):
        vendor.get(ONE)


@pytest.mark.parametrize(("mode", "share"), [("stalled_head", 0), ("stalled_body", 0.5)])
def test_a_stalled_connection_falls_silent_and_is_closed(vendor: Vendor, mode: str, share: float) -> None:
    whole = vendor.get(ONE).content
    vendor.site.weather.add(Fault(mode, silence=0.1))
    began = time.monotonic()
    found, how = what_came(vendor)
    assert found == whole[: int(len(whole) * share)]
    assert how != "whole"
    assert time.monotonic() - began > 0.09


def test_a_stalled_connection_lasts_longer_than_its_client_waits(vendor: Vendor) -> None:
    vendor.site.weather.add(Fault("stalled_body", silence=60))
    with pytest.raises(requests.ConnectionError, match="timed out"):
        vendor.session.get(vendor.url(ONE), timeout=0.1)


def test_json_may_come_as_html(vendor: Vendor) -> None:
    vendor.site.set_weather("json_as_html")
    answer = vendor.get("/site.json")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.json()["site"]["subdomain"] == "acme"


def test_html_may_come_as_json(vendor: Vendor) -> None:
    vendor.site.set_weather("html_as_json")
    answer = vendor.get("/site.json")
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.text.startswith("<!DOCTYPE html>")


def test_an_incident_refuses_valid_keys_for_25_minutes_of_the_sites_clock(vendor: Vendor) -> None:
    """Facts §1: 2023-01-30."""
    vendor.site.set_weather("incident")
    vendor.site.advance(25 * 60 - 1)
    assert statuses(vendor, 2) == [401, 401]
    vendor.site.advance(1)
    assert statuses(vendor, 1) == [200]


def test_a_giant_page_ignores_per_page(vendor: Vendor) -> None:
    everything = [row["id"] for row in vendor.all("/subscriptions.json", sort="id", direction="asc")]
    vendor.site.set_weather("giant_page")
    rows = vendor.rows("/subscriptions.json", sort="id", direction="asc", per_page=7)
    assert [row["id"] for row in rows] == everything
    assert vendor.rows("/subscriptions.json", page=2, per_page=7) == []


def test_a_giant_page_of_a_list_without_pages_is_that_list(vendor: Vendor) -> None:
    """Facts §3: product families have no pages."""
    families = vendor.rows("/product_families.json")
    vendor.site.set_weather("giant_page")
    assert vendor.rows("/product_families.json") == families


def test_a_giant_page_of_one_record_is_that_record(vendor: Vendor) -> None:
    plain = vendor.get("/site.json").json()
    vendor.site.set_weather("giant_page")
    assert vendor.get("/site.json").json() == plain


def keys(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*(keys(item) for item in value.values()))
    return set().union(*(keys(item) for item in value)) if isinstance(value, list) else set()


def test_unknown_fields_join_every_record_and_change_no_other(vendor: Vendor) -> None:
    plain = vendor.rows("/subscriptions.json")
    vendor.site.set_weather("unknown_fields")
    rows = vendor.rows("/subscriptions.json")
    assert all("unheard_of" in row and "unheard_of" in row["customer"] for row in rows)
    assert [row["id"] for row in rows] == [row["id"] for row in plain]
    assert keys(rows) - keys(plain) == {"unheard_of", "unheard_of_at", "kind", "values"} - keys(plain)


def test_unknown_fields_keep_numbers_and_odd_characters(vendor: Vendor) -> None:
    plain = vendor.rows("/customers.json", per_page=200)
    vendor.site.set_weather("unknown_fields")
    changed = vendor.rows("/customers.json", per_page=200)
    assert [{key: row[key] for key in before} for row, before in zip(changed, plain, strict=True)] == plain


def test_unknown_values_stand_where_enums_do_and_nowhere_else(vendor: Vendor) -> None:
    """Facts §3: parsers must tolerate unknown values."""
    plain = vendor.rows("/invoices.json")
    vendor.site.set_weather("unknown_values")
    changed = vendor.rows("/invoices.json")
    assert {row["status"] for row in changed} == {"unheard_of"}
    assert {row["state"] for row in vendor.rows("/subscriptions.json")} == {"unheard_of"}
    kept = ("uid", "number", "currency", "created_at", "total_amount")
    assert [[row[name] for name in kept] for row in changed] == [
        [row[name] for name in kept] for row in plain
    ]


def test_missing_fields_leave_what_identifies_a_record(vendor: Vendor) -> None:
    """Facts §7: do not trust required-ness."""
    plain = vendor.rows("/invoices.json")
    vendor.site.set_weather("missing_fields")
    rows = vendor.rows("/invoices.json")
    assert [row["uid"] for row in rows] == [row["uid"] for row in plain]
    assert all(len(row) < len(before) for row, before in zip(rows, plain, strict=True))


def test_a_fault_may_meet_some_paths_only(vendor: Vendor) -> None:
    vendor.site.weather.add(Fault("down", path="/invoices*"))
    assert [vendor.get(path).status_code for path in ("/invoices.json", "/site.json")] == [503, 200]


def test_requests_to_other_paths_do_not_use_a_fault_up(vendor: Vendor) -> None:
    vendor.site.weather.add(Fault("down", path="/invoices*", requests=1))
    assert statuses(vendor, 2) == [200, 200]
    assert statuses(vendor, 2, "/invoices.json") == [503, 200]


def test_a_fault_may_come_back_every_so_many_requests(vendor: Vendor) -> None:
    vendor.site.weather.add(Fault("down", requests=2, every=5))
    assert statuses(vendor, 10) == [503, 503, 200, 200, 200] * 2


def test_a_fault_may_meet_a_share_of_requests(vendor: Vendor) -> None:
    vendor.site.weather.add(Fault("down", share=0.3))
    met = [vendor.site.weather.meet("/site.json").faults for _ in range(2_000)]
    assert 500 < sum("down" in faults for faults in met) < 700


def test_a_fault_may_end_by_the_sites_clock(vendor: Vendor) -> None:
    vendor.site.weather.add(Fault("down", seconds=60))
    assert statuses(vendor, 1) == [503]
    vendor.site.advance(60)
    assert statuses(vendor, 1) == [200]
    assert vendor.site.weather.faults() == []


def test_jitter_lengthens_latency_by_dice(vendor: Vendor) -> None:
    vendor.site.weather.add(Fault("latency", latency_ms=10, jitter_ms=30))
    delays = [vendor.site.weather.meet("/").delay for _ in range(100)]
    assert 0.01 <= min(delays) < 0.015
    assert 0.035 < max(delays) <= 0.04


def test_two_faults_can_meet_one_request(vendor: Vendor) -> None:
    vendor.site.weather.replace([Fault("unknown_fields"), Fault("json_as_html")])
    answer = vendor.get("/site.json")
    assert answer.headers["content-type"].startswith("text/html")
    assert "unheard_of" in answer.json()["site"]


def test_setting_the_weather_ends_other_faults(vendor: Vendor) -> None:
    vendor.site.weather.add(Fault("down"))
    vendor.site.set_weather("fair")
    assert statuses(vendor, 1) == [200]


def test_unknown_weather_is_refused_with_the_names(vendor: Vendor) -> None:
    with pytest.raises(ValueError, match="unknown weather 'hail'; one of fair, latency, rate_limited"):
        vendor.site.weather.add(Fault("hail"))
