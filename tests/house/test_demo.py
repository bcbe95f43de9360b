"""What the demo seeds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import load_command_class

from config import demo as module
from config.demo import Demo


def test_a_password_may_begin_with_a_hyphen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One in 64 of the generated ones does."""
    secrets = module.new_secrets() | {"admin_password": "-starts-so"}
    monkeypatch.setattr(module, "new_secrets", lambda: secrets)
    given: list[dict[str, Any]] = []

    def manage(name: str, *arguments: str) -> str:
        if name == "operator_create":
            parser = load_command_class("companies", name).create_parser("manage.py", name)
            given.append(vars(parser.parse_args(list(arguments))))
        ids = {"operator_id": str(uuid4()), "company_id": str(uuid4()), "link_url": "http://127.0.0.1/l/x"}
        return json.dumps(ids)

    demo = Demo(tmp_path, "http://127.0.0.1")
    demo.settle(forget=True)
    demo.seed(manage)
    assert [options["password"] for options in given] == ["-starts-so"]
