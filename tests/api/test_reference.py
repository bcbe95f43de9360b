from __future__ import annotations

import pytest

from tests.api import reference


@pytest.mark.parametrize("name", ["Platform", "Commerce"])
def test_the_reference_is_at_hand(name: str) -> None:
    if reference.document(name) is None:
        pytest.skip(f"no {reference.FOLDER}: answers are not compared with the reference contract")
    complete = {"id": "1", "name": "A", "redirect": "http://localhost"}
    if name == "Platform":
        reference.assert_schema(complete, name, "Company")
        with pytest.raises(AssertionError, match="redirect is missing"):
            reference.assert_schema({"id": "1", "name": "A"}, name, "Company")
        with pytest.raises(AssertionError, match="True is no string"):
            reference.assert_schema({"canBeRetried": True}, name, "ErrorMessage")
