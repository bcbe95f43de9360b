"""What is refused is refused as described and recorded (facts §3, §5)."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import Clients
from .descriptions import faults, response_schema
from .reference import needs_reference, recorded
from .refusals import REFUSALS, Refusal

pytestmark = needs_reference

DESCRIBED = [refusal for refusal in REFUSALS if refusal.operation]


def refused(refusal: Refusal, clients: Clients) -> Any:
    """Return the body of a refusal: JSON, else text; the status is checked on the way."""
    reader = (clients.legacy if refusal.legacy else clients.us).reader
    places = refusal.fill.values(reader)[0] if refusal.fill else {}
    answer = reader.get(refusal.path.format_map(places), refusal.query or {})
    assert answer.status_code == refusal.status
    return answer.json() if answer.text[:1] in ("{", "[", '"') else answer.text


@pytest.mark.parametrize("refusal", REFUSALS, ids=str)
def test_a_refusal_says_what_was_recorded_or_described_and_else_nothing(
    refusal: Refusal, clients: Clients
) -> None:
    body = refused(refusal, clients)
    if refusal.recorded:
        assert body == recorded(refusal.recorded)
    elif not (refusal.operation and response_schema(refusal.operation, refusal.status)):
        assert body == refusal.says


@pytest.mark.parametrize("refusal", DESCRIBED, ids=str)
def test_a_refusal_fits_its_description(refusal: Refusal, clients: Clients) -> None:
    assert not faults(refusal.operation, refusal.status, refused(refusal, clients))
