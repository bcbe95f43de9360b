"""A subscription business with a past, and the truth about it: facts only, no body and no HTTP."""

from __future__ import annotations
