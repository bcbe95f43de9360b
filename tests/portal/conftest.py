"""A company with a connection, a sync and one record of every kind, for the Portal's pages."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any
from uuid import uuid4

import msgspec
import pytest
import zstandard
from django.test import Client
from django.utils import timezone

from billing import models as billing
from companies.models import (
    Company,
    Connection,
    ConnectionEvent,
    Member,
    User,
    WebhookAttempt,
    WebhookDelivery,
)
from companies.roles import Role
from companies.services.companies import company_create
from companies.services.connections import connection_event
from companies.services.webhook_consumers import consumer_create
from companies.services.webhook_events import company_tell
from companies.webhooks.event_types import EventType
from config.tenancy import tenant_context
from integrations.models import Credential, PullOperation, Sync, VendorRequest
from tests.conftest import PASSWORD, Tenant

_numbers = count(1)


def make_connection(company: Company, **values: Any) -> Connection:
    """Return a linked connection of a company."""
    number = next(_numbers)
    defaults = {
        "platform_key": "rkgp",
        "platform_name": "Chargify",
        "integration_id": uuid4(),
        "source_id": uuid4(),
        "status": "Linked",
        "account_id": str(number),
        "account_name": f"Site {number}",
        "account_host": f"site-{number}.chargify.com",
    }
    connection = Connection.objects.create(company=company, **defaults | values)
    connection_event(connection=connection, kind=ConnectionEvent.Kind.STARTED)
    return connection


def make_sync(connection: Connection, **values: Any) -> Sync:
    """Return a sync with two streams, one of which the vendor counts."""
    defaults = {"status": "complete", "requested_by": "first link", "not_before": timezone.now()}
    sync = Sync.objects.create(connection=connection, **defaults | values)
    streams = [("customers", 1, 3), ("invoices", None, 2)]
    for position, (stream, expected, rows) in enumerate(streams):
        PullOperation.objects.create(
            sync=sync,
            connection=connection,
            stream=stream,
            data_type=stream,
            position=position,
            rows_expected=expected and 12,
            rows_read=rows,
            pages=1,
        )
    make_request(connection, sync=sync.pk)
    return sync


def make_request(connection: Connection, **values: Any) -> VendorRequest:
    """Return a request to the vendor that was answered."""
    defaults = {"at": timezone.now(), "path": "/customers.json", "status": 200, "ms": 150}
    return VendorRequest.objects.create(connection=connection, **defaults | values)


def make_record(model: type[billing.Record], connection: Connection, **values: Any) -> Any:
    """Return a record of a kind, with a raw body."""
    source_id = values.pop("source_id", str(next(_numbers)))
    body = values.pop("body", None) or msgspec.json.encode({"id": source_id})
    chunk = billing.BodyChunk.objects.create(
        connection=connection,
        stream=str(model._meta.model_name),
        count=1,
        raw_bytes=len(body),
        ends=[len(body)],
        compressed=zstandard.compress(body),
    )
    now = timezone.now()
    seen = {"first_seen_at": now, "changed_at": now, "source_created_at": now, "version": 1}
    return model.objects.create(
        connection=connection,
        source_id=source_id,
        body_chunk=chunk,
        content_hash=b"x" * 16,
        **seen | values,
    )


def make_records(connection: Connection, name: str = "Ada") -> dict[str, Any]:
    """Return one record of every kind that belong together."""
    customer = make_record(billing.Customer, connection, name=name, email="ada@example.org")
    family = make_record(billing.ProductFamily, connection, name=f"{name} family")
    product = make_record(
        billing.Product,
        connection,
        name=f"{name} plan",
        price_minor=1250,
        currency="USD",
        product_family_source_id=family.source_id,
    )
    subscription = make_record(
        billing.Subscription,
        connection,
        state="active",
        product_name=f"{name} plan",
        currency="USD",
        price_minor=1250,
        customer_source_id=customer.source_id,
        product_source_id=product.source_id,
    )
    invoice = make_record(
        billing.Invoice,
        connection,
        number=f"N{next(_numbers)}",
        status="open",
        issue_date=date(2026, 11, 1),
        currency="USD",
        total_minor=1250,
        due_minor=250,
        customer_source_id=customer.source_id,
        subscription_source_id=subscription.source_id,
    )
    part = {"currency": "USD", "invoice_source_id": invoice.source_id}
    records = [
        customer,
        family,
        product,
        subscription,
        invoice,
        make_record(billing.Site, connection, name=f"{name} site"[:200], subdomain=name.lower()[:100]),
        make_record(billing.InvoiceLine, connection, title=f"{name} line", total_minor=1250, **part),
        make_record(billing.Discount, connection, title=f"{name} discount", amount_minor=100, **part),
        make_record(billing.Tax, connection, title=f"{name} tax", amount_minor=100, **part),
        make_record(billing.Payment, connection, method=f"{name} card"[:60], amount_minor=1000, **part),
        make_record(billing.Refund, connection, memo=f"{name} refund", amount_minor=100, **part),
        make_record(billing.AppliedCredit, connection, memo=f"{name} credit", amount_minor=100, **part),
        *_priced(connection, name, product),
        *_beside(connection, name, subscription),
        *_credited(connection, name, invoice),
    ]
    return {record._meta.model_name: record for record in records}


def _priced(connection: Connection, name: str, product: billing.Product) -> list[Any]:
    """Return a component, price points and a coupon."""
    component = make_record(billing.Component, connection, name=f"{name} seats", unit_name="seat")
    tier = {"startingQuantity": "1", "endingQuantity": None, "unitPrice": "0.00000001"}
    price, reference = {"name": f"{name} price", "currency": "USD"}, component.source_id
    return [
        component,
        make_record(
            billing.PricePoint, connection, price_minor=1250, product_source_id=product.source_id, **price
        ),
        make_record(
            billing.ComponentPricePoint, connection, tiers=[tier], component_source_id=reference, **price
        ),
        make_record(billing.Coupon, connection, code=f"{name} coupon", amount_minor=100, currency="USD"),
        make_record(billing.CouponCode, connection, code=f"{name} code"[:120]),
        make_record(billing.ReasonCode, connection, code=f"{name} reason"),
        make_record(billing.SiteStatistics, connection, name=f"{name} site", total_revenue_minor=100),
        make_record(billing.SiteMrr, connection, amount_minor=100, currency="USD"),
    ]


def _beside(connection: Connection, name: str, subscription: billing.Subscription) -> list[Any]:
    """Return what hangs on a subscription and its customer, and what happened to them."""
    of_customer = {"customer_source_id": subscription.customer_source_id}
    of_subscription = {"subscription_source_id": subscription.source_id}
    members = {"subscription_ids": [subscription.source_id], "state": f"{name} state"[:40]}
    return [
        make_record(billing.SubscriptionComponent, connection, name=f"{name} seats", **of_subscription),
        make_record(billing.SubscriptionGroup, connection, **members, **of_customer),
        make_record(billing.PaymentProfile, connection, masked_number=f"{name} 1111"[:60], **of_customer),
        make_record(billing.CustomerMetadatum, connection, name=f"{name} field", **of_customer),
        make_record(billing.SubscriptionMetadatum, connection, name=f"{name} field", **of_subscription),
        make_record(billing.Event, connection, key="signup_success", message=name, **of_subscription),
        *_booked(connection, name, of_subscription),
    ]


def _booked(connection: Connection, name: str, of_subscription: dict[str, Any]) -> list[Any]:
    """Return a statement of an older site, with a transaction."""
    money = {"currency": "USD", "ending_balance_minor": 250}
    statement = make_record(billing.Statement, connection, customer_name=name, **money, **of_subscription)
    booked = {"type": "Charge", "amount_minor": 250, "statement_source_id": statement.source_id} | money
    return [statement, make_record(billing.Transaction, connection, memo=f"{name} plan", **booked)]


def _credited(connection: Connection, name: str, invoice: billing.Invoice) -> list[Any]:
    """Return a credit note with a line, and the event of its making."""
    whose = {"customer_source_id": invoice.customer_source_id, "currency": "USD"}
    note = make_record(billing.CreditNote, connection, number=f"{name} note"[:60], total_minor=100, **whose)
    of_note = {"credit_note_source_id": note.source_id, "currency": "USD"}
    return [
        note,
        make_record(billing.CreditNoteLine, connection, title=f"{name} line", total_minor=100, **of_note),
        make_record(billing.InvoiceEvent, connection, memo=name, event_type="create_credit_note", **of_note),
    ]


def make_webhook(company: Company, **values: Any) -> WebhookDelivery:
    """Return a delivery to a new consumer of what happens to a company."""
    consumer = consumer_create(
        actor="test",
        url=f"https://hooks.example.com/{next(_numbers)}",
        event_types=["company.created"],
        description=f"{company.name} hook"[:200],
        headers={"X-Key": "not-to-be-seen"},
    )
    company_tell(company=company, event_type=EventType.COMPANY_CREATED)
    delivery = WebhookDelivery.objects.get(consumer=consumer)
    WebhookAttempt.objects.create(delivery=delivery, at=timezone.now(), status=500, ms=10, error="500")
    return delivery


class World:
    """A tenant's company with everything that the Portal shows of it."""

    def __init__(self, tenant: Tenant, name: str = "Corner Bakery") -> None:
        self.tenant = tenant
        with tenant_context(tenant.operator.id):
            self.company = company_create(name=name, actor="test")
            self.connection = make_connection(self.company)
            self.sync = make_sync(self.connection)
            self.records = make_records(self.connection, name)
            self.delivery = make_webhook(self.company)
            Credential.objects.create(
                connection=self.connection,
                state="in_use",
                account={"site": "acme"},
                secret="not-to-be-seen",
                last_four="seen",
            )


@pytest.fixture
def world(northwind: Tenant) -> World:
    """Northwind's company, with data."""
    return World(northwind)


@pytest.fixture
def portal(northwind: Tenant) -> Client:
    """A browser in which Alice is signed in."""
    return northwind.portal()


def sign_in(tenant: Tenant, role: Role) -> Client:
    """Return a browser of a new member of a tenant, with a role."""
    email = f"{role}@{tenant.operator.id.hex[:8]}.example.org"
    user = User.objects.create_user(email=email, password=PASSWORD, is_staff=True)
    with tenant_context(tenant.operator.id):
        Member.objects.create(user=user, role=role)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
