"""Child processes that write to a log and never outlive us."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, TypedDict

from config.files import open_private

LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG = 1


class StartError(Exception):
    """Something could not start; the message is meant for the person at the terminal."""


class Account(NamedTuple):
    """The unprivileged user a child runs as."""

    uid: int
    gid: int


class AccountOptions(TypedDict, total=False):
    """What `subprocess` wants to know to run as somebody else."""

    user: int
    group: int
    extra_groups: list[int]


def free_port() -> int:
    """Ask the kernel for a loopback port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run_as(account: Account | None) -> AccountOptions:
    """Return the `subprocess` options that drop every privilege of root; none for an ordinary user."""
    return {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}


def die_with_parent(death_signal: signal.Signals) -> Callable[[], None]:
    """Return a `preexec_fn` that has the kernel send `death_signal` when this process is gone.

    The kernel watches the thread that forked, and forgets the wish when the user id changes: start children
    from the main thread, and leave the user change to `subprocess`, which does it before it calls this.
    """
    parent = os.getpid()

    def in_child() -> None:
        LIBC.prctl(PR_SET_PDEATHSIG, int(death_signal))
        if os.getppid() != parent:  # it was gone before the kernel knew our wish
            os._exit(1)

    return in_child


class Child:
    """One running process, its log, and the signal that asks it to stop."""

    def __init__(
        self,
        name: str,
        argv: Sequence[str | Path],
        *,
        log: Path,
        env: Mapping[str, str],
        cwd: Path | None = None,
        account: Account | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        death_signal: signal.Signals = signal.SIGKILL,
        stdin: str = "",
        pass_fds: Sequence[int] = (),
    ) -> None:
        """Start it; `stdin` is small and written at once."""
        self.name, self.log, self.stop_signal = name, log, stop_signal
        log.parent.mkdir(parents=True, exist_ok=True)
        with open_private(log) as out:
            self.process = subprocess.Popen(
                argv,
                stdin=subprocess.PIPE,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=env,
                cwd=cwd,
                start_new_session=True,  # Ctrl-C reaches us alone, and we stop the others in order
                pass_fds=pass_fds,
                preexec_fn=die_with_parent(death_signal),
                **run_as(account),
            )
        self._write(stdin)

    def _write(self, text: str) -> None:
        if pipe := self.process.stdin:
            with suppress(BrokenPipeError), pipe:  # it died at once: wait_until() says so, with its log
                pipe.write(text.encode())

    @property
    def running(self) -> bool:
        """Whether the process still lives."""
        return self.process.poll() is None

    def tail(self, lines: int = 15) -> str:
        """Return the last lines of its log, under its name."""
        last = self.log.read_text(errors="replace").splitlines()[-lines:]
        return "\n".join([f"The end of {self.log}:", *last])

    def check(self) -> None:
        """Raise if it has ended, with the last lines of its log."""
        if not self.running:
            raise StartError(f"{self.name} stopped (exit code {self.process.returncode}). {self.tail()}")

    def wait_until(self, ready: Callable[[], bool], seconds: float = 30) -> None:
        """Return when `ready()` holds; raise if the process dies or takes longer than `seconds`."""
        deadline = time.monotonic() + seconds
        while not ready():
            self.check()
            if time.monotonic() > deadline:
                raise StartError(f"{self.name} was not ready after {seconds:.0f} s. {self.tail()}")
            time.sleep(0.05)

    def ask_to_stop(self) -> None:
        """Send the stop signal and do not wait."""
        if self.running:
            self.process.send_signal(self.stop_signal)

    def wait_or_kill(self, seconds: float) -> None:
        """Wait for its end; kill it when that takes longer than `seconds`."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def stop_all(children: Sequence[Child], *, seconds: float) -> None:
    """Stop all of them at once, within `seconds` together."""
    deadline = time.monotonic() + seconds
    for child in children:
        child.ask_to_stop()
    for child in children:
        child.wait_or_kill(max(0, deadline - time.monotonic()))
