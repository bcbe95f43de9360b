"""Chargebee, a preview: everything of this vendor stands in this folder."""

from __future__ import annotations

from integrations.connectors.chargebee.connector import ChargebeeConnector

__all__ = ["ChargebeeConnector"]
