"""The simulator's fixtures for all tests of integrations."""

from __future__ import annotations

from tests.sandbox import acme, linked, simulator

__all__ = ["acme", "linked", "simulator"]
