"""Secrets in a vendor's answers, made null before anything else sees them; all else stays to the byte."""

from __future__ import annotations

import re
from collections.abc import Callable

# A text, or any word or number; no vendor keeps a secret in an object or a list.
_VALUE = rb'(?:"(?:[^"\\]|\\.)*"|[^\s",\[\]{}]+)'


def nulled(*keys: str) -> Callable[[bytes], bytes]:
    """Return what makes the values of some keys null in a JSON text, at whatever depth, readable or not.

    It works on the bytes: quotes within a text are escaped, so that `"key":` is always a key.
    """
    names = [f'"{key}"'.encode() for key in keys]
    values = [(name, re.compile(rb"(%s\s*:\s*)%s" % (re.escape(name), _VALUE), re.DOTALL)) for name in names]

    def masked(answer: bytes) -> bytes:
        for name, value in values:
            if name in answer:
                answer = value.sub(rb"\1null", answer)
        return answer

    return masked
