"""What docs/webhooks.md says is so."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import get_resolver

from companies.models import WebhookConsumer
from companies.webhooks.event_types import EventType
from companies.webhooks.examples import example_payload
from companies.webhooks.retries import PAUSES
from tests.conftest import Tenant
from tests.house.test_docs import blocks, rows, section, text_of, ticked
from tests.webhooks.receiver import Receiver

NAME = "docs/webhooks.md"


def test_verifying_works_as_it_stands(
    northwind: Tenant, consumer: WebhookConsumer, inbox: Receiver, work: Callable[[], None]
) -> None:
    (code,) = blocks(section(NAME, "Verifying"), "python")
    assert len([line for line in code.splitlines() if line.strip()]) <= 10
    given: dict[str, Any] = {}
    exec(code, given)  # noqa: S102  (the reader's part)
    northwind.company()
    work()
    ((_, headers, body),) = inbox.requests
    seen: set[str] = set()
    for _ in range(2):
        assert given["receive"](consumer.secret, headers, body, seen) == 204
    assert seen == {headers["webhook-id"]}
    assert given["receive"](consumer.secret, headers, body + b" ", seen) == 401
    assert given["receive"]("whsec_bmVlZGxl", headers, body, seen) == 401
    assert given["receive"](consumer.secret, {}, body, seen) == 401


def test_every_event_has_its_row() -> None:
    assert [ticked(row[0])[0] for row in rows(section(NAME, "Events"))] == EventType.values


@pytest.mark.parametrize(("number", "event_type"), [(0, "connection.connected"), (1, "read.completed")])
def test_examples_have_the_shape_of_what_is_sent(number: int, event_type: str) -> None:
    shown = json.loads(blocks(section(NAME, "Events"), "json")[number])
    real = example_payload(EventType(event_type))
    assert_within(shown.get("payload", shown), real)


def assert_within(shown: Any, real: Any) -> None:
    """Check that whatever is shown is also in what is real."""
    if isinstance(shown, dict):
        for name, value in shown.items():
            assert name in real
            assert_within(value, real[name])
    elif isinstance(shown, list) and shown:
        assert_within(shown[0], real[0])


def test_every_call_exists() -> None:
    (table,) = re.findall(r"(\| call \|.*?)\n\n", text_of(NAME), re.DOTALL)
    for row in rows(table):
        _, path = ticked(row[0])[0].split(" ")
        get_resolver().resolve(path.replace("{", "").replace("}", ""))


def test_the_pauses_are_those_of_the_program() -> None:
    hours = ", ".join(f"{pause.total_seconds() / 3600:g}" for pause in PAUSES[3:-1])
    text = " ".join(section(NAME, "Delivery").split())
    assert [pause.total_seconds() for pause in PAUSES[:3]] == [5, 300, 1800]
    assert (
        f"after 5 seconds, 5 and 30 minutes, {hours} and {PAUSES[-1].total_seconds() / 3600:g} hours" in text
    )
