"""What the benchmarks run on: bundled servers, the vendor, and each contender as a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.request import urlopen

import psycopg

from config.services import Services

ROOT = Path(__file__).parents[1]
HOME = ROOT / "var/bench"
PEERS = HOME / "peers"
_SETTINGS = {
    "SECRET_KEY": "benchmarks-only-" + "x" * 50,
    "FERNET_KEYS": "benchmarks-only-fernet-key-" + "x" * 32,
    "BASE_URL": "http://127.0.0.1",
    "DEBUG": "false",
    "ALLOW_INSECURE_VENDOR_URL": "true",
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "PYTHONPATH": str(ROOT),
}


class Writes(NamedTuple):
    """What the tables of Records counted: tuples written, and transactions aside."""

    inserted: int
    updated: int
    deleted: int


class Lab:
    """A database, a Valkey and a vendor; `env` is what every contender gets."""

    def __init__(self, env: dict[str, str]) -> None:
        self.env = env
        self.vendor = ""

    @contextmanager
    def account(self, customers: int) -> Iterator[None]:
        """Serve an account of so many customers meanwhile."""
        argv = [sys.executable, "-m", "benchmarks.vendor", str(customers)]
        with subprocess.Popen(argv, cwd=ROOT, env=self.env, stdout=subprocess.PIPE, text=True) as vendor:
            try:
                self.vendor = vendor.stdout.readline().strip() if vendor.stdout else ""
                yield
            finally:
                vendor.terminate()

    def tell(self, action: str) -> Any:
        """Steer the vendor, and return its answer."""
        with urlopen(f"{self.vendor}/-/{action}") as answer:  # noqa: S310
            return json.load(answer)

    def run(self, *argv: str, python: str = sys.executable) -> dict[str, Any]:
        """Run a contender and return the figures that it printed last."""
        env = self.env | {"CHARGIFY_US_URL": self.vendor}
        done = subprocess.run([python, *argv], cwd=ROOT, env=env, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"{' '.join(argv)} failed:\n{done.stderr[-3000:]}")
        return dict(json.loads(done.stdout.splitlines()[-1]))

    def empty(self) -> None:
        """Empty the tables of Records, so that each first sync meets the same."""
        with psycopg.connect(self.env["DATABASE_OWNER_URL"]) as database:
            names = database.execute("SELECT tablename FROM pg_tables WHERE tablename LIKE 'billing\\_%'")
            database.execute(f"TRUNCATE {', '.join(name for (name,) in names)}".encode())

    def writes(self) -> Writes:
        """Return how many tuples were written to the tables of Records so far."""
        query = (
            "SELECT sum(n_tup_ins), sum(n_tup_upd), sum(n_tup_del) FROM pg_stat_user_tables"
            " WHERE relname LIKE 'billing\\_%'"
        )
        with psycopg.connect(self.env["DATABASE_OWNER_URL"]) as database:
            row = database.execute(query).fetchone()
        return Writes(*(int(number) for number in row or (0, 0, 0)))


@contextmanager
def lab() -> Iterator[Lab]:
    """Start the servers, migrate, and stop them in the end; the database is as durable as in production."""
    services = Services(HOME / "services")
    with services as urls:
        env = os.environ | _SETTINGS | urls
        migrate = [sys.executable, "manage.py", "migrate", "--database", "owner", "-v0"]
        subprocess.run(migrate, cwd=ROOT, env=env, check=True)
        yield Lab(env)


def peers_python() -> str:
    """Return the Python of the peers' own environment, made where it is missing; "" where they can't be installed."""
    python, wanted = PEERS / "bin/python", (ROOT / "benchmarks/requirements.txt").read_text()
    stamp = PEERS / "installed.txt"
    if not stamp.exists() or stamp.read_text() != wanted:
        print("Installing what we compare ourselves with (a minute or so) ...", flush=True)  # noqa: T201
        venv.create(PEERS, clear=True, with_pip=True)
        pip = [str(python), "-m", "pip", "--quiet", "install", "-r", "benchmarks/requirements.txt"]
        if subprocess.run(pip, cwd=ROOT).returncode:
            return ""
        stamp.write_text(wanted)
    return str(python)
