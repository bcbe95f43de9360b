"""Make the checkout's `.venv` and keep it at the pinned requirements; needs nothing but a bare Python."""

from __future__ import annotations

import fcntl
import json
import os
import platform
import subprocess
import sys
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "tributary.json"
MACHINES = ("x86_64", "aarch64")


def ready(*requirements: str) -> None:
    """Return when `.venv` holds exactly these requirements files; say in one sentence what is in the way."""
    check_machine()
    with (ROOT / requirements[0]).open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # two commands at once would install over each other
        install(requirements)


def check_machine() -> None:
    """Stop on a machine that the pinned packages do not run on."""
    if sys.version_info < (3, 11):  # noqa: UP036 (whoever has an older one gets a sentence, not a traceback)
        sys.exit(f"Tributary needs Python 3.11 or newer; {sys.executable} is {platform.python_version()}.")
    if sys.platform != "linux" or platform.machine() not in MACHINES or platform.libc_ver()[0] != "glibc":
        sys.exit("This runs on Linux with glibc, on x86_64 or aarch64: use such a machine or container.")


def install(requirements: tuple[str, ...]) -> None:
    """Install what changed since the last time; a `.venv` that was left half done is made anew."""
    wanted = {name: sha256((ROOT / name).read_bytes()).hexdigest() for name in requirements}
    home = {"python": sys.version, "root": str(ROOT)}
    found = stamp()
    if not home.items() <= found.items():
        make_venv()
        found = home
    if not wanted.items() <= found.items():
        STAMP.unlink(missing_ok=True)
        pip_install(requirements)
        STAMP.write_text(json.dumps(found | wanted))


def stamp() -> dict[str, str]:
    """Read what the last completed install wrote down."""
    try:
        return dict(json.loads(STAMP.read_text()))
    except (OSError, ValueError):
        return {}


def make_venv() -> None:
    """Make an empty `.venv`."""
    if not (find_spec("venv") and find_spec("ensurepip")):
        sys.exit("Python's venv module is missing: install it (Debian and Ubuntu: apt install python3-venv).")
    step("Making .venv", [sys.executable, "-m", "venv", "--clear", str(VENV)])


def pip_install(requirements: tuple[str, ...]) -> None:
    """Install the hash-pinned requirements."""
    files = [word for name in requirements for word in ("-r", name)]
    pip = [str(PYTHON), "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input", "install"]
    step(f"Installing {' and '.join(requirements)} (a minute or so)", [*pip, "--require-hashes", *files])


def step(label: str, argv: list[str]) -> None:
    """Run one command quietly; show the end of its output only when it fails."""
    print(f"{label} ...", flush=True)
    done = subprocess.run(argv, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        sys.exit("\n".join([*done.stdout.splitlines()[-15:], f"{label} failed."]))


def become(*argv: str) -> None:
    """Replace this process by `.venv`'s Python, in the checkout."""
    os.chdir(ROOT)
    os.execv(PYTHON, [str(PYTHON), *argv])
