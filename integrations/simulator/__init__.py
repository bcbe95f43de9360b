"""A Chargify (Maxio Advanced Billing) that runs locally; imports no other module of ours."""

from __future__ import annotations

from .server.http import Simulator
from .site import Site
from .spec import SiteSpec

__all__ = ["Simulator", "Site", "SiteSpec"]
