"""A pytest plugin (`-p tests.services`) that gives the tests a real PostgreSQL and Valkey.

pytest-django reads the settings before any conftest, so the environment is set when this module is imported.
"""

from __future__ import annotations

import atexit
import os
from itertools import count
from pathlib import Path

from config.services import BusyError, Services

ROOT = Path(__file__).parents[1]
DEFAULTS = {
    "SECRET_KEY": "tests-only-" + "x" * 50,
    "FERNET_KEYS": "tests-only-fernet-key-" + "x" * 32,
    "BASE_URL": "http://127.0.0.1",
    "DEBUG": "false",
    # Playwright keeps an event loop in the main thread, where the other tests use the database.
    "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
}
OURS = "TEST_SERVERS"  # the variables that name servers started here


def start() -> Services:
    """Start the servers on a data folder that no other test run is using."""
    for slot in count(1):
        services = Services(ROOT / f"var/test-services/{slot}", durable=False, patience=0)
        try:
            os.environ.update(services.start())
            return services
        except BusyError:
            continue
    raise AssertionError  # count() has no end


for name, value in DEFAULTS.items():
    os.environ.setdefault(name, value)
if "PYTEST_XDIST_WORKER" in os.environ and OURS in os.environ:
    # Workers inherit the controller's environment. Each has servers of its own: they flush what they share.
    for name in os.environ.pop(OURS).split():
        os.environ.pop(name, None)
before = set(os.environ)
atexit.register(start().stop)
os.environ[OURS] = " ".join(set(os.environ) - before)
