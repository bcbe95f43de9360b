"""The whole program, running: gunicorn, a Celery worker and beat over a database of their own, and a simulator.

Tests of the journey use it as people and their software do, over HTTP and in a browser.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import pytest
import requests

from config.processes import free_port
from integrations.simulator import Simulator, SiteSpec

ROOT = Path(__file__).parents[1]
PASSWORD = "correct horse battery"
SITE_KEY = "simulated-key-0123456789"


@dataclass
class Stack:
    """The running program."""

    env: dict[str, str]
    base_url: str
    simulator: Simulator
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, name: str, command: list[str]) -> None:
        """Start a process that lives until the tests end."""
        log = (ROOT / "var" / f"tests-{name}.log").open("wb")
        self.processes.append(
            subprocess.Popen(command, env=self.env, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
        )

    def manage(self, *arguments: str, stdin: str | None = None) -> str:
        """Run a management command and return what it printed."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, env=self.env, cwd=ROOT, input=stdin, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def operator(self, name: str = "Acme Lending") -> OperatorAccount:
        """Return a new operator whose integrations are all switched off."""
        email = f"{uuid4().hex[:8]}@example.org"
        made = json.loads(
            self.manage("operator_create", "--name", name, "--email", email, "--password", PASSWORD, "--json")
        )
        key = self.manage("api_key_create", "--operator", made["operator_id"], "--name", "test")
        return OperatorAccount(self.base_url, made["operator_id"], email, key)


@dataclass(frozen=True)
class OperatorAccount:
    """An operator of the running program."""

    base_url: str
    id: str
    email: str
    api_key: str

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        """Call the API."""
        headers = {"Authorization": f"Bearer {self.api_key}"} | options.pop("headers", {})
        return requests.request(method, self.base_url + path, headers=headers, timeout=10, **options)

    def get(self, path: str) -> Any:
        """Return what the API answers."""
        answer = self.call("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def wait_for_sync(self, company_id: str, *, seconds: float = 60) -> dict[str, Any]:
        """Return the data status once every data type is complete."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            status: dict[str, Any] = self.get(f"/companies/{company_id}/dataStatus")
            if status and all(entry["currentStatus"] == "Complete" for entry in status.values()):
                return status
            time.sleep(0.3)
        raise AssertionError(f"not complete after {seconds} s: {status}")


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The whole program, for all tests of a run."""
    sites = [
        SiteSpec(
            region="us", subdomain="acme", api_key=SITE_KEY, customers=120, seed=7, name="Acme Projects"
        ),
        SiteSpec(region="us", subdomain="other", api_key="other-key-0123456789", customers=5, seed=8),
        SiteSpec(region="eu", subdomain="europa", api_key="europa-key-0123456789", customers=5, test=True),
    ]
    with Simulator(sites, port=0) as simulator:
        running = _prepare(simulator)
        try:
            _start(running)
            yield running
        finally:
            _stop(running)


def _prepare(simulator: Simulator) -> Stack:
    port = free_port()
    base_url = f"http://127.0.0.1:{port}"
    database = f"live_{uuid4().hex[:8]}"
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
        owner.execute(f'CREATE DATABASE "{database}"')
    env = os.environ | {
        "DATABASE_URL": _other_database(os.environ["DATABASE_URL"], database),
        "DATABASE_OWNER_URL": _other_database(os.environ["DATABASE_OWNER_URL"], database),
        "REDIS_URL": os.environ["REDIS_URL"].rsplit("/", 1)[0] + "/1",
        "BASE_URL": base_url,
        "CHARGIFY_US_URL": f"{simulator.root}/us/{{site}}",
        "CHARGIFY_EU_URL": f"{simulator.root}/eu/{{site}}",
        "ALLOW_INSECURE_VENDOR_URL": "true",
    }
    return Stack(env=env, base_url=base_url, simulator=simulator)


def _start(stack: Stack) -> None:
    (ROOT / "var").mkdir(exist_ok=True)
    stack.manage("collectstatic", "--no-input", "-v0")
    stack.manage("migrate", "--database", "owner", "--no-input", "-v0")
    binaries = Path(sys.executable).parent
    gunicorn = [str(binaries / "gunicorn"), "config.wsgi", "--worker-class", "gthread"]
    port = urlsplit(stack.base_url).port
    stack.start(
        "web",
        [*gunicorn, "--bind", f"127.0.0.1:{port}", "--threads", "8", "--no-control-socket"],
    )
    celery = [str(binaries / "celery"), "-A", "config"]
    stack.start(
        "worker", [*celery, "worker", "--queues", "checks,celery", "--concurrency", "2", "-l", "INFO"]
    )
    stack.start("beat", [*celery, "beat", "--scheduler", "celery.beat:Scheduler"])
    _wait_until_ready(stack)


def _wait_until_ready(stack: Stack) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if requests.get(f"{stack.base_url}/readyz", timeout=10).status_code == 200:
                return
        except requests.RequestException:
            pass
        time.sleep(0.2)
    raise AssertionError("the program did not start; see var/tests-web.log")


def _stop(stack: Stack) -> None:
    for process in stack.processes:
        process.terminate()
    for process in stack.processes:
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()


def _other_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
