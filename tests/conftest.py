"""Fixtures that all tests share: the test database with both roles, and three people of two operators.

Alice is an administrator of Northwind Lending; Bob is an analyst there; Charlie administers Southbank Capital, and
must never see anything of Northwind's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import hypothesis
import pytest
from django.core.cache import cache
from django.db import connections
from django.test import Client
from pytest_django.fixtures import Settings

from companies.models import Company, Member, Operator, User
from companies.roles import Role
from companies.services.api_keys import api_key_create
from companies.services.companies import company_create
from companies.services.operators import operator_create
from config.tenancy import tenant_context

# The running program, for whichever test asks for it.
pytest_plugins = ["tests.stack"]

# How long an example takes says how busy the machine is, and nothing about the code.
hypothesis.settings.register_profile(
    "busy", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("busy")

PASSWORD = "correct horse battery"


# xdist, which is registered later and would come first, reads the groups in the same hook.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a file on one worker, where what they share starts once.

    Tests that name a group of their own are left in it.
    """
    for item in items:
        if not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """Let the owner make and migrate the test database, and the app role use it; the next run drops it."""
    owner, app = connections["owner"], connections["default"]
    with django_db_blocker.unblock():
        name = owner.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        app.close()
        app.settings_dict["NAME"] = name
        yield


@pytest.fixture(autouse=True)
def _empty_cache(request: pytest.FixtureRequest) -> None:
    if "db" in request.fixturenames or request.node.get_closest_marker("django_db"):
        cache.clear()


@pytest.fixture(autouse=True)
def _settings_for_tests(settings: Settings) -> None:
    """Name static files without the manifest that `release` makes, and hash passwords fast."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@dataclass(frozen=True)
class Tenant:
    """An operator with its administrator and an API key."""

    operator: Operator
    member: Member
    user: User
    api_key: str

    def company(self, name: str = "Corner Bakery") -> Company:
        """Return a new company of this operator."""
        with tenant_context(self.operator.id):
            return company_create(name=name, actor=str(self.user))

    def portal(self) -> Client:
        """Return a browser in which the administrator is signed in."""
        client = Client()
        client.force_login(self.user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    def api(self) -> Client:
        """Return an HTTP client that sends the API key."""
        return Client(headers={"Authorization": f"Bearer {self.api_key}"})


def make_tenant(*, name: str, email: str) -> Tenant:
    """Return a new operator."""
    member = operator_create(name=name, email=email, password=PASSWORD, user_name=email.split("@")[0].title())
    with tenant_context(member.operator_id):
        _, key = api_key_create(name="test", actor="test")
    return Tenant(operator=member.operator, member=member, user=member.user, api_key=key)


@pytest.fixture
def northwind(db: None) -> Tenant:
    """Alice's operator."""
    return make_tenant(name="Northwind Lending", email="alice@example.org")


@pytest.fixture
def southbank(db: None) -> Tenant:
    """Charlie's operator, which must see nothing of Northwind's."""
    return make_tenant(name="Southbank Capital", email="charlie@example.org")


@pytest.fixture
def bob(northwind: Tenant) -> Client:
    """A browser of an analyst of Northwind's."""
    user = User.objects.create_user(email="bob@example.org", password=PASSWORD, is_staff=True)
    with tenant_context(northwind.operator.id):
        Member.objects.create(user=user, role=Role.ANALYST)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
