"""Every shape of an error body that was seen (facts §5)."""

from __future__ import annotations

import pytest

from integrations.connectors.chargify.errors import messages, summary

from .support import RECORDED, needs_recorded


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"errors":["Email: is invalid","Name: is empty"]}', "Email: is invalid; Name: is empty"),
        (b'{"errors":"Coupon code could not be found."}', "Coupon code could not be found."),
        (b'{"errors":{"customer":"can\'t be blank"}}', "customer: can't be blank"),
        (
            b'{"errors":{"product_id":["Product could not be found: 1"]}}',
            "product_id: Product could not be found: 1",
        ),
        (b'{"error":"The subscription is already canceled"}', "The subscription is already canceled"),
        (b'{"errors":[{"kind":"allocation","component_id":1,"message":"too many"}]}', "too many"),
        (b'{"errors":[{"kind":"allocation"}]}', "kind: allocation"),
        (b"HTTP Basic: Access denied.\n", "HTTP Basic: Access denied."),
        (b"\xff\xfe", "\ufffd\ufffd"),
        (b'{"errors":"\xff"}', '{"errors":"\ufffd"}'),
        (b"", ""),
        (b" ", ""),
        (b"[1]", "[1]"),
        (b'{"errors":null}', '{"errors":null}'),
    ],
)
def test_says(body: bytes, said: str) -> None:
    assert summary(body) == said


def test_a_long_body_is_cut() -> None:
    assert len(summary(b"<html>" + b"x" * 10_000)) == 500
    assert len(summary(b'{"errors":["' + b"x" * 10_000 + b'"]}')) == 500


@needs_recorded
def test_reads_every_recorded_error() -> None:
    files = sorted(RECORDED.glob("errors_*/*.json"))
    assert files
    for file in files:
        assert messages(file.read_bytes()), file
