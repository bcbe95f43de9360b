from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from redis.exceptions import ConnectionError as ValkeyDown

from tests.conftest import Tenant


def test_everybody_is_served_while_valkey_is_down(northwind: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise ValkeyDown("nobody there")

    monkeypatch.setattr(cache, "get_or_set", refuse)
    answer = northwind.api().get("/companies")
    assert answer.status_code == 200
    assert answer.headers["X-Rate-Limit-Limit"] == "1000"


def test_what_can_not_do_without_valkey_says_so(northwind: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise ValkeyDown("nobody there")

    monkeypatch.setattr("config.api.views.quota_take", refuse)
    answer = northwind.api().get("/companies")
    assert answer.status_code == 503
    assert answer.json()["canBeRetried"] == "True"
