"""The Chargify connector: no database, no network but loopback."""

from __future__ import annotations
