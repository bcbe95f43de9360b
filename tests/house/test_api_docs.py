"""docs/api.md says nothing that isn't so: its calls run, with curl and with a client; its lists are complete."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from companies.models import Scope
from companies.services.api_keys import MAX_KEYS, api_key_create
from config.api import idempotency, paging
from config.tenancy import tenant_context
from tests.api.test_scopes import OTHERWISE
from tests.clients.environments import PublishedClient
from tests.conftest import Tenant
from tests.house.test_docs import blocks, documents, rows, section, shell, text_of, ticked
from tests.stack import SITE_KEY, OperatorAccount, Stack

PAGE = "docs/api.md"
CURL = "The first five calls"
PYTHON = "The same with a published client"


@pytest.fixture
def operator(stack: Stack) -> OperatorAccount:
    """A new operator with Chargify switched on."""
    made = stack.operator()
    stack.manage("integration_enable", "--operator", made.id, "--platform-key", "rkgp")
    return made


def test_the_first_calls_work_as_they_stand(operator: OperatorAccount, tmp_path: Path) -> None:
    demo = {"base_url": operator.base_url, "api_key": operator.api_key}
    demo |= {"chargify_site": "acme", "chargify_api_key": SITE_KEY}
    (tmp_path / "var").mkdir()
    (tmp_path / "var/demo.json").write_text(json.dumps(demo))
    (tmp_path / ".curlrc").write_text("fail-with-body\nshow-error\n")
    script = "\n".join(["set -euo pipefail", *blocks(section(PAGE, CURL))])
    done = shell(script, cwd=tmp_path, env=os.environ | {"CURL_HOME": str(tmp_path)})
    assert done.returncode == 0, done.stdout + done.stderr
    authorized, status = documents(done.stdout)
    assert authorized["status"] == "Linked"
    assert "commerce-orders" in status


@pytest.mark.slow
def test_the_first_calls_work_with_the_client(operator: OperatorAccount, tmp_path: Path) -> None:
    (code,) = blocks(section(PAGE, PYTHON), "python")
    (install,) = [line for line in ticked(section(PAGE, PYTHON)) if line.startswith("pip install ")]
    package, _, version = install.removeprefix("pip install ").partition("==")
    python = PublishedClient(package, version, "CodatPlatform").python()
    env = {"BASE_URL": operator.base_url, "API_KEY": operator.api_key, "SITE": "acme", "SITE_KEY": SITE_KEY}
    command = [str(python), "-I", "-c", code]
    done = subprocess.run(command, env=os.environ | env, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    status, data_types = done.stdout.split()
    assert status == "Linked"
    assert int(data_types) > 0


def test_every_scope_has_its_row() -> None:
    table = {ticked(row[0])[0]: row[1] for row in rows(section(PAGE, "Keys and scopes"))}
    assert list(table) == list(Scope.values)
    for route, scope in OTHERWISE.items():
        if not route.startswith("companies/"):
            assert f"/{route.rpartition('/')[2]}`" in table[scope], route


def test_numbers_are_those_of_the_program() -> None:
    text = " ".join(text_of(PAGE).split())
    minutes = idempotency.LIFETIME.total_seconds() // 60
    assert f"for {minutes:.0f} minutes the same request" in text
    assert (
        f"`pageSize` ({paging.DEFAULT_SIZE} unless you say otherwise, {paging._LARGEST_PAGE} at most)" in text
    )
    assert (MAX_KEYS, "there can be ten" in text) == (10, True)


def test_the_example_of_an_error(northwind: Tenant) -> None:
    (block,) = blocks(section(PAGE, "Errors"), "json")
    with tenant_context(northwind.operator.id):
        _, key = api_key_create(name="reader", actor="test", scopes=["read"])
    answer = northwind.api().post("/companies", headers={"Authorization": f"Bearer {key}"})
    shown: dict[str, Any] = json.loads(block)
    assert len(shown["correlationId"]) == 32
    assert shown | {"correlationId": answer.json()["correlationId"]} == answer.json()
