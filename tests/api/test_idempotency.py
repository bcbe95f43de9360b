from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
import time_machine
from django.db import connections
from django.test import Client
from django.utils import timezone
from rest_framework.exceptions import APIException

from companies.models import Company
from companies.services import companies as services
from companies.services.api_keys import api_key_create
from config.models import IdempotentAnswer
from config.tenancy import tenant_context
from tests.conftest import Tenant


def create(client: Client, key: str = "k1", **body: Any) -> Any:
    return client.post(
        "/companies",
        {"name": "Corner Bakery", **body},
        content_type="application/json",
        headers={"Idempotency-Key": key},
    )


def count(tenant: Tenant) -> int:
    with tenant_context(tenant.operator.id):
        return Company.objects.count()


def test_replay(northwind: Tenant) -> None:
    first, second = create(northwind.api()), create(northwind.api())
    assert first.json() == second.json()
    assert (second.status_code, second.headers["Content-Type"]) == (200, "application/json")
    assert second.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["X-Rate-Limit-Remaining"] == "998"
    assert count(northwind) == 1


def test_a_refusal_is_replayed(northwind: Tenant) -> None:
    first, second = create(northwind.api(), name="B\u00e4r"), create(northwind.api(), name="B\u00e4r")
    assert first.status_code == second.status_code == 400
    assert second.headers["Idempotency-Replayed"] == "true"
    assert first.json() == second.json()


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
def test_what_may_change_is_not_kept(northwind: Tenant, status: int) -> None:
    refusal = APIException()
    refusal.status_code = status
    with patch("companies.api.views.company_create", side_effect=refusal):
        assert create(northwind.api()).status_code == status
    again = create(northwind.api())
    assert again.status_code == 200
    assert "Idempotency-Replayed" not in again.headers


@pytest.mark.parametrize("status", [400, 404, 409, 422])
def test_other_refusals_are_kept(northwind: Tenant, status: int) -> None:
    refusal = APIException()
    refusal.status_code = status
    with patch("companies.api.views.company_create", side_effect=refusal):
        assert create(northwind.api()).status_code == status
    again = create(northwind.api())
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (status, "true")


def test_another_api_key_gets_an_answer_of_its_own(northwind: Tenant) -> None:
    with tenant_context(northwind.operator.id):
        _, secret = api_key_create(name="other", actor="test")
    other = Client(headers={"Authorization": f"Bearer {secret}"})
    first, second = create(northwind.api()), create(other)
    assert second.status_code == 200
    assert "Idempotency-Replayed" not in second.headers
    assert first.json()["id"] != second.json()["id"]
    assert create(other, name="Other").status_code == 422
    assert create(other).json() == second.json()
    assert create(northwind.api()).json() == first.json()


def test_an_empty_answer_is_replayed(northwind: Tenant) -> None:
    path = f"/companies/{northwind.company().id}/data/all"
    for _ in range(2):
        answer = northwind.api().post(path, headers={"Idempotency-Key": "k"})
        assert (answer.status_code, answer.content) == (204, b"")


def test_another_request_with_the_key(northwind: Tenant) -> None:
    create(northwind.api())
    assert create(northwind.api(), name="Other").status_code == 422
    elsewhere = northwind.api().post(
        f"/companies/{northwind.company().id}/connections",
        '"rkgp"',
        headers={"Idempotency-Key": "k1"},
        content_type="application/json",
    )
    assert elsewhere.status_code == 422


def test_other_keys_methods_and_operators(northwind: Tenant, southbank: Tenant) -> None:
    company = create(northwind.api()).json()
    assert create(northwind.api(), key="k2").json()["id"] != company["id"]
    assert create(southbank.api()).json()["id"] != company["id"]
    for name in ("A", "B"):
        answer = northwind.api().put(
            f"/companies/{company['id']}",
            {"name": name},
            content_type="application/json",
            headers={"Idempotency-Key": "k1"},
        )
        assert answer.json()["name"] == name


@pytest.mark.parametrize("key", ["x" * 201, "a\tb"])
def test_odd_keys(northwind: Tenant, key: str) -> None:
    assert create(northwind.api(), key=key).status_code == 400


def test_kept_for_90_minutes(northwind: Tenant) -> None:
    now = timezone.now()
    create(northwind.api())
    with time_machine.travel(now + timedelta(minutes=89)):
        create(northwind.api())
        assert count(northwind) == 1
    with time_machine.travel(now + timedelta(minutes=91)):
        create(northwind.api())
        assert count(northwind) == 2
        with tenant_context(northwind.operator.id):
            assert IdempotentAnswer.objects.count() == 1


def test_a_defect_of_ours_is_not_kept(northwind: Tenant) -> None:
    with patch("companies.api.views.company_create", side_effect=RuntimeError):
        assert create(northwind.api()).status_code == 500
    assert create(northwind.api()).status_code == 200


def test_without_a_key_no_client_gets_an_answer(northwind: Tenant) -> None:
    create(northwind.api())
    assert create(Client()).status_code == 401


def test_two_at_once(committed: Tenant) -> None:
    """Two database sessions: the second request meets the first one unfinished."""
    entered, go_on = threading.Event(), threading.Event()
    original, answers = services.company_create, []

    def slow(**values: Any) -> Company:
        entered.set()
        assert go_on.wait(20)
        return original(**values)

    def first() -> None:
        answers.append(create(committed.api()))
        connections.close_all()

    with patch("companies.api.views.company_create", slow):
        thread = threading.Thread(target=first)
        thread.start()
        assert entered.wait(20)
        concurrent = create(committed.api())
        go_on.set()
        thread.join(20)
    assert (concurrent.status_code, answers[0].status_code) == (409, 200)
    again = create(committed.api())
    assert again.json() == answers[0].json()
    assert count(committed) == 1
