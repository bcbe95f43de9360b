"""Looks at running processes, for tests that nothing is left behind."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path


def descendants(pid: int) -> set[int]:
    """Return every process below `pid`."""
    children: dict[int, set[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        children.setdefault(parent, set()).add(int(stat.parent.name))
    found, fresh = set[int](), {pid}
    while fresh:
        fresh = {child for parent in fresh for child in children.get(parent, set())}
        found |= fresh
    return found


def alive(pid: int) -> bool:
    """Say whether a process runs (a zombie that init has not collected yet does not)."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def survivors(pids: set[int], *, seconds: float) -> dict[int, str]:
    """Wait until all of them are gone; kill those that are not and return them with their command lines."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and any(alive(pid) for pid in pids):
        time.sleep(0.1)
    left = {pid: Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ") for pid in pids if alive(pid)}
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    return left
