"""The published clients, each in a virtual environment of its own: their requirements exclude each other's and ours."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.stack import ROOT, OperatorAccount

FOLDER = ROOT / "var" / "clients"
DRIVER = Path(__file__).with_name("driver.py")
Call = tuple[str, Any]


@dataclass(frozen=True)
class PublishedClient:
    """One version of a client that teams install from the package index."""

    package: str
    version: str
    name: str

    def drive(self, operator: OperatorAccount, calls: Sequence[Call]) -> list[dict[str, Any]]:
        """Return what each call, a dotted method and its request, gave: a `value`, or an `error` with its `status`."""
        given = {
            "module": self.package.replace("-", "_"),
            "client": self.name,
            "base_url": operator.base_url,
            "api_key": operator.api_key,
            "calls": calls,
        }
        return list(run_script(self.python(), DRIVER, given=given))

    def values(self, operator: OperatorAccount, calls: Sequence[Call]) -> list[Any]:
        """Return what each call gave; fail where one raised an error."""
        outcomes = self.drive(operator, calls)
        refused = [(call, got) for call, got in zip(calls, outcomes, strict=True) if "error" in got]
        assert not refused, refused
        return [outcome["value"] for outcome in outcomes]

    def python(self) -> Path:
        """Return the Python of the client's environment, which is made where it isn't there yet."""
        folder = FOLDER / f"{self.package}-{self.version}"
        FOLDER.mkdir(parents=True, exist_ok=True)
        with Path(f"{folder}.lock").open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)  # tests of several files may want it at once
            if not (folder / "installed").exists():
                _install(folder, f"{self.package}=={self.version}")
        return folder / "bin" / "python"


def run_script(python: Path, script: Path, *, given: Any) -> Any:
    """Run a script with another Python, a value as JSON on its input, and return the value that it prints."""
    command = [str(python), "-I", str(script)]
    done = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _install(folder: Path, requirement: str) -> None:
    """Install from the index that pip is set to; what was left half done is made anew."""
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(folder)], capture_output=True, text=True
    )
    pip = [str(folder / "bin" / "python"), "-m", "pip", "--quiet", "--no-input", "install", requirement]
    done = made if made.returncode else subprocess.run(pip, capture_output=True, text=True)
    if done.returncode:
        missing = pytest.fail if "CI" in os.environ else pytest.skip
        missing(f"{requirement} can't be installed: {done.stderr.strip()[-300:]}")
    (folder / "installed").touch()
