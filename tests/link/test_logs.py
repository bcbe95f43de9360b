"""What the logs hold: no token of a Link or sign-up page."""

from __future__ import annotations

import logging
import logging.config
from typing import Any, cast

import pytest
import structlog
from django.test import Client

from companies.services.operators import invitation_url
from config.logging import logging_config
from tests.link.conftest import Customer


def formatter(*, json: bool = True) -> logging.Formatter:
    config = dict(logging_config(json=json)["formatters"]["line"])
    return cast(logging.Formatter, config.pop("()")(**config))


def lines(caplog: pytest.LogCaptureFixture) -> str:
    return "\n".join(formatter().format(record) for record in caplog.records)


def test_a_page_that_is_missing_under_a_link_shows_no_token(
    baker: Customer, caplog: pytest.LogCaptureFixture
) -> None:
    for path in (f"/link/{baker.token}/nothing/", f"/link//{baker.token}/", f"/LINK/{baker.token}"):
        assert baker.client.get(path).status_code == 404
    assert baker.client.post(f"/link/{baker.token}/nothing/?a=b").status_code == 404
    written = lines(caplog)
    assert "Not Found: /link/***/nothing/" in written
    assert baker.token not in written


def test_an_invitation_shows_no_token(db: None, caplog: pytest.LogCaptureFixture) -> None:
    url = invitation_url(email="zoe@example.org")
    token = url.rstrip("/").rsplit("/", 1)[1]
    assert Client().delete(f"/sign-up/{token}/").status_code == 405
    written = lines(caplog)
    assert "/sign-up/***/" in written
    assert token not in written


@pytest.mark.parametrize("json", [True, False])
def test_every_text_of_a_line_is_masked(json: bool) -> None:
    try:
        raise ValueError("no way to /link/SECRET/done/")
    except ValueError as error:
        values: Any = {
            "path": "/link/SECRET?x=1",
            "all": [{"url": "https://a.example/sign-up/SECRET"}, 7, None],
        }
        args = ("/link/SECRET/",)
        record = logging.LogRecord(
            "x", logging.ERROR, "f", 1, "at %s", args, (ValueError, error, error.__traceback__)
        )
    written = formatter(json=json).format(record)
    record.msg, record.args = values | {"event": "e"}, ()
    record.__dict__["_logger"], record.__dict__["_name"] = structlog.get_logger("x"), "error"
    written += formatter(json=json).format(record)
    assert "SECRET" not in written
    assert written.count("***") >= 4


def test_addresses_of_static_files_stay(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("x").warning("Not Found: /static/link/link.css")
    assert "/static/link/link.css" in lines(caplog)
