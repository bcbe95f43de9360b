"""Fetching ahead: the same rows as one page after the other, with several requests under way."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from integrations.connectors.base import Page
from integrations.sync.ahead import PagesAhead, made_ahead
from integrations.sync.pages import Position, walk
from tests.integrations.sync.test_pages import page_of


class Vendor:
    """A list of numbered rows that notes what is asked for, and how much at once."""

    def __init__(self, rows: int) -> None:
        self.rows = [str(number).encode() for number in range(rows)]
        self.asked: Counter[tuple[int, int]] = Counter()
        self.under_way, self.most = 0, 0
        self.full = threading.Barrier(2)
        self.together, self.seconds = False, 0.0
        self._lock = threading.Lock()

    def fetch(self, page: int, per_page: int) -> Page:
        with self._lock:
            self.asked[page, per_page] += 1
            self.under_way += 1
            self.most = max(self.most, self.under_way)
        if self.together and page > 1:
            self.full.wait(timeout=5)  # only two requests at once get through
        time.sleep(self.seconds)
        with self._lock:
            self.under_way -= 1
        return page_of(self.rows[(page - 1) * per_page : page * per_page])


def read(vendor: Vendor, *, page_size: int, in_flight: int = 2) -> list[bytes]:
    with PagesAhead(vendor.fetch, page_size=page_size, in_flight=in_flight) as fetch:
        chunks = walk(fetch, bytes.decode, page_size=page_size, start=Position())
        return [body for chunk in chunks for body in chunk.bodies]


@pytest.mark.parametrize("rows", [0, 1, 9, 10, 11, 19, 95, 100, 101])
@pytest.mark.parametrize("in_flight", [1, 2, 4])
def test_every_row_once_and_in_order(rows: int, in_flight: int) -> None:
    vendor = Vendor(rows)
    assert read(vendor, page_size=10, in_flight=in_flight) == vendor.rows


def test_two_requests_are_under_way_at_once() -> None:
    vendor = Vendor(1_000)
    vendor.together = True
    with PagesAhead(vendor.fetch, page_size=100, in_flight=2) as fetch:
        assert len(fetch(1, 100).bodies) == 100
        assert len(fetch(2, 99).bodies) == 99
    assert vendor.most == 2


def test_never_more_than_allowed() -> None:
    vendor = Vendor(2_000)
    vendor.seconds = 0.002
    read(vendor, page_size=50, in_flight=3)
    assert 1 < vendor.most <= 3


def test_no_page_is_asked_for_twice() -> None:
    vendor = Vendor(500)
    read(vendor, page_size=50)
    assert set(vendor.asked.values()) == {1}


def test_a_short_list_costs_no_guess() -> None:
    """One request, and one to see that a short page was the last."""
    vendor = Vendor(30)
    read(vendor, page_size=50)
    assert list(vendor.asked) == [(1, 50), (2, 50)]


def test_trouble_on_a_page_is_raised_when_its_turn_comes() -> None:
    vendor = Vendor(500)

    def fetch(page: int, per_page: int) -> Page:
        if page == 3:
            raise ConnectionError("cut")
        return vendor.fetch(page, per_page)

    with PagesAhead(fetch, page_size=50, in_flight=4) as ahead:
        chunks = walk(ahead, bytes.decode, page_size=50, start=Position())
        found = next(chunks).bodies + next(chunks).bodies
        with pytest.raises(ConnectionError):
            next(chunks)
    assert found == vendor.rows[: len(found)]
    assert len(found) > 90


def test_what_was_made_meanwhile_comes_together() -> None:
    """The first alone, as soon as it is there; then all that wait, but never more than allowed."""
    made = made_ahead(iter(range(1, 10)), most=4)
    groups = []
    for group in made:
        groups.append(group)
        time.sleep(0.1)
    assert [item for group in groups for item in group] == list(range(1, 10))
    assert len(groups) < 9
    assert max(len(group) for group in groups) <= 4


def test_a_slow_maker_is_not_waited_for() -> None:
    def slowly() -> Iterator[int]:
        for item in range(1, 4):
            time.sleep(0.05)
            yield item

    assert list(made_ahead(slowly(), most=4)) == [[1], [2], [3]]


def test_what_came_before_trouble_is_handed_over_first() -> None:
    def cut() -> Iterator[int]:
        yield 1
        yield 2
        raise ConnectionError("cut")

    found: list[int] = []
    with pytest.raises(ConnectionError):
        found.extend(item for group in made_ahead(cut(), most=4) for item in group)
    assert found == [1, 2]


def test_the_vendor_is_kept_busy_while_a_page_is_worked_on() -> None:
    """With one request at a time, two pages come in while the first is being mapped."""
    vendor = Vendor(1_000)
    with PagesAhead(vendor.fetch, page_size=50, in_flight=1) as fetch:
        fetch(1, 50)
        deadline = time.monotonic() + 5
        while len(vendor.asked) < 3 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert len(vendor.asked) == 3
    assert vendor.most == 1
