"""`python -m integrations.simulator`."""

from __future__ import annotations

from .command import main

main()
