"""The simulator as a process."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from integrations.simulator import command

ROOT = Path(__file__).parents[2]


@contextmanager
def simulator(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    """Run it with a small site; yield the process and the two addresses that it prints."""
    argv = [sys.executable, "-m", "integrations.simulator", "--port", "0", "--customers", "5", *arguments]
    with subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        labels, addresses = zip(*(process.stdout.readline().split() for _ in range(2)), strict=True)
        assert labels == ("simulator:", "page:")
        yield process, *addresses
        process.terminate()


def test_it_says_where_it_listens_and_stops_on_sigterm() -> None:
    arguments = ["--site", "corner", "--region", "eu", "--api-key", "K", "--test-site"]
    with simulator(*arguments) as (process, url, page):
        site = requests.get(f"{url}/site.json", auth=("K", "x"), timeout=5).json()["site"]
        listed = requests.get(page, timeout=5).text
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0
    assert url.startswith("http://127.0.0.1:")
    assert url.endswith("/eu/corner")
    assert (site["subdomain"], site["test"]) == ("corner", True)
    assert "/control/eu/corner/" in listed


def test_it_follows_a_schedule_of_faults_and_holds_other_currencies() -> None:
    arguments = ["--faults", "outage", "--currencies", "EUR, gbp", "--api-key", "K", "--live"]
    with simulator(*arguments) as (_, url, page):
        answer = requests.get(f"{url}/site.json", auth=("K", "x"), timeout=5)
        requests.post(f"{page}control/us/acme/weather", json={"mode": "fair"}, timeout=5)
        site = requests.get(f"{url}/site.json", auth=("K", "x"), timeout=5).json()["site"]
    assert answer.status_code == 503
    assert site["non_primary_currencies"] == ["EUR", "GBP"]


def test_an_unknown_schedule_is_refused_with_the_names(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(["--faults", "grim"])
    assert "invalid choice: 'grim' (choose from" in (text := capsys.readouterr().err)
    assert all(name in text for name in ("calm", "slow", "busy", "flaky", "outage", "hostile"))
