from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.connectors.base import Exchange, Page
from integrations.sync.pages import PagingInconsistent, Position, walk, walk_tokens, window_after


def page_of(bodies: list[bytes]) -> Page:
    """Return an answer with these bodies."""
    return Page(bodies, datetime.now(UTC), Exchange("/things.json"))


class Listing:
    """A vendor's list in ascending order, whose rows can vanish between two pages."""

    def __init__(self, rows: list[int], *, cap: int = 200) -> None:
        self.rows, self.cap, self.requests = rows, cap, 0
        self.deletions: dict[int, list[int]] = {}
        self.insertions: dict[int, list[int]] = {}

    def fetch(self, page: int, per_page: int) -> Page:
        self.requests += 1
        for row in self.deletions.pop(self.requests, []):
            if row in self.rows:
                self.rows.remove(row)
        self.rows = sorted({*self.rows, *self.insertions.pop(self.requests, [])})
        size = min(per_page, self.cap)
        return page_of([str(row).encode() for row in self.rows[(page - 1) * size : page * size]])

    def read(self, *, page_size: int = 200, start: Position | None = None) -> list[int]:
        chunks = walk(self.fetch, bytes.decode, page_size=page_size, start=start or Position())
        return [int(body) for chunk in chunks for body in chunk.bodies]


class TestWindow:
    @given(rows=st.integers(2, 10_000_000), page_size=st.integers(20, 500))
    def test_overlaps_the_last_row_and_reaches_beyond_it(self, rows: int, page_size: int) -> None:
        window = window_after(rows, page_size)
        assert window.start == (window.page - 1) * window.per_page
        assert window.start < rows < window.start + window.per_page
        assert window.per_page <= page_size

    def test_costs_little_more_than_pages_without_overlap(self) -> None:
        listing = Listing(list(range(60_000)))
        assert listing.read() == list(range(60_000))
        assert listing.requests <= 300 * 1.12


class TestWalk:
    def test_nothing_there_takes_one_request(self) -> None:
        listing = Listing([])
        assert listing.read() == []
        assert listing.requests == 1

    @given(count=st.integers(0, 700), cap=st.integers(1, 250), page_size=st.integers(1, 200))
    def test_every_row_comes_once_whatever_the_vendor_caps_a_page_at(
        self, count: int, cap: int, page_size: int
    ) -> None:
        assert Listing(list(range(count)), cap=cap).read(page_size=page_size) == list(range(count))

    @given(data=st.data(), count=st.integers(1, 400), page_size=st.integers(20, 50))
    def test_no_surviving_row_is_skipped_while_others_are_deleted(
        self, data: st.DataObject, count: int, page_size: int
    ) -> None:
        listing = Listing(list(range(count)))
        listing.deletions = data.draw(
            st.dictionaries(st.integers(2, 30), st.lists(st.integers(0, count), max_size=60), max_size=6)
        )
        read = listing.read(page_size=page_size)
        assert set(listing.rows) <= set(read)

    def test_a_walk_without_overlap_would_skip_here(self) -> None:
        listing = Listing(list(range(20)))
        listing.deletions = {2: [0, 1, 2]}
        assert {10, 11, 12} <= set(listing.read(page_size=10))

    @given(data=st.data(), count=st.integers(1, 400), page_size=st.integers(20, 50))
    def test_no_row_is_skipped_while_others_come_in_before_it(
        self, data: st.DataObject, count: int, page_size: int
    ) -> None:
        """As rows with lower ids do that change while the list is filtered by the time of change."""
        listing = Listing(list(range(1000, 1000 + count)))
        drawn = st.lists(st.integers(0, 999), max_size=120, unique=True)
        listing.insertions = data.draw(st.dictionaries(st.integers(2, 30), drawn, max_size=6))
        assert set(range(1000, 1000 + count)) <= set(listing.read(page_size=page_size))

    @pytest.mark.parametrize("coming", range(190, 205))
    def test_a_page_full_of_rows_that_came_in_does_not_end_it(self, coming: int) -> None:
        listing = Listing(list(range(1000, 2000)))
        listing.insertions = {2: list(range(coming))}
        assert set(range(1000, 2000)) <= set(listing.read())

    @pytest.mark.parametrize("rows", [100, 150, 200, 300])
    def test_a_cap_that_is_not_known_when_it_goes_on_hides_nothing(self, rows: int) -> None:
        listing = Listing(list(range(1000)), cap=100)
        read = listing.read(start=Position(rows=rows, last_id=str(rows - 1)))
        assert set(range(rows, 1000)) <= set(read)

    def test_a_cap_that_sinks_half_way_hides_nothing(self) -> None:
        listing = Listing(list(range(40_000)))
        read: set[int] = set()
        for chunk in walk(listing.fetch, bytes.decode, page_size=200, start=Position()):
            read.update(int(body) for body in chunk.bodies)
            listing.cap = 70 if len(read) > 30_000 else 200
        assert read == set(range(40_000))

    def test_goes_on_from_a_position(self) -> None:
        read = Listing(list(range(1000))).read(start=Position(rows=600, last_id="599"))
        assert read == list(range(600, 1000))

    def test_goes_back_to_the_start_where_the_position_is_gone(self) -> None:
        listing = Listing([row for row in range(1000) if not 300 <= row < 700])
        assert listing.read(start=Position(rows=600, last_id="599")) == listing.rows

    def test_gives_up_on_a_vendor_that_keeps_no_order(self) -> None:
        calls = 0

        def fetch(page: int, per_page: int) -> Page:
            nonlocal calls
            calls += 1
            return page_of([f"{calls}-{row}".encode() for row in range(per_page)])

        with pytest.raises(PagingInconsistent):
            list(walk(fetch, bytes.decode, page_size=10, start=Position()))


class TestTokens:
    def test_an_answer_without_rows_that_leads_on_is_progress(self) -> None:
        """Else a long way without rows would outlast the lease, and a slice could not end on it."""
        answers: dict[str, tuple[list[bytes], str]] = {
            "": ([], "a"),
            "a": ([b"1"], "b"),
            "b": ([], "c"),
            "c": ([], ""),
        }

        def fetch(token: str) -> Page:
            bodies, following = answers[token]
            return replace(page_of(bodies), token=following)

        chunks = list(walk_tokens(fetch, page_size=10, start=Position()))
        assert [(chunk.bodies, chunk.position.last_id) for chunk in chunks] == [
            ([], "a"),
            ([b"1"], "b"),
            ([], "c"),
        ]
