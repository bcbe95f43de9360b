"""A customer's browser on Northwind's Link pages, and a vendor that needs no network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from companies.link_urls import company_link_url
from companies.models import Company, Connection, Consent
from config.tenancy import tenant_context
from integrations.catalogue import catalogue
from integrations.connectors.base import Account, AccountField, Connector, InvalidAccount, Session
from integrations.models import CredentialCheck
from integrations.services.connections import connection_link
from integrations.services.switches import integration_switch
from tests.conftest import Tenant

KEY = "Zq7-a-key-that-must-never-be-shown"
ACCOUNT = Account(id="901", name="Acme Projects", host="acme.chargify.com", is_test=False, currency="USD")


class FakeChargify(Connector):
    """Chargify's face for Link, without a vendor behind it."""

    platform_key: ClassVar[str] = "rkgp"
    name: ClassVar[str] = "Chargify"
    integration_id: ClassVar[UUID] = UUID(int=1)
    source_id: ClassVar[UUID] = UUID(int=2)
    summary: ClassVar[str] = "Recurring billing."
    reads: ClassVar[tuple[str, ...]] = ("Customers", "Subscriptions")
    key_help: ClassVar[tuple[str, ...]] = ("Sign in.", "Choose Config, then Integrations.", "Open API Keys.")
    key_help_url: ClassVar[str] = "https://app.chargify.com"
    account_fields: ClassVar[tuple[AccountField, ...]] = (
        AccountField(name="site", label="Chargify site", help_text="Its name.", placeholder="acme"),
    )
    check_steps: ClassVar[tuple[str, ...]] = ("Open the site", "Read customers", "Read invoices")
    streams = ()

    def parse_account(self, entered: Mapping[str, str]) -> dict[str, Any]:
        """Refuse what has a space."""
        if " " in entered["site"]:
            raise InvalidAccount("A site has no spaces.")
        return {"site": entered["site"]}

    def clean_secret(self, entered: str) -> str:
        """Refuse a key's id."""
        if entered.startswith("id:"):
            raise InvalidAccount("This is the key's ID, not the key.")
        return entered

    def open(self, account: Mapping[str, Any], secret: str) -> Session:
        """Nothing here may reach a vendor."""
        raise AssertionError("Link must not speak to the vendor itself.")


@pytest.fixture(autouse=True)
def _fake_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    # The entry, not the function: a module that is first imported meanwhile would keep that.
    monkeypatch.setitem(catalogue(), "rkgp", FakeChargify())


@dataclass
class Customer:
    """An SMB customer with a Link URL in a browser."""

    tenant: Tenant
    company: Company
    token: str
    client: Client = field(default_factory=Client)

    def url(self, name: str = "start", **kwargs: Any) -> str:
        """Return the URL of a Link page."""
        return reverse(f"link:{name}", kwargs={"token": self.token, **kwargs})

    def get(self, name: str = "start", query: str = "", **kwargs: Any) -> Any:
        """Open a page."""
        return self.client.get(self.url(name, **kwargs) + query)

    def post(self, name: str = "start", data: dict[str, str] | None = None, **kwargs: Any) -> Any:
        """Send a page's form."""
        return self.client.post(self.url(name, **kwargs), data or {})

    def connections(self) -> list[Connection]:
        """Return the company's connections, oldest first."""
        with tenant_context(self.tenant.operator.id):
            return list(Connection.objects.filter(company=self.company).order_by("created_at"))

    def begin(self) -> Connection:
        """Choose Chargify."""
        self.post(data={"choice": "rkgp"})
        return self.connections()[-1]

    def agree(self) -> Connection:
        """Choose Chargify and agree to what is read."""
        connection = self.begin()
        self.post("consent", connection_id=connection.id)
        return connection

    def submit(self, connection: Connection, site: str = "acme", secret: str = KEY) -> Any:
        """Send credentials."""
        return self.post("credentials", {"site": site, "secret": secret}, connection_id=connection.id)

    def check(self, connection: Connection, **values: Any) -> CredentialCheck:
        """Return a check of the connection as the worker would leave it."""
        with tenant_context(self.tenant.operator.id):
            row = CredentialCheck.objects.create(connection=connection, site_entered="acme")
            CredentialCheck.objects.filter(pk=row.pk).update(**values)
            return row

    def link(self, connection: Connection, account: Account = ACCOUNT) -> None:
        """Let the connection's credential pass."""
        with tenant_context(self.tenant.operator.id):
            connection_link(connection=connection, account=account)

    def set_status(self, connection: Connection, status: Connection.Status) -> None:
        """Put a connection into a state."""
        with tenant_context(self.tenant.operator.id):
            Connection.objects.filter(pk=connection.pk).update(status=status)

    def consents(self) -> list[Consent]:
        """Return what the company agreed to."""
        with tenant_context(self.tenant.operator.id):
            return list(Consent.objects.filter(connection__company=self.company))


CustomerOf = Callable[[Tenant], Customer]


@pytest.fixture
def customer_of(db: None) -> CustomerOf:
    """Return a function that makes a customer of an operator with Chargify switched on."""

    def make(tenant: Tenant) -> Customer:
        company = tenant.company()
        with tenant_context(tenant.operator.id):
            integration_switch(platform_key="rkgp", enabled=True, actor="test")
            token = company_link_url(company).rstrip("/").rsplit("/", 1)[1]
        return Customer(tenant=tenant, company=company, token=token)

    return make


@pytest.fixture
def baker(northwind: Tenant, customer_of: CustomerOf) -> Customer:
    """The Corner Bakery, a customer of Northwind's."""
    return customer_of(northwind)
