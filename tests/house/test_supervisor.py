"""`bin/demo` starts everything, seeds once, stops in order, and leaves nothing behind however it ends."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from types import ModuleType

import pytest

from config.processes import StartError
from config.staging import SHARED
from config.supervisor import choose_port, procfile
from tests.house.processtree import descendants, survivors

ROOT = Path(__file__).parents[2]
SERVERS = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")

# A stand-in for the program: the supervisor is tested here, not Django.
MANAGE = """
import json, os, sys
with open("calls.log", "a") as log:
    print(*sys.argv[1:3], "owner" if "DATABASE_OWNER_URL" in os.environ else "app", file=log)
answers = {
    "operator_create": json.dumps({"operator_id": "op-1", "user_id": "u-1", "email": "alice@example.com"}),
    "api_key_create": "key-1",
    "company_create": json.dumps({"company_id": "co-1", "link_url": os.environ["BASE_URL"] + "/link/abc"}),
}
print(answers.get(sys.argv[1], ""))
"""
SIMULATOR = """
import time
print("simulator: http://127.0.0.1:9/us/acme", flush=True)
time.sleep(600)
"""
WEB = """
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"ok"]
"""
WORKER = """
import os
from celery import Celery
os.environ.pop("DJANGO_SETTINGS_MODULE", None)
app = Celery("stub", broker=os.environ["REDIS_URL"])
app.conf.worker_soft_shutdown_timeout = 2
app.conf.worker_enable_soft_shutdown_on_idle = True
app.conf.beat_schedule = {"tick": {"task": "tick", "schedule": 1.0}}
@app.task(name="tick")
def tick(): pass
"""
RUN = (
    "import sys; from config import supervisor; supervisor.ROOT = supervisor.Path(sys.argv.pop(1)).resolve();"
)
RUN += "sys.exit(supervisor.main())"
JOURNEY = "import json, sys; print('walked', json.load(open(sys.argv[1]))['company_id']); sys.exit(7)"


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Path]:
    """Return a checkout with a stand-in program under the real Procfile."""
    real = (ROOT / "Procfile").read_text()
    commands = real.replace("config.wsgi", "stub_web").replace("-A config", "-A stub_worker")
    files = {
        "Procfile": commands,
        "manage.py": MANAGE,
        "integrations/__init__.py": "",
        "integrations/simulator.py": SIMULATOR,
        "stub_web.py": WEB,
        "stub_worker.py": WORKER,
        "bin/journey": JOURNEY,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    yield tmp_path
    for state in ("var", "var/check"):
        data = tmp_path / state / "services"
        shutil.rmtree(SHARED / f"data-{sha256(bytes(data)).hexdigest()[:12]}", ignore_errors=True)


class Demo:
    """A running supervisor, with what it has printed."""

    def __init__(self, checkout: Path, *arguments: str) -> None:
        """Start it on bundled servers, whatever the tests use."""
        env = {name: value for name, value in os.environ.items() if name not in SERVERS}
        argv = [sys.executable, "-c", RUN, str(checkout), *arguments]
        self.process = subprocess.Popen(
            argv,
            env=env | {"PYTHONPATH": str(ROOT)},
            cwd=checkout,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.printed = ""

    def wait_for(self, text: str) -> None:
        """Read its output until `text` has come."""
        assert self.process.stdout
        while text not in self.printed:
            line = self.process.stdout.readline()
            assert line, self.printed
            self.printed += line

    def end(self, number: signal.Signals | None = None) -> int:
        """Send a signal, if any, read the rest and return the exit code."""
        if number:
            self.process.send_signal(number)
        self.printed += self.process.communicate(timeout=40)[0]
        return self.process.returncode


@pytest.fixture
def start(checkout: Path) -> Iterator[Callable[..., Demo]]:
    """Start supervisors that do not outlive the test."""
    started: list[Demo] = []

    def start_one(*arguments: str) -> Demo:
        started.append(Demo(checkout, *arguments))
        return started[-1]

    yield start_one
    for demo in started:
        demo.process.kill()
        demo.process.communicate()


def test_the_procfile_names_four_process_types() -> None:
    assert list(procfile(ROOT / "Procfile")) == ["release", "web", "worker", "beat"]


def test_a_procfile_may_hold_comments_and_colons(tmp_path: Path) -> None:
    (tmp_path / "Procfile").write_text("# why: because\n\nweb:  serve --bind a:b \nwork-2: x\n")
    assert procfile(tmp_path / "Procfile") == {"web": "serve --bind a:b", "work-2": "x"}


def test_a_busy_port_is_one_clear_sentence() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(StartError, match=rf"^Port {port} is taken: .*\.$"):
            choose_port(port)
    assert choose_port(port) == port


@pytest.mark.slow
def test_it_seeds_once_and_stops_on_a_signal(checkout: Path, start: Callable[..., Demo]) -> None:
    first = start()
    first.wait_for("logs are in")
    processes = descendants(first.process.pid)
    asked = time.monotonic()
    assert first.end(signal.SIGTERM) == 0
    assert time.monotonic() - asked < 20
    assert survivors(processes, seconds=1) == {}
    before = json.loads((checkout / "var/demo.json").read_text())

    second = start()
    second.wait_for("logs are in")
    assert second.end(signal.SIGINT) == 0
    after = json.loads((checkout / "var/demo.json").read_text())
    for name in ("admin_password", "api_key", "chargify_api_key", "company_id"):
        assert before[name] == after[name]
        assert before[name]
    assert after["link_url"] == f"{after['base_url']}/link/abc"
    assert after["simulator_url"] == "http://127.0.0.1:9/us/acme"
    for name in ("demo.json", "secrets.json"):
        assert (checkout / "var" / name).stat().st_mode & 0o777 == 0o600
    calls = (checkout / "calls.log").read_text().splitlines()
    assert calls.count("migrate --database owner") == 2
    assert len([call for call in calls if call.startswith("operator_create") and call.endswith("app")]) == 1
    assert len([call for call in calls if call.startswith("company_create")]) == 1


@pytest.mark.slow
def test_a_killed_supervisor_leaves_no_process(start: Callable[..., Demo]) -> None:
    demo = start()
    demo.wait_for("logs are in")
    processes = descendants(demo.process.pid)
    assert len(processes) > 10
    demo.process.kill()
    assert survivors(processes, seconds=10) == {}


@pytest.mark.slow
def test_a_part_that_dies_stops_everything_and_shows_its_log(
    checkout: Path, start: Callable[..., Demo]
) -> None:
    text = (checkout / "Procfile").read_text()
    beat = next(line for line in text.splitlines() if line.startswith("beat"))
    (checkout / "Procfile").write_text(text.replace(beat, "beat: sh -c 'sleep 3; echo it broke; exit 4'"))
    demo = start()
    demo.wait_for("logs are in")
    processes = descendants(demo.process.pid)
    assert demo.end() == 1
    assert "beat stopped (exit code 4)" in demo.printed
    assert "it broke" in demo.printed
    assert survivors(processes, seconds=1) == {}


@pytest.mark.slow
def test_check_walks_the_journey_on_fresh_data_and_passes_its_exit_code(
    checkout: Path, start: Callable[..., Demo]
) -> None:
    for _ in range(2):
        demo = start("--check")
        assert demo.end() == 7
        assert "walked co-1" in demo.printed
    calls = (checkout / "calls.log").read_text()
    assert calls.count("operator_create") == 2


@pytest.fixture
def bootstrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return bin/bootstrap.py, let loose on an empty checkout, with `steps` recording what it would run."""
    spec = importlib.util.spec_from_file_location("bootstrap", ROOT / "bin/bootstrap.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in ("requirements.txt", "requirements-dev.txt"):
        (tmp_path / name).write_text("one==1\n")
    (tmp_path / ".venv").mkdir()
    steps: list[str] = []
    for name, value in {
        "ROOT": tmp_path,
        "STAMP": tmp_path / ".venv/tributary.json",
        "steps": steps,
        "step": lambda label, argv: steps.append(label.split()[0]),
    }.items():
        monkeypatch.setattr(module, name, value, raising=False)
    return module


def test_bootstrap_installs_once_and_again_when_requirements_change(
    bootstrap: ModuleType, tmp_path: Path
) -> None:
    bootstrap.ready("requirements.txt")
    bootstrap.ready("requirements.txt")
    assert bootstrap.steps == ["Making", "Installing"]
    bootstrap.ready("requirements.txt", "requirements-dev.txt")
    bootstrap.ready("requirements.txt")
    assert bootstrap.steps == ["Making", "Installing", "Installing"]
    (tmp_path / "requirements.txt").write_text("one==2\n")
    bootstrap.ready("requirements.txt")
    assert bootstrap.steps == ["Making", "Installing", "Installing", "Installing"]


def test_bootstrap_starts_over_after_an_interrupted_install(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = bootstrap.step

    def fails(label: str, argv: list[str]) -> None:
        step(label, argv)
        if label.startswith("Installing"):
            raise KeyboardInterrupt

    monkeypatch.setattr(bootstrap, "step", fails)
    with pytest.raises(KeyboardInterrupt):
        bootstrap.ready("requirements.txt")
    monkeypatch.setattr(bootstrap, "step", step)
    bootstrap.ready("requirements.txt")
    assert bootstrap.steps == ["Making", "Installing", "Making", "Installing"]


def test_a_missing_venv_module_is_one_clear_sentence(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "find_spec", lambda name: None)
    with pytest.raises(SystemExit, match=r"^Python's venv module is missing: .*python3-venv\)\.$"):
        bootstrap.ready("requirements.txt")


def test_another_system_is_one_clear_sentence(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "MACHINES", ("pdp11",))
    with pytest.raises(SystemExit, match=r"^This runs on Linux with glibc.*\.$"):
        bootstrap.ready("requirements.txt")
