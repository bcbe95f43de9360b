"""Every page leaves one line in the log that says what was asked, what came and how long it took."""

from __future__ import annotations

from typing import Any

import pytest

from companies.models import Connection
from config.tenancy import tenant_context
from tests.integrations.sync.test_engine import run
from tests.sandbox import KEY


def logged(caplog: pytest.LogCaptureFixture, event: str) -> list[dict[str, Any]]:
    """Return the lines of an event, as structlog was given them."""
    lines = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    return [line for line in lines if line["event"] == event]


def test_every_page_leaves_a_line(linked: Connection, caplog: pytest.LogCaptureFixture) -> None:
    sync = run(linked, streams=["customers", "site"])
    lines = logged(caplog, "page_written")
    with tenant_context(linked.operator_id):
        pages = {op.stream: op.pages for op in sync.operations.all()}
        read = {op.stream: op.rows_read for op in sync.operations.all()}
    assert [line["stream"] for line in lines].count("customers") == pages["customers"]
    assert {line["sync"] for line in lines} == {str(sync.pk)}
    assert {line["connection"] for line in lines} == {str(linked.pk)}
    assert {line["status"] for line in lines} == {200}
    customers = [line for line in lines if line["stream"] == "customers"]
    assert (
        sum(line["rows"] for line in customers)
        == sum(line["changed"] for line in customers)
        == read["customers"]
    )
    assert [line["page"] for line in customers] == list(range(1, len(customers) + 1))
    assert all(len(line["vendor_request_id"]) == 36 for line in lines)
    assert all(line[name] >= 0 for line in lines for name in ("fetch_ms", "map_ms", "write_ms"))


def test_the_line_holds_nothing_of_the_vendors_data(
    linked: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    run(linked, streams=["customers"])
    assert logged(caplog, "page_written")
    assert KEY not in caplog.text
    assert "@" not in caplog.text
    assert "per_page" not in caplog.text


def test_trouble_names_the_vendors_request(
    linked: Connection, acme: Any, caplog: pytest.LogCaptureFixture
) -> None:
    acme.set_weather("down")
    run(linked, streams=["customers"])
    line = logged(caplog, "sync_trouble")[0]
    assert (line["status"], len(line["vendor_request_id"])) == (503, 36)
