"""The vendor's paths: what each list filters, orders and pages, and what it answers (facts §3)."""

from __future__ import annotations
