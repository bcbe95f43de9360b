"""The simulator as a process."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import requests

ROOT = Path(__file__).parents[2]


def test_it_says_where_it_listens_and_stops_on_sigterm() -> None:
    arguments = ["--port", "0", "--site", "corner", "--region", "eu", "--customers", "5", "--api-key", "K"]
    command = [sys.executable, "-m", "integrations.simulator", *arguments, "--test-site"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        label, url = process.stdout.readline().split()
        site = requests.get(f"{url}/site.json", auth=("K", "x"), timeout=5).json()["site"]
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0
    assert label == "simulator:"
    assert url.startswith("http://127.0.0.1:")
    assert url.endswith("/eu/corner")
    assert (site["subdomain"], site["test"]) == ("corner", True)
