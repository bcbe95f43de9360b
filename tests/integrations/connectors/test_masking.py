"""Secrets in a vendor's answers are made null, and nothing else is touched."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.connectors.masking import nulled

masked = nulled("vault_token", "other_token")
texts = st.text(st.sampled_from('ab"\\:{}[],_token vault_token\n\u2028'), max_size=30) | st.just(
    '"vault_token": "x"'
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        (b'{"vault_token":"a"}', b'{"vault_token":null}'),
        (b'{"vault_token" : "a\\"b\\\\" , "id":1}', b'{"vault_token" : null , "id":1}'),
        (b'[{"card":{"vault_token":12,"x":1.0}}]', b'[{"card":{"vault_token":null,"x":1.0}}]'),
        (b'{"vault_token":null}', b'{"vault_token":null}'),
        (b'{"vault_token":""}', b'{"vault_token":null}'),
        (b'{"my_vault_token":"a","vault_tokens":"b"}', b'{"my_vault_token":"a","vault_tokens":"b"}'),
        (b'{"memo":"\\"vault_token\\":\\"a\\""}', b'{"memo":"\\"vault_token\\":\\"a\\""}'),
        (b'{"name":"vault_token","value":"a"}', b'{"name":"vault_token","value":"a"}'),
        (b'{"other_token":"a","vault_token":"b","vault_token":"c"}',
         b'{"other_token":null,"vault_token":null,"vault_token":null}'),
        # Cut off, or no JSON at all.
        (b'{"vault_token":"a","id":', b'{"vault_token":null,"id":'),
        (b'<html>"vault_token":"a"</html>', b'<html>"vault_token":null</html>'),
    ],
)  # fmt: skip
def test_the_values_of_the_keys_alone(answer: bytes, kept: bytes) -> None:
    assert masked(answer) == kept


@given(before=values, token=texts | st.integers() | st.none(), after=values)
def test_whatever_stands_around(before: object, token: object, after: object) -> None:
    whole = {"before": before, "card": {"id": 1, "vault_token": token}, "after": after}
    kept = json.loads(masked(json.dumps(whole, ensure_ascii=False).encode()))
    assert kept["card"] == {"id": 1, "vault_token": None}
    assert (kept["before"], kept["after"]) == (without(before), without(after))


def without(value: object) -> object:
    """Return a value with the secrets null, found the slow way."""
    if isinstance(value, dict):
        secret = ("vault_token", "other_token")
        return {
            key: None if key in secret and plain(inner) else without(inner) for key, inner in value.items()
        }
    return [without(inner) for inner in value] if isinstance(value, list) else value


def plain(value: object) -> bool:
    return not isinstance(value, dict | list)


def test_a_text_that_never_ends_takes_no_time() -> None:
    started = time.monotonic()
    masked(b'{"vault_token":"' + b"\\a" * 500_000)
    masked(b'{"vault_token":' + b" " * 500_000)
    assert time.monotonic() - started < 2
