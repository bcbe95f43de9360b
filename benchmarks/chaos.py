"""Run scenarios of chaos: `python -m benchmarks.chaos N [SEED]`, the first with that seed and N in all.

Each is an account, bad days, and deaths, all thrown from its seed; what is read then must be the rows of an undisturbed
sync. A failure prints the seed that shows it again.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from random import randrange

import tests.services  # noqa: F401  (starts PostgreSQL and Valkey, and names them before the settings are read)


@contextmanager
def database() -> Iterator[None]:
    """Give an empty database of our own, which the app role uses."""
    import django

    django.setup()
    from django.conf import settings
    from django.db import connections

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

    owner, app = connections["owner"], connections["default"]
    name = owner.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    app.close()
    app.settings_dict["NAME"] = name
    yield
    connections.close_all()


def main(count: int, first: int) -> int:
    """Run the scenarios and print how they ended; return 1 if any failed."""
    with database():
        return 1 if _failures(range(first, first + count)) else 0


def _failures(seeds: range) -> int:
    from tests.chaos.runs import Broken, fresh_tenant, run
    from tests.chaos.scenario import scenario

    happened: Counter[str] = Counter()
    failed, started = 0, time.monotonic()
    for seed in seeds:
        try:
            with fresh_tenant() as tenant:
                happened += run(scenario(seed), tenant)
        except Broken as error:
            failed += 1
            print(error, flush=True)  # noqa: T201
    took = time.monotonic() - started
    befell = ", ".join(f"{kind} {times}" for kind, times in sorted(happened.items()))
    print(f"{len(seeds)} scenarios from seed {seeds.start} in {took:.0f} s, {failed} failed")  # noqa: T201
    print(f"What happened in them: {befell}")  # noqa: T201
    return failed


if __name__ == "__main__":
    arguments = [int(word) for word in sys.argv[1:]]
    sys.exit(main(arguments[0] if arguments else 100, arguments[1] if arguments[1:] else randrange(10**9)))
