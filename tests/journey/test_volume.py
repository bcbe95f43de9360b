"""A big account: all of it arrives, and memory does not grow with it."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys

import pytest

from integrations.simulator import Simulator, SiteSpec
from tests.stack import ROOT, SITE_KEY, Stack

# Runs a management command and adds its peak memory in kB to what it prints. Not getrusage(): its peak includes that
# of the process that forked us.
MEASURED = """
import re, runpy, sys
sys.argv = ["manage.py", *sys.argv[1:]]
runpy.run_path("manage.py", run_name="__main__")
print(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1])
"""
MOST_MEMORY_MB = 200
# What the ledger has no row count for, and what only older sites have.
NOT_STATED = {"site", "site_statistics", "site_mrr", "coupon_codes", "statements", "transactions"}


@pytest.mark.slow
def test_ten_thousand_customers_arrive_whole_in_flat_memory(stack: Stack) -> None:
    site = SiteSpec(region="us", subdomain="big", api_key=SITE_KEY, customers=10_000, months=24, seed=7)
    with Simulator([site], port=0) as simulator:
        big = dataclasses.replace(stack, env=stack.env | {"CHARGIFY_US_URL": f"{simulator.root}/us/{{site}}"})
        connection = connect(big)
        outcome, peak = measured_sync(big, connection)
        stated = simulator.site("us", "big").ledger()["rows"]
    # Read as well, and stated apart.
    stated["invoice_events"] += stated["invoice_status_changes"]
    read = {name: stream["read"] for name, stream in outcome["streams"].items() if name not in NOT_STATED}
    assert read == {name: stated[name] for name in read}
    assert stated["subscriptions"] >= 12_000
    assert stated["invoices"] >= 60_000
    assert peak < MOST_MEMORY_MB


def connect(stack: Stack) -> str:
    """Return a connection to the site `big`."""
    operator = stack.operator()
    stack.manage("integration_enable", "--operator", operator.id, "--platform-key", "rkgp")
    company = json.loads(
        stack.manage("company_create", "--operator", operator.id, "--name", "Big Bakery", "--json")
    )
    arguments = ("connect", "--company", company["company_id"], "--site", "big", "--api-key-stdin")
    return stack.manage(*arguments, stdin=f"{SITE_KEY}\n")


def measured_sync(stack: Stack, connection: str) -> tuple[dict[str, dict[str, dict[str, int]]], int]:
    """Return how a sync went, and the peak of its memory in MB."""
    command = [sys.executable, "-c", MEASURED, "sync", "--connection", connection, "--json"]
    done = subprocess.run(command, env=stack.env, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    outcome, peak = done.stdout.splitlines()
    return json.loads(outcome), int(peak) // 1024
