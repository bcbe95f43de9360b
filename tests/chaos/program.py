"""The program with servers of its own, each of which can be killed and started again where it was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from unittest.mock import patch
from urllib.parse import urlsplit

import psycopg

from config import services
from config.processes import Child
from config.services import Services
from config.staging import Place, place_for
from integrations.simulator import Simulator, SiteSpec
from tests.stack import ROOT

CELERY = [str(Path(sys.executable).parent / "celery"), "-A", "config"]
SERVERS = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")


class Program:
    """PostgreSQL, Valkey, a simulated vendor, a worker and beat; processes that we started and no others."""

    def __init__(self, name: str, sites: Sequence[SiteSpec]) -> None:
        """Start it beside a vendor with these sites; the name is that of its folder."""
        self.sites, self.folder = sites, ROOT / "var" / name
        self.services = Services(self.folder / "services")
        with patch.dict(os.environ):
            for name in SERVERS:
                os.environ.pop(name, None)
            self.env = os.environ | self.services.start()
        self.vendor = Simulator(sites).start()
        self.env |= {
            "CHARGIFY_US_URL": f"{self.vendor.root}/us/{{site}}",
            "CHARGIFY_EU_URL": f"{self.vendor.root}/eu/{{site}}",
            "ALLOW_INSECURE_VENDOR_URL": "true",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        self.run("manage.py", "migrate", "--database", "owner", "--no-input", "-v0")
        self.worker = self._start_worker()
        self.beat = self._start(
            "beat", [*CELERY, "beat", "--scheduler", "celery.beat:Scheduler", "-l", "INFO"]
        )

    def stop(self) -> None:
        """End everything."""
        self.kill_worker()
        self.beat.process.kill()
        self.beat.process.wait()
        self.vendor.stop()
        self.services.stop()

    def run(self, *arguments: str) -> str:
        """Run a Python program in the environment of the others, and return what it printed."""
        done = subprocess.run(
            [sys.executable, *arguments], env=self.env, cwd=ROOT, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def errand(self, *arguments: str) -> list[str]:
        """Do an errand of `tests.chaos.errands` and return the lines it printed."""
        return self.run("-m", "tests.chaos.errands", *arguments).splitlines()

    # --- deaths ---

    def kill_worker(self) -> None:
        """Kill the worker with all its children, in the midst of what they do."""
        os.killpg(self.worker.process.pid, signal.SIGKILL)  # a session of its own
        self.worker.process.wait()

    def restart_worker(self) -> None:
        """Start the worker again."""
        self.worker = self._start_worker()

    def kill_postgres(self) -> None:
        """Kill PostgreSQL; its sessions end as soon as they notice."""
        server = self._server("postgres")
        sessions = _children(server.process.pid)
        server.process.kill()
        server.process.wait()
        wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in sessions), seconds=30)

    def restart_postgres(self) -> None:
        """Start PostgreSQL on what it had written."""
        place = self._place()
        with patch.object(services, "free_port", lambda: urlsplit(self.env["DATABASE_URL"]).port):
            self.services._start_postgres(place, self.services._passwords(place))

    def kill_valkey(self) -> None:
        """Kill Valkey and lose what it had kept."""
        server = self._server("valkey")
        server.process.kill()
        server.process.wait()
        subprocess.run(["rm", "-r", str(self.services.home / "valkey")], check=True)

    def restart_valkey(self) -> None:
        """Start an empty Valkey."""
        place = self._place()
        with patch.object(services, "free_port", lambda: urlsplit(self.env["REDIS_URL"]).port):
            self.services._start_valkey(place, self.services._passwords(place)["valkey"])

    def kill_vendor(self) -> None:
        """Let the vendor vanish with all its connections."""
        self.vendor.stop()

    def restart_vendor(self) -> None:
        """Bring the vendor back at its old address, with the same account: a fixed clock makes the same bytes."""
        self.vendor = Simulator(self.sites, port=self.vendor.port).start()

    # --- what is seen from outside ---

    def ask(self, query: str, *values: str) -> object:
        """Return the one value that a query of the owner's gives."""
        with psycopg.connect(self.env["DATABASE_OWNER_URL"], autocommit=True) as owner:
            row = owner.execute(query, values).fetchone()
            return row[0] if row else None

    def pages(self, connection: str) -> int:
        """Return how many pages were written so far."""
        query = "SELECT coalesce(sum(pages), 0) FROM integrations_pulloperation WHERE connection_id = %s"
        return int(str(self.ask(query, connection)))

    def state(self, connection: str) -> str:
        """Return how the connection's sync stands."""
        return str(self.ask("SELECT status FROM integrations_sync WHERE connection_id = %s", connection))

    def let_leases_run_out(self) -> None:
        """Let the minutes be over for which a dead worker holds a sync and its places, or a message is out."""
        with psycopg.connect(self.env["DATABASE_OWNER_URL"], autocommit=True) as owner:
            owner.execute(
                "UPDATE integrations_sync SET not_before = now() WHERE status IN ('queued', 'running')"
            )
        with services.redis.Redis.from_url(self.env["REDIS_URL"]) as valkey:
            for key in valkey.scan_iter("vendor:*"):
                valkey.delete(key)

    def _start_worker(self) -> Child:
        queues = ["--queues", "checks,celery", "--concurrency", "2", "-l", "INFO"]
        worker = [*CELERY, "worker", "--without-gossip", "--without-mingle", *queues]
        # As a host does, start it again whenever it ends: one that has lost its broker may.
        return self._start("worker", ["sh", "-c", 'while :; do "$@"; sleep 1; done', "host", *worker])

    def _start(self, name: str, argv: list[str]) -> Child:
        return Child(name, argv, log=self.folder / f"{name}.log", env=self.env, cwd=ROOT)

    def _server(self, name: str) -> Child:
        return next(child for child in reversed(self.services._children) if child.name == name)

    def _place(self) -> Place:
        return place_for(self.services.data_dir, root=os.getuid() == 0)


@contextmanager
def program(name: str, sites: Sequence[SiteSpec]) -> Iterator[Program]:
    """Give the running program."""
    running = Program(name, sites)
    try:
        yield running
    finally:
        running.stop()


def wait_until(ready: Callable[[], bool], *, seconds: float) -> None:
    """Return when it is so; raise after `seconds`."""
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline, f"not so after {seconds:.0f} s"
        time.sleep(0.05)


def _children(pid: int) -> list[int]:
    with suppress(FileNotFoundError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []
