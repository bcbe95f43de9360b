"""The vendor's Python SDK as a reader of the simulator, and what it makes of each value that was sent."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from advancedbilling.advanced_billing_client import AdvancedBillingClient  # type: ignore[import-untyped]
from advancedbilling.api_helper import APIHelper  # type: ignore[import-untyped]
from advancedbilling.configuration import Configuration, Server  # type: ignore[import-untyped]
from advancedbilling.http.auth.basic_auth import BasicAuthCredentials  # type: ignore[import-untyped]
from apimatic_core.http.http_callback import HttpCallBack  # type: ignore[import-untyped]

from .shapes import below


class Sdk:
    """A client of one site, that keeps the text of the last answer."""

    def __init__(self, base: str, key: str) -> None:
        self._last = _LastAnswer()
        configuration = _HostedConfiguration(
            basic_auth_credentials=BasicAuthCredentials(username=key, password="x"), http_call_back=self._last
        )
        configuration.base = base
        self._client = AdvancedBillingClient(config=configuration)

    def call(self, operation: str, arguments: Mapping[str, Any]) -> tuple[Any, Any]:
        """Call `controller.method`; return what the SDK made of the answer, and the answer's JSON."""
        controller, method = operation.split(".")
        function = getattr(getattr(self._client, controller), method)
        if "options" in inspect.signature(function).parameters:
            made = function(dict(arguments))
        else:
            made = function(**arguments)
        return made, json.loads(self._last.text)


class _HostedConfiguration(Configuration):
    """The SDK's configuration for a site that lies elsewhere than at the vendor's (facts §9)."""

    base = ""

    def get_base_uri(self, server: Any = Server.PRODUCTION) -> str:
        """Return the address below which every path lies."""
        return self.base


class _LastAnswer(HttpCallBack):
    text = ""

    def on_before_request(self, request: Any) -> None:
        """Do nothing: the SDK demands the method."""

    def on_after_response(self, http_response: Any) -> None:
        """Keep the text."""
        self.text = http_response.text


def differences(model: Any, sent: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield the key path and a message wherever the SDK's value is not what was sent, or has no place for it."""
    if isinstance(sent, list):
        yield from _list_differences(model, sent, path)
    elif isinstance(sent, dict) and hasattr(model, "_names"):
        names = {json_name: name for name, json_name in model._names.items()}
        for key, value in sent.items():
            if key in names:
                yield from differences(getattr(model, names[key], None), value, below(path, key))
            else:
                yield below(path, key), f"unknown to {type(model).__name__}"
    elif not _same(model, sent):
        yield path, f"sent {sent!r}, read {model!r}"


def _list_differences(model: Any, sent: list[Any], path: str) -> Iterator[tuple[str, str]]:
    if len(model or []) != len(sent):
        yield path, f"sent {len(sent)} items, read {len(model or [])}"
        return
    for item, value in zip(model or [], sent, strict=True):
        yield from differences(item, value, below(path, "[]"))


def _same(model: Any, sent: Any) -> bool:
    if isinstance(model, APIHelper.CustomDate):
        return bool(model.datetime == datetime.fromisoformat(sent))
    if isinstance(model, date):
        return model == date.fromisoformat(sent)
    # The SDK reads 0, "" and false as None.
    return bool(model == sent and type(model) is type(sent)) or (model is None and not sent)
