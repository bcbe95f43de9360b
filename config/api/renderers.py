"""Answers are JSON; decimals are written as numbers, to the last digit, and never pass through a float."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request

_encoder = msgspec.json.Encoder(decimal_format="number", enc_hook=str)


def encode(data: Any) -> bytes:
    """Return plain values, times and decimals as JSON."""
    return _encoder.encode(data)


class ExactJSONRenderer(JSONRenderer):
    """Write JSON with exact numbers."""

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return b"" if data is None else encode(data)


class OnlyJSON(BaseContentNegotiation):
    """Answer in JSON whatever the client says it accepts."""

    def select_parser(self, request: Request, parsers: Any) -> BaseParser:
        parser: BaseParser = parsers[0]
        return parser

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return renderers[0], renderers[0].media_type
