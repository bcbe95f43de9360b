"""Calls a published client and prints what came of it as JSON; runs in the environment of that client.

Standard input is a JSON object: `module`, `client`, `base_url`, `api_key` and `calls`, each a dotted method and its
request.
"""

from __future__ import annotations

import base64
import importlib
import json
import sys
from functools import reduce
from typing import Any


def client_of(given: dict[str, Any]) -> Any:
    """Return the client, pointed at our server, with its retries off."""
    module = importlib.import_module(given["module"])
    retries = importlib.import_module(f"{given['module']}.utils.retries")
    header = "Basic " + base64.b64encode(given["api_key"].encode()).decode()
    return getattr(module, given["client"])(
        **_credentials(given["module"], header),
        server_url=given["base_url"],
        # `None` would mean the usual ones: an hour of attempts.
        retry_config=retries.RetryConfig("none", retries.BackoffStrategy(1, 1, 1, 1), False),
        timeout_ms=10_000,
    )


def _credentials(module: str, header: str) -> dict[str, Any]:
    if module == "codat_commerce":
        return {"auth_header": header}
    shared = importlib.import_module(f"{module}.models.shared")
    return {"security": shared.Security(auth_header=header)}


def outcome(client: Any, method: str, request: Any) -> dict[str, Any]:
    """Return the value that a method gives, or the error that it raises."""
    call = reduce(getattr, method.split("."), client)
    try:
        return {"value": plain(call() if request is None else call(request=request))}
    except Exception as error:
        status = getattr(error, "status_code", getattr(error, "status", None))
        return {"error": type(error).__name__, "status": status, "text": str(error)}


def plain(value: Any) -> Any:
    """Return a client's objects as JSON has them, by the names of the API."""
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value.model_dump(mode="json", by_alias=True) if hasattr(value, "model_dump") else value


if __name__ == "__main__":
    given = json.load(sys.stdin)
    client = client_of(given)
    json.dump([outcome(client, method, request) for method, request in given["calls"]], sys.stdout)
