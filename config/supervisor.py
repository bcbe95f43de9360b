"""Run the whole program on one machine: bundled servers, a simulated Chargify, and the Procfile."""

from __future__ import annotations

import argparse
import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from config.demo import Demo
from config.files import make_private
from config.processes import Child, StartError, die_with_parent, free_port, stop_all
from config.services import Services, lock

ROOT = Path(__file__).resolve().parents[1]
PYTHON = Path(sys.executable)  # .venv's, unresolved: the tools lie beside it
SIMULATED_SITE = "acme"
SIMULATOR = [
    "python",
    "-m",
    "integrations.simulator",
    "--port",
    "0",
    "--site",
    SIMULATED_SITE,
    "--region",
    "us",
]
SIMULATOR += ["--customers", "250", "--seed", "7", "--months", "36"]
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Supervisor:
    """Starts everything in order, watches it, and stops it in the other order."""

    def __init__(self, root: Path, state: Path, port: int) -> None:
        """Take the checkout, the folder that keeps data, secrets and logs, and the port to serve on."""
        self.root, self.state, self.port = root, state, port
        self.services = Services(state / "services")
        self.demo = Demo(state, f"http://127.0.0.1:{port}")
        self.commands = procfile(root / "Procfile")
        self.children: list[Child] = []
        self.env: dict[str, str] = {}

    def start(self) -> None:
        """Start everything; return when the web answers."""
        print("Starting PostgreSQL and Valkey ...", flush=True)
        urls = self.services.start()
        print(f"Their data: {self.services.home}")
        self.demo.settle(forget=self.services.fresh)
        owner_url = urls.pop("DATABASE_OWNER_URL")
        self.env = self._environment() | urls
        self._start_simulator()
        self._release(owner_url)
        self.demo.seed(self._manage)
        print("Starting web, worker and beat ...", flush=True)
        for name in ("web", "worker", "beat"):
            self._start(name, ["/bin/sh", "-c", f"exec env {self.commands[name]}"], self.env)
        web = self.children[1]
        web.wait_until(lambda: web_answers(self.port), seconds=60)

    def watch(self, walker: subprocess.Popen[bytes] | None = None) -> None:
        """Raise as soon as anything has died; return when the walker, if any, is done."""
        while walker is None or walker.poll() is None:
            for child in self.children:
                child.check()
            self.services.check()
            time.sleep(0.5)

    def stop(self) -> None:
        """Stop what the Procfile named, then the simulator, then the servers they use."""
        simulator, program = self.children[:1], self.children[1:]
        stop_all(program, seconds=15)
        stop_all(simulator, seconds=2)
        self.services.stop()

    def check(self) -> int:
        """Walk the whole journey as a newcomer would; return the walker's exit code."""
        argv: list[str | Path] = [PYTHON, "bin/journey", self.demo.file]
        with subprocess.Popen(argv, cwd=self.root, preexec_fn=die_with_parent(signal.SIGTERM)) as walker:
            try:
                self.watch(walker)
            finally:
                walker.terminate()
        return walker.returncode

    def _environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if name != "DATABASE_OWNER_URL"}
        return (
            inherited
            | self.demo.settings()
            | {
                "PATH": f"{PYTHON.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
                "PYTHONUNBUFFERED": "1",
                "DEBUG": "false",
                "BASE_URL": self.demo.base_url,
                "ALLOWED_HOSTS": "127.0.0.1,localhost",
                "HOST": "127.0.0.1",
                "PORT": str(self.port),
            }
        )

    def _start_simulator(self) -> None:
        print("Starting the simulated Chargify ...", flush=True)
        argv = [*SIMULATOR, f"--api-key={self.demo.chargify_api_key}"]
        simulator = self._start("simulator", argv, self.env)
        simulator.wait_until(lambda: announced_url(simulator.log) is not None, seconds=60)
        url = announced_url(simulator.log) or ""
        self.demo.simulator_url, self.demo.chargify_site = url, SIMULATED_SITE
        server = url.removesuffix(f"/us/{SIMULATED_SITE}")
        self.env |= {
            "CHARGIFY_US_URL": f"{server}/us/{{site}}",
            "CHARGIFY_EU_URL": f"{server}/eu/{{site}}",
            "ALLOW_INSECURE_VENDOR_URL": "true",
            "ALLOW_INSECURE_WEBHOOK_URL": "true",
        }

    def _release(self, owner_url: str) -> None:
        print("Preparing the database ...", flush=True)
        env = self.env | {"DATABASE_OWNER_URL": owner_url}
        release = self._start("release", ["/bin/sh", "-c", self.commands["release"]], env)
        release.wait_until(lambda: release.process.poll() == 0, seconds=300)
        self.children.remove(release)

    def _manage(self, *arguments: str) -> str:
        """Run one management command and return what it printed."""
        done = subprocess.run(
            [PYTHON, "manage.py", *arguments],
            cwd=self.root,
            env=self.env,
            capture_output=True,
            text=True,
            preexec_fn=die_with_parent(signal.SIGKILL),
        )
        if done.returncode:
            raise StartError(f"manage.py {arguments[0]} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def _start(self, name: str, argv: list[str], env: dict[str, str]) -> Child:
        child = Child(name, argv, log=self.state / f"log/{name}.log", env=env, cwd=self.root)
        self.children.append(child)
        return child


def procfile(path: Path) -> dict[str, str]:
    """Read the process types and their commands."""
    return dict(re.findall(r"^([\w-]+):[ \t]*(\S.*?)[ \t]*$", path.read_text(), re.MULTILINE))


def announced_url(log: Path) -> str | None:
    """Return the address that the simulator printed, once it has."""
    found = re.search(r"^simulator: (\S+)\n", log.read_text(errors="replace"), re.MULTILINE)
    return found and found[1]


def web_answers(port: int) -> bool:
    """Say whether the web process is up and healthy."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def choose_port(wanted: int | None) -> int:
    """Return the wanted port, or 8000, or a free one when 8000 is taken."""
    if wanted and not is_free(wanted):
        raise StartError(f"Port {wanted} is taken: name another with --port, or leave it out.")
    return wanted or (8000 if is_free(8000) else free_port())


def is_free(port: int) -> bool:
    """Say whether we could listen on this loopback port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def empty(state: Path) -> None:
    """Remove everything but the lock that we hold."""
    for item in state.iterdir():
        if item.is_dir():
            shutil.rmtree(item)
        elif item.name != "lock":
            item.unlink()


def interrupt(*_: object) -> None:
    """End once: a second Ctrl-C must not leave the stop half done."""
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def run(state: Path, port: int | None, *, check: bool) -> int:
    """Start everything, serve or check, stop everything; return the exit code."""
    make_private(state)
    with lock(state, patience=0):
        if check:
            empty(state)
        supervisor = Supervisor(ROOT, state, choose_port(port))
        try:
            supervisor.start()
            if check:
                return supervisor.check()
            print(supervisor.demo.welcome(), flush=True)
            supervisor.watch()
        except KeyboardInterrupt:
            return 0
        finally:
            print("Stopping ...", flush=True)
            supervisor.stop()
    return 0


def main() -> int:
    """Read the arguments and run; an error that a person can mend is one message."""
    parser = argparse.ArgumentParser(prog="bin/demo", description="Start the whole of Tributary.")
    parser.add_argument("--port", type=int, help="the port to serve on (default: 8000, or a free one)")
    parser.add_argument("--check", action="store_true", help="walk the journey on fresh data, then stop")
    arguments = parser.parse_args()
    for number in STOP_SIGNALS:
        signal.signal(number, interrupt)
    state, port = ROOT / "var", arguments.port
    make_private(state)
    if arguments.check:
        state, port = state / "check", port or free_port()
    try:
        return run(state, port, check=arguments.check)
    except StartError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
