"""The vendor's descriptions and recorded bodies, which lie beside the checkout and are never copied into it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

FOLDER = Path(__file__).parents[3].parent / "shared/reference/chargify"
RECORDED = FOLDER / "recorded"

needs_reference = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="the reference is absent: no descriptions or recorded bodies to compare with"
)


@cache
def document(name: str) -> dict[str, Any]:
    """Return an OpenAPI document; it takes half a second, once."""
    with (FOLDER / name).open("rb") as file:
        return dict(yaml.load(file, Loader=yaml.CSafeLoader))


@cache
def recorded(name: str) -> Any:
    """Return one body under `recorded/`, named like `customers/2`."""
    return json.loads((RECORDED / f"{name}.json").read_text())


def recorded_names() -> list[str]:
    """Return the names of all recorded bodies of GET requests; what `post_` begins answered a POST."""
    files = sorted(RECORDED.glob("*/*.json"))
    return [f"{file.parent.name}/{file.stem}" for file in files if not file.parent.name.startswith("post_")]
