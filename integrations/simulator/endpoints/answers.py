"""What an endpoint says when it does not say 200."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """An answer other than 200; an empty `body` is sent as no bytes at all."""

    def __init__(self, status: int, body: Any = None) -> None:
        super().__init__(status)
        self.status, self.body = status, body


def invalid(*errors: str) -> Refused:
    """Return the 422 of most endpoints: a list of texts (facts §5)."""
    return Refused(422, {"errors": list(errors)})
