"""A linked connection with records, and a database in which transactions are real."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing.api.data_types import DATA_TYPES
from billing.models import (
    CreditNote,
    CreditNoteLine,
    Customer,
    Discount,
    Invoice,
    InvoiceLine,
    Payment,
    Record,
    Refund,
    Subscription,
    Tax,
)
from companies.models import Connection
from config.tenancy import tenant_context
from integrations.services.connections import connection_create
from integrations.services.switches import integration_switch
from tests.conftest import Tenant, make_tenant

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def pending(tenant: Tenant, company_name: str = "Corner Bakery") -> Connection:
    """Return a new pending connection of a new company."""
    company = tenant.company(company_name)
    with tenant_context(tenant.operator.id):
        integration_switch(platform_key="rkgp", enabled=True, actor="test")
        return connection_create(company=company, platform_key="rkgp", actor="test")


def linked(tenant: Tenant, company_name: str = "Corner Bakery") -> Connection:
    """Return a connection that is linked and has been synced."""
    connection = pending(tenant, company_name)
    connection.status, connection.account_id = Connection.Status.LINKED, "4711"
    connection.account_name, connection.is_test = "acme", True
    connection.sync_state = Connection.SyncState.COMPLETE
    connection.linked_at = connection.last_synced_at = NOW
    with tenant_context(tenant.operator.id):
        connection.save()
    return connection


def path_of(connection: Connection, rest: str = "") -> str:
    """Return the API's path of a connection, or of something under it."""
    return f"/companies/{connection.company_id}/connections/{connection.id}{rest}"


def record(model: type[Record], connection: Connection, source_id: str, **values: Any) -> Any:
    """Return a new row of a record's table."""
    seen = {"first_seen_at": NOW, "changed_at": NOW, "version": 1, "content_hash": b"x" * 16}
    return model.objects.create(connection=connection, source_id=source_id, **(seen | values))


def make_records(connection: Connection, count: int = 3) -> None:
    """Give a connection customers, subscriptions, and invoices with everything on them."""
    with tenant_context(connection.operator_id):
        for number in range(1, count + 1):
            _make_customer(connection, number)
            _make_invoice(connection, number)
            for model in PLAIN:
                _make_plain(model, connection, number)


def _make_customer(connection: Connection, number: int) -> None:
    created = NOW + timedelta(days=number)
    record(
        Customer,
        connection,
        f"c{number}",
        name=f"Customer {number}",
        email=f"customer{number}@example.org",
        city="Riga" if number == 1 else "",
        source_created_at=created,
        source_updated_at=created,
    )
    record(
        Subscription,
        connection,
        f"s{number}",
        state="active" if number % 2 else "canceled",
        customer_source_id=f"c{number}",
        currency="USD",
        price_minor=1000 * number,
        interval=1,
        interval_unit="month",
        source_created_at=created,
    )


def _make_invoice(connection: Connection, number: int) -> None:
    invoice = f"inv{number}"
    record(
        Invoice,
        connection,
        invoice,
        number=str(number),
        status="paid",
        customer_source_id=f"c{number}",
        subscription_source_id=f"s{number}",
        currency="USD",
        paid_date=NOW.date(),
        total_minor=10_00 * number + 1,
        refund_minor=1_00,
        tax_minor=50,
        discount_minor=25,
        source_created_at=NOW + timedelta(days=number),
    )
    part = {"invoice_source_id": invoice, "currency": "USD"}
    record(
        InvoiceLine,
        connection,
        f"{invoice}:l1",
        title="Gold plan",
        quantity=Decimal("1.50000000"),
        unit_price=Decimal("0.00000001"),
        total_minor=10_01,
        tax_minor=50,
        discount_minor=25,
        product_source_id="p1",
        **part,
    )
    record(Discount, connection, f"{invoice}:d1", title="Spring", amount_minor=25, **part)
    record(Tax, connection, f"{invoice}:t1", title="VAT", percentage=Decimal("21.5"), amount_minor=50, **part)
    record(Payment, connection, f"{invoice}:p1", amount_minor=10_01, method="credit_card", **part)
    record(Refund, connection, f"{invoice}:r1", amount_minor=1_00, **part)


# The types in our own shape, of which every record is made alike.
PLAIN = [type_.model for type_ in DATA_TYPES if type_.model not in {Customer, Invoice, Subscription}]


def _make_plain(model: type[Record], connection: Connection, number: int) -> None:
    created = NOW + timedelta(days=number)
    made = record(model, connection, f"{model._meta.model_name}{number}", source_created_at=created)
    if model is CreditNote:
        line = {"quantity": Decimal("1.5"), "total_minor": 100 * number, "currency": "USD"}
        record(
            CreditNoteLine,
            connection,
            f"{made.source_id}:1",
            credit_note_source_id=made.source_id,
            **line,
        )


def tables_read(client: Client, path: str) -> int:
    """Return how many queries a request needs beyond those that find out who asks."""
    client.get(path)  # fills the quota's cache
    with CaptureQueriesContext(connections["default"]) as captured:
        assert client.get(path).status_code == 200
    reads = [query["sql"] for query in captured if 'FROM "' in query["sql"]]
    return len([sql for sql in reads if "companies_apikey" not in sql])


@pytest.fixture
def connection(northwind: Tenant) -> Connection:
    """Northwind's linked connection."""
    return linked(northwind)


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[Tenant]:
    """An operator in a database without a test's transaction around it."""
    with django_db_blocker.unblock():
        cache.clear()
        try:
            yield make_tenant(name="Harbour Finance", email="dora@example.org")
        finally:
            with connections["owner"].cursor() as cursor:
                # The app role can't.
                cursor.execute("TRUNCATE companies_operator, companies_user CASCADE")
            connections.close_all()
