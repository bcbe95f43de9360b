"""Facts written as the vendor's JSON, one module for each family of resources."""

from __future__ import annotations

from typing import Any

Body = dict[str, Any]
