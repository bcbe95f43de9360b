"""How data is pulled."""

from __future__ import annotations
