"""What a site answers in the place of data."""

from __future__ import annotations

import uuid

from .messages import HTML, TEXT, Response


def _html(status: int, heading: str) -> Response:
    return Response(status, f"<!DOCTYPE html><html><body><h1>{heading}</h1></body></html>\n".encode(), HTML)


def _blocked(text: str) -> Response:
    return Response(422, f'{{"errors":["{text}"]}}'.encode())


# Plain text under a JSON content type: the type is inferred from an old .xml recording (facts §1 [I]).
UNAUTHORIZED = Response(401, b"HTTP Basic: Access denied.\n")
# How an unknown subdomain answers is not known (facts §1 [?]).
NO_SUCH_SITE = _html(404, "No such site")

# These come from in front of the application, whatever the key is. The pages are unknown (facts §4 [?]).
IN_FRONT = {
    "error_500": _html(500, "Internal Server Error"),
    "bad_gateway": _html(502, "Bad Gateway"),
    "down": _html(503, "Service Unavailable"),
    "gateway_timeout": _html(504, "Gateway Timeout"),
    "html": _html(200, "Please sign in"),
}
# These meet a valid key: 422 of a blocked account on any endpoint, 401 of a bad spell (facts §1).
TO_VALID_KEYS = {
    "account_canceled": _blocked(
        "Your Chargify account has been canceled. Please contact support@chargify.com to reactivate."
    ),
    "trial_ended": _blocked("Your trial has ended, please contact sales."),
    "clearing_data": _blocked("Site data clearing is in progress. Please try later."),
    "site_deleted": _blocked("This site has been deleted."),
    "unauthorized": UNAUTHORIZED,
    "incident": UNAUTHORIZED,
}


def too_many() -> Response:
    """Return the 429 of a site whose four workers are busy: text, no Retry-After (facts §4)."""
    text = (
        "Your request was denied due to a usage violation. "
        f"You can track this request with support by referencing {uuid.uuid4()}"
    )
    return Response(429, text.encode(), TEXT)
