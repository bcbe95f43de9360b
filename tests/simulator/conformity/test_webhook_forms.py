"""Webhooks carry the keys of the forms that the vendor's own `send test webhook` sent (facts §6)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from urllib.parse import parse_qsl

import pytest

from integrations.simulator import Simulator, SiteSpec

from .allowed import GONE_FROM_WEBHOOKS, NOT_SENT
from .conftest import NOW, order, send_webhooks
from .reader import Reader
from .reference import RECORDED, needs_reference

# A year of a business has to pass before every form was sent.
pytestmark = [needs_reference, pytest.mark.slow]

MONTH, MONTHS = 30 * 86_400, 12

FORMS = sorted(path.stem for path in RECORDED.glob("webhook_form/*.txt"))
NEVER = {name for names in NOT_SENT.values() for name in names}


def keys(form: str) -> set[str]:
    """Return the keys of a form, with the numbers of list items left out."""
    return {re.sub(r"\[\d+\]", "[]", key) for key, _ in parse_qsl(form, keep_blank_values=True)}


def recorded_form(name: str) -> tuple[str, set[str]]:
    """Return the event of a recorded form, and its keys."""
    form = (RECORDED / f"webhook_form/{name}.txt").read_text().strip()
    return dict(parse_qsl(form))["event"], keys(form)


@pytest.fixture(scope="module")
def sent() -> dict[str, set[str]]:
    """Return the keys of everything that a site sent in a year, by event; there need be nobody to take it."""
    spec = SiteSpec(subdomain="hooks", customers=250, months=18, now=NOW)
    found: dict[str, set[str]] = {}
    with Simulator([spec]) as simulator:
        send_webhooks(simulator, spec)
        reader = Reader(simulator.url(spec.region, spec.subdomain), spec.api_key)
        for _ in range(MONTHS):
            order(simulator, spec, "advance", {"seconds": MONTH})
            for row in pages(reader):
                found.setdefault(row["event"], set()).update(keys(row["body"]))
        reader.close()
    return found


def pages(reader: Reader) -> Iterator[dict[str, str]]:
    """Yield what is remembered of the webhooks, the newest first."""
    for number in count(1):
        rows = reader.get("/webhooks.json", {"page": number, "per_page": 200}).json()
        yield from (row["webhook"] for row in rows)
        if len(rows) < 200:
            return


@pytest.mark.parametrize("name", [name for name in FORMS if name not in NEVER])
def test_a_webhook_has_every_key_that_was_recorded(name: str, sent: dict[str, set[str]]) -> None:
    event, expected = recorded_form(name)
    assert event in sent
    missing = expected - sent[event]
    left = {key for key in missing if not key.endswith(GONE_FROM_WEBHOOKS)}
    assert not left, "\n".join(sorted(left))


def test_what_is_left_out_is_never_sent(sent: dict[str, set[str]]) -> None:
    assert not {recorded_form(name)[0] for name in NEVER} & sent.keys()
