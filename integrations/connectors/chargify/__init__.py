"""Chargify: everything of this vendor stands in this folder."""

from __future__ import annotations

from integrations.connectors.chargify.connector import ChargifyConnector

__all__ = ["ChargifyConnector"]
