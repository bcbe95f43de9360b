"""Webhooks' secrets go with FERNET_KEYS as credentials do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from companies.models import WebhookConsumer
from companies.services.webhook_consumers import consumer_rotate_secret
from config.tenancy import tenant_context
from tests.conftest import Tenant
from tests.webhooks.conftest import deliveries_of, later, make_consumer, reread
from tests.webhooks.receiver import Receiver

FIELDS = ("headers", "secret", "previous_secret")


@pytest.fixture
def keys(settings: Settings) -> Any:
    """Return a function that puts other keys in force; fields remember them as a running process does."""

    def put(*names: str) -> None:
        settings.FERNET_KEYS = list(names)
        for name in FIELDS:
            field = WebhookConsumer._meta.get_field(name)
            for cached in ("keys", "fernet_keys", "fernet"):
                field.__dict__.pop(cached, None)

    before = list(settings.FERNET_KEYS)
    yield put
    put(*before)


def test_rotation_lets_the_old_key_go(northwind: Tenant, settings: Settings, keys: Any, capsys: Any) -> None:
    old = settings.FERNET_KEYS
    consumer = make_consumer(northwind, "https://hooks.example.com/", headers={"A": "b"})
    plain = make_consumer(northwind, "https://hooks.example.com/2")
    with tenant_context(northwind.operator.id):
        consumer_rotate_secret(consumer=consumer, actor="test")
    keys("the-new-key", *old)
    with pytest.raises(CommandError, match="5 secrets"):
        call_command("rotate_fernet_keys", verify=True)
    call_command("rotate_fernet_keys")
    call_command("rotate_fernet_keys", verify=True)
    assert "5 secrets encrypted again" in capsys.readouterr().out
    keys("the-new-key")
    after = reread(consumer)
    assert [getattr(after, name) for name in FIELDS] == [getattr(consumer, name) for name in FIELDS]
    assert reread(plain).previous_secret is None


def test_a_lost_key_is_tried_again_later(
    northwind: Tenant, inbox: Receiver, settings: Settings, keys: Any, work: Callable[[], None]
) -> None:
    old = settings.FERNET_KEYS
    with later():
        make_consumer(northwind, inbox.url)
        northwind.company()
        keys("another-key")
        work()
        keys(*old)
    (delivery,) = deliveries_of(northwind)
    assert (delivery.state, delivery.last_error) == ("waiting", "Something went wrong on our side.")
    with later(seconds=6):
        work()
    assert len(inbox.requests) == 1
