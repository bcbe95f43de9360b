"""What differs between two bodies, and where."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.differences import differences

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.text("ab", max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=6,
)
LINES = [{"uid": "x", "n": 1}, {"uid": "y", "n": 2}]


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": 2}, [("a", "changed", 1, 2)]),
        ({"a": 1}, {"b": None}, [("b", "added", None, None), ("a", "removed", 1, None)]),
        ({"a": {"b": [1, 2]}}, {"a": {"b": [1, 3, 4]}}, [("a.b[1]", "changed", 2, 3), ("a.b[2]", "added", None, 4)]),
        ({"a": None}, {"a": {}}, [("a", "changed", None, {})]),
        ({"a": 1}, {"a": True}, [("a", "changed", 1, True)]),
        ({"l": LINES}, {"l": LINES[::-1]}, []),
        ({"l": LINES}, {"l": LINES[1:]}, [("l[uid=x]", "removed", LINES[0], None)]),
        ({"l": LINES}, {"l": [LINES[0] | {"n": 5}, LINES[1]]}, [("l[uid=x].n", "changed", 1, 5)]),
        # Nothing to tell them apart by: by their place.
        ({"l": [{"uid": "x"}, {"uid": "x"}]}, {"l": [{"uid": "x"}]}, [("l[1]", "removed", {"uid": "x"}, None)]),
        ({"l": [{"id": 1}]}, {"l": [1]}, [("l[0]", "changed", {"id": 1}, 1)]),
    ],
)  # fmt: skip
def test_places(before: Any, after: Any, found: list[Any]) -> None:
    assert list(differences(before, after)) == found


@given(JSON, JSON)
def test_only_equal_values_have_none(before: Any, after: Any) -> None:
    is_same = repr(before) == repr(after)
    found = list(differences(before, after))
    assert not (is_same and found)
    # A list of objects with ids has no order, and keys have none.
    assert is_same or found or sorted(repr(before)) == sorted(repr(after))


@given(JSON, JSON)
def test_the_way_back_is_the_mirror(before: Any, after: Any) -> None:
    kinds = {"added": "removed", "removed": "added", "changed": "changed"}
    there = {
        (one.path, kinds[one.kind], repr(one.after), repr(one.before)) for one in differences(before, after)
    }
    back = {(one.path, one.kind, repr(one.before), repr(one.after)) for one in differences(after, before)}
    assert there == back
