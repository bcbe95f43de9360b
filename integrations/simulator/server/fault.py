"""One thing that goes wrong, and which requests it meets."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

NotNegative = Annotated[int, Meta(ge=0)]
Positive = Annotated[int, Meta(gt=0)]


class Fault(Struct, frozen=True, forbid_unknown_fields=True):
    """A mode of the weather and its bounds; without bounds it meets every request for ever."""

    mode: str
    path: str = "*"  # a pattern of the path after the site's address: /invoices*
    share: Annotated[float, Meta(gt=0, le=1)] = 1.0  # of those requests, by dice
    requests: NotNegative | None = None  # the first so many only
    every: Positive | None = None  # and again the first `requests` of every so many
    seconds: Annotated[float, Meta(ge=0)] | None = None  # by the site's clock, from its beginning
    latency_ms: NotNegative = 0
    jitter_ms: NotNegative = 0  # up to so much more, by dice
    silence: Annotated[float, Meta(ge=0, le=600)] = 30.0  # seconds that a stalled answer stays open
