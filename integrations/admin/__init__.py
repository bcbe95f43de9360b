"""The Portal's pages about integrations and syncs."""

from __future__ import annotations

from integrations.admin.requests import VendorRequestAdmin
from integrations.admin.syncs import SyncAdmin

__all__ = ["SyncAdmin", "VendorRequestAdmin"]
