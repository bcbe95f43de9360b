"""The bundled PostgreSQL and Valkey start on a bare machine, keep their data and leave nothing behind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from config.processes import Account, Child, StartError, run_as
from config.services import BusyError, Services
from config.staging import SHARED, place_for, reachable, unprivileged
from tests.house.processtree import descendants, survivors

ROOT = Path(__file__).parents[2]
URLS = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")
AS_ROOT = os.getuid() == 0
only_root = pytest.mark.skipif(not AS_ROOT, reason="about what root does")
ACCOUNT = unprivileged() if AS_ROOT else None


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return an empty data folder, with no server named by the environment."""
    for name in URLS:
        monkeypatch.delenv(name, raising=False)
    yield tmp_path / "services"
    if AS_ROOT:
        shutil.rmtree(where(tmp_path / "services"), ignore_errors=True)


def where(data_dir: Path) -> Path:
    """Return the folder that the servers' data really lies in."""
    return place_for(data_dir, root=AS_ROOT).data


def quick(data_dir: Path) -> Services:
    """Return services that need not survive a power cut."""
    return Services(data_dir, durable=False, patience=0)


def attributes(url: str) -> tuple[object, ...]:
    """Return what the role of this URL may do."""
    with psycopg.connect(url) as connection:
        columns = "rolsuper, rolbypassrls, rolcreatedb, rolcreaterole"
        query = f"SELECT {columns} FROM pg_roles WHERE rolname = current_user"
        return connection.execute(query).fetchone() or ()


def test_data_survives_a_restart(data_dir: Path) -> None:
    first, second = Services(data_dir), Services(data_dir)
    with first as urls:
        with psycopg.connect(urls["DATABASE_OWNER_URL"]) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
        redis.Redis.from_url(urls["REDIS_URL"]).set("kept", "8")
    with second as urls:
        with psycopg.connect(urls["DATABASE_OWNER_URL"]) as connection:
            assert connection.execute("SELECT number FROM kept").fetchone() == (7,)
        assert redis.Redis.from_url(urls["REDIS_URL"]).get("kept") == b"8"
    assert (first.fresh, second.fresh) == (True, False)


def test_roles_and_files_give_away_no_more_than_needed(data_dir: Path) -> None:
    with quick(data_dir) as urls:
        assert attributes(urls["DATABASE_URL"]) == (False, False, False, False)
        assert attributes(urls["DATABASE_OWNER_URL"]) == (False, False, True, False)
        with (
            psycopg.connect(urls["DATABASE_URL"]) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute("CREATE TABLE public.mine ()")
    assert (data_dir / "passwords.json").stat().st_mode & 0o777 == 0o600
    assert (where(data_dir) / "postgres").stat().st_mode & 0o777 == 0o700
    assert (where(data_dir) / "valkey").stat().st_mode & 0o777 == 0o700


def test_both_servers_ask_for_a_password_and_listen_on_loopback_only(data_dir: Path) -> None:
    with quick(data_dir) as urls:
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(urls["DATABASE_URL"].replace("tributary_app:", "tributary_app:wrong"))
        with pytest.raises(redis.AuthenticationError):
            redis.Redis.from_url(urls["REDIS_URL"].replace("redis://:", "redis://:wrong")).ping()
        with psycopg.connect(urls["DATABASE_URL"]) as connection:
            assert connection.execute("SHOW listen_addresses").fetchone() == ("127.0.0.1",)


def test_a_stale_pid_file_does_not_block_the_start(data_dir: Path) -> None:
    with quick(data_dir):
        pass
    with subprocess.Popen(["sleep", "60"], **run_as(ACCOUNT)) as stranger:
        # After a hard kill the number in the file may by now belong to any process of the same account.
        stale = where(data_dir) / "postgres/postmaster.pid"
        stale.write_text(f"{stranger.pid}\n{stale.parent}\n1\n1\n\n127.0.0.1\n0 0\nready\n")
        with quick(data_dir) as urls:
            psycopg.connect(urls["DATABASE_URL"]).close()
        stranger.kill()


def test_a_killed_parent_leaves_no_process_and_the_data_opens_again(data_dir: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from config.services import Services;"
        "Services(Path(sys.argv[1])).start(); print('up', flush=True); time.sleep(60)"
    )
    argv = [sys.executable, "-c", script, str(data_dir)]
    with subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        assert any(line == "up\n" for line in parent.stdout)
        servers = descendants(parent.pid)
        parent.send_signal(signal.SIGKILL)
    with Services(data_dir) as urls:
        psycopg.connect(urls["DATABASE_URL"]).close()
    assert len(servers) > 2
    assert survivors(servers, seconds=5) == {}


def test_servers_that_the_environment_names_are_used_and_none_is_started(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {name: f"given-{name}" for name in URLS}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with quick(data_dir) as urls:
        assert urls == given
        assert not data_dir.exists()


def test_a_given_valkey_is_kept_beside_the_bundled_postgres(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere/0")
    with quick(data_dir) as urls:
        assert urls["REDIS_URL"] == "redis://elsewhere/0"
        psycopg.connect(urls["DATABASE_URL"]).close()


@pytest.mark.parametrize("name", ["DATABASE_URL", "DATABASE_OWNER_URL"])
def test_half_a_database_is_one_clear_sentence(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "postgresql://elsewhere/x")
    with pytest.raises(StartError, match=r"^Set both DATABASE_URL .* or neither\.$"):
        quick(data_dir).start()


def test_a_folder_in_use_is_one_clear_sentence(data_dir: Path) -> None:
    with quick(data_dir), pytest.raises(BusyError, match=r"^Another run is using .*: stop it first\.$"):
        quick(data_dir).start()


def test_without_its_passwords_the_data_is_made_anew(data_dir: Path) -> None:
    with quick(data_dir):
        pass
    shutil.rmtree(data_dir, ignore_errors=True)
    services = quick(data_dir)
    with services as urls:
        psycopg.connect(urls["DATABASE_URL"]).close()
    assert services.fresh


def test_a_server_that_dies_shows_the_end_of_its_log(tmp_path: Path) -> None:
    child = Child("teapot", ["sh", "-c", "echo short and stout; exit 3"], log=tmp_path / "teapot.log", env={})
    with pytest.raises(StartError, match=r"(?s)^teapot stopped \(exit code 3\).*short and stout"):
        child.wait_until(lambda: False)


def test_an_ordinary_user_runs_the_programs_in_place_with_data_at_home(tmp_path: Path) -> None:
    place = place_for(tmp_path, root=False)
    assert (place.data, place.account) == (tmp_path, None)
    assert Path(sys.prefix) in place.postgres.parents
    assert Path(sys.prefix) in place.valkey.parents


@only_root
def test_root_hands_programs_and_data_to_nobody_and_shuts_out_everybody_else(data_dir: Path) -> None:
    place = place_for(data_dir, root=True)
    assert SHARED in place.postgres.parents
    for folder in (SHARED, place.data):
        assert (folder.stat().st_uid, folder.stat().st_mode & 0o777) == (0, 0o710)
    assert place.account == ACCOUNT


@only_root
@pytest.mark.parametrize("trap", ["open", "foreign", "link"])
def test_a_folder_that_somebody_else_prepared_is_refused(tmp_path: Path, trap: str) -> None:
    folder = tmp_path / "taken"
    if trap == "link":
        folder.symlink_to(tmp_path)
    else:
        folder.mkdir(mode=0o700)
        folder.chmod(0o777 if trap == "open" else 0o700)
        os.chown(folder, 1234 if trap == "foreign" else 0, 0)
    with pytest.raises(StartError, match="somebody else's"):
        reachable(folder, Account(65534, 65534))
