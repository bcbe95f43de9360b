"""Signing in: wrong passwords lock one address out for a while, and nobody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from redis.exceptions import ConnectionError as ValkeyDown

from tests.conftest import PASSWORD, Tenant

URL = "/admin/login/"
NAMES = ("alice@example.org", "ALICE@example.org", " Alice@Example.org ")


def sign_in(email: str, password: str = PASSWORD, address: str = "192.0.2.1") -> Any:
    return Client().post(URL, {"username": email, "password": password}, REMOTE_ADDR=address)


def fail(times: int = settings.AXES_FAILURE_LIMIT) -> list[int]:
    """Enter wrong passwords for Alice, in different spellings of her address."""
    return [sign_in(NAMES[number % len(NAMES)], "wrong").status_code for number in range(times)]


def test_many_wrong_passwords_lock_out(northwind: Tenant) -> None:
    assert fail() == [200] * (settings.AXES_FAILURE_LIMIT - 1) + [429]
    for name in NAMES:
        assert sign_in(name).status_code == 429


def test_one_wrong_password_fewer_does_not(northwind: Tenant) -> None:
    fail(settings.AXES_FAILURE_LIMIT - 1)
    assert sign_in("alice@example.org").status_code == 302


def test_nobody_else_is_locked_out(northwind: Tenant, southbank: Tenant) -> None:
    fail()
    assert sign_in("charlie@example.org").status_code == 302
    assert sign_in("alice@example.org", address="192.0.2.2").status_code == 302


def test_the_page_says_when_to_try_again(northwind: Tenant) -> None:
    fail()
    page = sign_in("alice@example.org").content.decode()
    assert "<h1>Too many tries</h1>" in page
    assert "Try again in 15 minutes." in page
    assert f"{settings.AXES_FAILURE_LIMIT} times" in page


def test_the_wait_is_not_prolonged_by_trying(northwind: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    fail()
    touched: list[Any] = []
    monkeypatch.setattr(cache, "touch", lambda **values: touched.append(values))
    assert sign_in("alice@example.org", "wrong").status_code == 429
    assert not touched
    assert timedelta(hours=settings.AXES_COOLOFF_TIME) == timedelta(minutes=15)


def test_without_valkey_nobody_signs_in_and_a_page_says_so(
    northwind: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise ValkeyDown("nobody there")

    for name in ("get", "add"):
        monkeypatch.setattr(cache, name, refuse)
    answer = sign_in("alice@example.org")
    assert answer.status_code == 503
    assert "<h1>Try again in a minute</h1>" in answer.content.decode()
