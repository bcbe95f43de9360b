"""The bundled PostgreSQL and Valkey: real servers on free loopback ports, for local runs and tests."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import IO

import psycopg
import redis
from psycopg import sql

from config.files import write_private
from config.processes import Child, StartError, die_with_parent, free_port, run_as, stop_all
from config.staging import Place, place_for

OWNER, APP, DATABASE = "tributary_owner", "tributary_app", "tributary"
OWNER_ATTRIBUTES = "LOGIN CREATEDB NOSUPERUSER NOBYPASSRLS NOCREATEROLE"
APP_ATTRIBUTES = "LOGIN NOCREATEDB NOSUPERUSER NOBYPASSRLS NOCREATEROLE"
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
CLEAN_ENV = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


class Services:
    """PostgreSQL and Valkey with their data in `data_dir`, except a server that the environment names."""

    def __init__(self, data_dir: Path, *, durable: bool = True, patience: float = 5) -> None:
        """Take the folder to keep; `durable=False` trades safety after a power cut for speed (tests).

        `patience` is how many seconds a killed run's servers get to end before the folder is called busy.
        """
        self.data_dir, self.durable, self.patience = data_dir.resolve(), durable, patience
        self.home = self.data_dir  # elsewhere when root starts it
        self.fresh = False
        self._children: list[Child] = []
        self._lock: IO[bytes] | None = None

    def __enter__(self) -> dict[str, str]:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> dict[str, str]:
        """Start what the environment does not name; return DATABASE_URL, DATABASE_OWNER_URL and REDIS_URL."""
        given = given_urls()
        if len(given) == 3:
            return given
        try:
            return self._start_missing(given) | given
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop the servers and let go of the data."""
        stop_all(self._children, seconds=15)
        self._children.clear()
        if self._lock:
            self._lock.close()
            self._lock = None

    def check(self) -> None:
        """Raise if a server has died."""
        for child in self._children:
            child.check()

    def _start_missing(self, given: dict[str, str]) -> dict[str, str]:
        self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = lock(self.data_dir, self.patience)
        place = place_for(self.data_dir, root=os.getuid() == 0)
        self.home = place.data
        passwords = self._passwords(place)
        urls: dict[str, str] = {}
        if "REDIS_URL" not in given:
            urls |= self._start_valkey(place, passwords["valkey"])
        if "DATABASE_URL" not in given:
            urls |= self._start_postgres(place, passwords)
        return urls

    def _passwords(self, place: Place) -> dict[str, str]:
        """Read the passwords; without them start over, because the data cannot be opened."""
        file = self.data_dir / "passwords.json"
        if file.exists():
            return dict(json.loads(file.read_text()))
        for name in ("postgres", "valkey"):
            shutil.rmtree(place.data / name, ignore_errors=True)
        passwords = {name: secrets.token_hex(16) for name in ("postgres", "valkey", OWNER, APP)}
        write_private(file, json.dumps(passwords))
        return passwords

    def _start_valkey(self, place: Place, password: str) -> dict[str, str]:
        folder, port = place.data / "valkey", free_port()
        if not folder.exists():
            place.make("valkey")
        config = {
            "bind": "127.0.0.1",
            "port": str(port),
            "dir": f'"{folder}"',
            "requirepass": password,
            "save": '""',
            "appendonly": "yes" if self.durable else "no",
        }
        lines = "".join(f"{key} {value}\n" for key, value in config.items())
        server = self._start(place, "valkey", [place.valkey, "-"], signal.SIGTERM, stdin=lines)
        url = f"redis://:{password}@127.0.0.1:{port}/0"
        server.wait_until(lambda: valkey_answers(url))
        return {"REDIS_URL": url}

    def _start_postgres(self, place: Place, passwords: dict[str, str]) -> dict[str, str]:
        folder, port = place.data / "postgres", free_port()
        if not folder.exists():
            self._initdb(place, passwords["postgres"])
            self.fresh = True
        # We hold the lock, which every server of ours inherits: whoever wrote this file is gone.
        (folder / "postmaster.pid").unlink(missing_ok=True)
        settings = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "timezone": "UTC"}
        settings |= {} if self.durable else FAST
        options = [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
        argv: list[str | Path] = [place.postgres / "postgres", "-D", folder, "-p", str(port), *options]
        server = self._start(place, "postgres", argv, signal.SIGINT)  # a fast shutdown
        admin = database_url("postgres", passwords["postgres"], port, "postgres")
        server.wait_until(lambda: postgres_answers(admin), seconds=60)
        create_roles(admin, passwords)
        return {
            "DATABASE_URL": database_url(APP, passwords[APP], port),
            "DATABASE_OWNER_URL": database_url(OWNER, passwords[OWNER], port),
        }

    def _initdb(self, place: Place, password: str) -> None:
        """Make the cluster beside its place and move it there, so that none is ever left half done."""
        shutil.rmtree(place.data / "postgres.new", ignore_errors=True)
        folder = place.make("postgres.new")
        with tempfile.NamedTemporaryFile("w", dir=place.data) as password_file:
            password_file.write(password)
            password_file.flush()
            place.give(Path(password_file.name))
            run_initdb(place, folder, password_file.name)
        folder.rename(place.data / "postgres")

    def _start(
        self, place: Place, name: str, argv: list[str | Path], end: signal.Signals, *, stdin: str = ""
    ) -> Child:
        child = Child(
            name,
            argv,
            log=self.data_dir / f"{name}.log",
            env=CLEAN_ENV,
            cwd=place.data / name,
            account=place.account,
            stop_signal=end,
            death_signal=end,
            stdin=stdin,
            pass_fds=[self._lock.fileno()] if self._lock else [],
        )
        self._children.append(child)
        return child


def given_urls() -> dict[str, str]:
    """Return the servers that the environment names; both roles of a database or neither."""
    names = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")
    given = {name: os.environ[name] for name in names if os.environ.get(name)}
    if ("DATABASE_URL" in given) != ("DATABASE_OWNER_URL" in given):
        raise StartError(
            "Set both DATABASE_URL (the app role) and DATABASE_OWNER_URL (the one that migrates), or neither."
        )
    return given


def lock(folder: Path, patience: float) -> IO[bytes]:
    """Lock the data, for us and for the servers, which inherit it."""
    file = (folder / "lock").open("wb")
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return file
        except BlockingIOError:
            if time.monotonic() > deadline:
                file.close()
                raise BusyError(f"Another run is using {folder}: stop it first.") from None
            time.sleep(0.1)


class BusyError(StartError):
    """Another process uses this data folder."""


def run_initdb(place: Place, folder: Path, password_file: str) -> None:
    """Create an empty cluster in `folder` that asks everybody for a password."""
    options = ["-U", "postgres", "--auth=scram-sha-256", f"--pwfile={password_file}", "--encoding=UTF8"]
    options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-instructions"]
    done = subprocess.run(
        [place.postgres / "initdb", "-D", folder, *options],
        env=CLEAN_ENV,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        preexec_fn=die_with_parent(signal.SIGTERM),
        **run_as(place.account),
    )
    if done.returncode:
        raise StartError(f"initdb failed:\n{done.stdout}{done.stderr}")


def create_roles(admin: str, passwords: dict[str, str]) -> None:
    """Make the two roles and the database, as far as they are missing."""
    with psycopg.connect(admin, autocommit=True) as connection:
        for role, attributes in ((OWNER, OWNER_ATTRIBUTES), (APP, APP_ATTRIBUTES)):
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                create = sql.SQL("CREATE ROLE {} " + attributes + " PASSWORD {}")
                connection.execute(create.format(sql.Identifier(role), passwords[role]))
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            create = sql.SQL("CREATE DATABASE {} OWNER {}")
            connection.execute(create.format(sql.Identifier(DATABASE), sql.Identifier(OWNER)))


def database_url(user: str, password: str, port: int, database: str = DATABASE) -> str:
    """Return the URL of one role."""
    return f"postgresql://{user}:{password}@127.0.0.1:{port}/{database}"


def postgres_answers(url: str) -> bool:
    """Say whether PostgreSQL takes connections."""
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def valkey_answers(url: str) -> bool:
    """Say whether Valkey answers."""
    try:
        with redis.Redis.from_url(url, socket_timeout=2) as client:
            return bool(client.ping())
    except redis.ConnectionError:
        return False
