"""How far back is read, against the simulator."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from billing.models import Customer, Product
from companies.models import Connection
from config.tenancy import tenant_context
from integrations.models import StreamCursor
from integrations.services.schedules import company_settings_set
from integrations.services.syncs import sync_request
from integrations.simulator import Simulator
from integrations.sync.engine import run_slice


def set_start(connection: Connection, start: datetime | None, data_type: str = "commerce-customers") -> None:
    with tenant_context(connection.operator_id):
        company_settings_set(
            company=connection.company, settings={data_type: {"sync_from": start}}, actor="alice"
        )


def run(connection: Connection, **options: Any) -> int:
    """Sync the customers, and return how many rows were read."""
    with tenant_context(connection.operator_id):
        sync = sync_request(
            connection=connection, requested_by="bob", queue=False, streams=["customers"], **options
        )
    while run_slice(operator_id=connection.operator_id, sync_id=sync.pk):
        pass
    with tenant_context(connection.operator_id):
        return sync.operations.get().rows_read


def middle(connection: Connection) -> datetime:
    """Return a time after which about half of the customers were changed; a sync tells it."""
    run(connection)
    with tenant_context(connection.operator_id):
        changed = sorted(filter(None, Customer.objects.values_list("source_updated_at", flat=True)))
        Customer.objects.all().delete()
        StreamCursor.objects.all().delete()
    return changed[len(changed) // 2]


def test_a_window_is_asked_of_the_vendor(linked: Connection, acme: Any) -> None:
    start = middle(linked)
    set_start(linked, start)
    assert 0 < run(linked) < acme.ledger()["rows"]["customers"]
    with tenant_context(linked.operator_id):
        assert not Customer.objects.filter(source_updated_at__lt=start).exists()
        assert StreamCursor.objects.get().covers_from == start


def test_widening_it_reads_everything_from_the_wider_start_once(linked: Connection, acme: Any) -> None:
    start, total = middle(linked), acme.ledger()["rows"]["customers"]
    set_start(linked, start)
    run(linked)
    set_start(linked, None)
    assert run(linked) == total
    with tenant_context(linked.operator_id):
        assert Customer.objects.count() == total
        assert StreamCursor.objects.get().covers_from is None
        StreamCursor.objects.update(since=timezone.now() + timedelta(days=1))
    assert run(linked) == 0


def test_narrowing_it_reads_nothing_again_and_keeps_what_is_there(linked: Connection, acme: Any) -> None:
    start = middle(linked)
    run(linked)
    set_start(linked, start)
    with tenant_context(linked.operator_id):
        StreamCursor.objects.update(since=timezone.now() + timedelta(days=1))
    assert run(linked) == 0
    with tenant_context(linked.operator_id):
        assert Customer.objects.count() == acme.ledger()["rows"]["customers"]


def test_another_data_type_is_read_whole(linked: Connection, simulator: Simulator) -> None:
    set_start(linked, timezone.now())
    with tenant_context(linked.operator_id):
        sync = sync_request(connection=linked, requested_by="bob", queue=False)
    while run_slice(operator_id=linked.operator_id, sync_id=sync.pk):
        pass
    with tenant_context(linked.operator_id):
        assert not Customer.objects.exists()
        assert Product.objects.exists()
