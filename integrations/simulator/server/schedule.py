"""Named schedules of faults: what `--faults` and the tests choose from."""

from __future__ import annotations

from .fault import Fault

CALM: tuple[Fault, ...] = ()
SLOW = (Fault("latency", latency_ms=150, jitter_ms=100),)
BUSY = (Fault("latency", latency_ms=30, jitter_ms=60), Fault("rate_limited", requests=5, every=60))
FLAKY = (
    Fault("error_500", share=0.01),
    Fault("bad_gateway", share=0.01),
    Fault("gateway_timeout", share=0.01),
    Fault("cut", share=0.01),
    Fault("reset", share=0.01),
    Fault("truncated", share=0.01),
)
OUTAGE = (Fault("down", requests=20, every=200),)
STRANGE = (
    Fault("unknown_fields"),
    Fault("unknown_values", share=0.05),
    Fault("missing_fields", share=0.02),
    Fault("giant_page", share=0.02),
    Fault("json_as_html", share=0.01),
    Fault("html_as_json", share=0.01),
    Fault("html", share=0.01),
    Fault("stalled_head", share=0.005, silence=5),
    Fault("stalled_body", share=0.005, silence=5),
    Fault("unauthorized", share=0.005),
)

PROFILES: dict[str, tuple[Fault, ...]] = {
    "calm": CALM,
    "slow": SLOW,
    "busy": BUSY,
    "flaky": FLAKY,
    "outage": OUTAGE,
    "hostile": BUSY + FLAKY + OUTAGE + STRANGE,
}
