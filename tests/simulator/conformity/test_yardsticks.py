"""The yardsticks themselves: they accept what the vendor sent, refuse what it didn't, and leave nothing out."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from .allowed import DESCRIPTION, NOT_SIMULATED, left_out, without_allowed
from .descriptions import UNKNOWN_KEY, faults, types_at
from .endpoint import Endpoint
from .reference import needs_reference, recorded, recorded_names
from .refusals import REFUSALS
from .sdk import differences
from .shapes import shape, topmost
from .table import TABLE
from .thinning import telling

pytestmark = needs_reference

RECORDED_OF_TABLE = [
    pytest.param(endpoint, name, id=f"{name}-{endpoint}") for endpoint in TABLE for name in endpoint.recorded
]


@pytest.mark.parametrize(("endpoint", "name"), RECORDED_OF_TABLE)
def test_a_recorded_body_fits_the_description_but_for_the_same_exceptions(
    endpoint: Endpoint, name: str
) -> None:
    found = [
        fault for fault in faults(endpoint.operation, 200, recorded(name)) if fault.path not in left_out(name)
    ]
    assert not without_allowed(endpoint.operation, found, DESCRIPTION)


def test_every_recorded_body_is_compared_or_left_out_for_a_reason() -> None:
    compared = {name for endpoint in TABLE for name in endpoint.recorded}
    compared |= {refusal.recorded for refusal in REFUSALS if refusal.recorded}
    left_out = {name for names in NOT_SIMULATED.values() for name in names}
    assert compared | left_out == set(recorded_names())


def changed(name: str, path: tuple[Any, ...], value: Any) -> Any:
    """Return a recorded body in which one thing is different."""
    body = copy.deepcopy(recorded(name))
    place = body
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return body


@pytest.mark.parametrize(
    ("operation", "name", "path", "value", "rule"),
    [
        ("listCustomers", "customers/2", (0, "customer", "nick"), "al", UNKNOWN_KEY),
        ("listCustomers", "customers/2", (0, "customer", "id"), "1", "type"),
        ("listCustomers", "customers/2", (0, "customer", "created_at"), "1.1.2026", "format"),
        ("listCreditNotes", "credit_notes/1", ("credit_notes", 0, "status"), "lost", "enum"),
        (
            "listPaymentProfiles",
            "payment_profiles/1",
            (0, "payment_profile", "bank_name"),
            "Bank",
            UNKNOWN_KEY,
        ),
        ("listEvents", "events/1", (0, "event", "event_specific_data", "refund_id"), 1, UNKNOWN_KEY),
        ("listInvoiceEvents", "invoices_events/1", ("events", 0, "nick"), "al", UNKNOWN_KEY),
    ],
)
def test_a_description_finds_what_is_wrong(
    operation: str, name: str, path: tuple[Any, ...], value: Any, rule: str
) -> None:
    at = ".".join("[]" if isinstance(key, int) else key for key in path)
    found = [(fault.path, fault.rule) for fault in faults(operation, 200, changed(name, path, value))]
    assert (at, rule) in found


def test_types_are_read_through_references_and_alternatives() -> None:
    assert types_at("listSubscriptions", "[].subscription.product.product_family.id") == {"integer"}


def test_a_shape_merges_the_rows_of_lists() -> None:
    assert shape([[{"a": 1}, {"a": None, "b": []}]])["[].a"] == {"integer", "null"}


def test_of_an_absent_object_only_the_object_is_named() -> None:
    assert topmost(["a", "a.b", "a.[].c", "ab"]) == ["a", "ab"]


PLAIN = {"a": "Acme", "meta": {}}


@pytest.mark.parametrize(
    "row", [{"a": "Acme"}, PLAIN | {"a": None}, PLAIN | {"a": "paid"}, PLAIN | {"a": "2026-01-01"}]
)
def test_a_row_that_shows_something_new_is_judged(row: Any) -> None:
    thinned = list(telling([{"rows": [PLAIN, PLAIN]}, {"rows": [PLAIN, row]}]))
    assert thinned == [{"rows": [PLAIN]}, {"rows": [row]}]


class Model:
    """Like one of the SDK's, which name their attributes in `_names`."""

    _names = {"number": "id"}
    number = 7


@pytest.mark.parametrize(
    ("sent", "path"), [({"id": 8}, "id"), ({"id": "7"}, "id"), ({"id": 7, "nick": ""}, "nick")]
)
def test_the_sdk_is_compared_value_by_value(sent: Any, path: str) -> None:
    assert [found for found, _ in differences(Model(), sent)] == [path]
