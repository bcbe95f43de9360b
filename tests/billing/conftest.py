"""The database in which transactions are real, for tests of billing."""

from __future__ import annotations

from tests.api.conftest import committed

__all__ = ["committed"]
