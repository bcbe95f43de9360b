"""The simulated vendor's front: HTTP, the door, faults, webhooks, and the pages that steer it."""

from __future__ import annotations
