"""Walking numbered pages without ever skipping a row, while the vendor's rows come and go (design: Sync 3).

With page numbers, a row that is deleted on a page already read shifts all later rows to the left, and the next page
begins one row too late. So every page overlaps the one before: its size is chosen so that it starts a few rows
before the end of what was read. Where the last row read is not on it, rows have moved, and reading goes back. Rows
that come in between shift the rest to the right, which only repeats some. A short page does not end the walk, for the
vendor may cap the page size: only an empty one behind it does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from integrations.connectors.base import Exchange, Page, Row

MAX_SETBACKS = 20


class PagingInconsistent(Exception):
    """The pages contradict each other again and again: the vendor does not keep the order it was asked for."""


@dataclass(frozen=True, slots=True)
class Position:
    """How far was read: that many rows, and the id of the last."""

    rows: int = 0
    last_id: str = ""


class Window(NamedTuple):
    """One page to ask for, and where on it the last row read should be."""

    page: int
    per_page: int
    start: int


class Chunk(NamedTuple):
    """New rows, the position after them, the page size that the vendor is known to allow, and who answered."""

    bodies: list[bytes]
    position: Position
    page_size: int
    exchange: Exchange


class Mapped(NamedTuple):
    """A chunk's rows, the bodies that can't be read as one, and how long it took to tell."""

    chunk: Chunk
    rows: list[Row]
    unreadable: list[bytes]
    seconds: float


@lru_cache(maxsize=1_000)
def window_after(rows: int, page_size: int) -> Window:
    """Return the page that overlaps the last of `rows` rows and reaches furthest beyond it."""

    def reach(per_page: int) -> int:
        return (rows - 1) // per_page * per_page + per_page

    if rows:
        per_page = max(range(1, page_size + 1), key=lambda size: (reach(size), size))
        if reach(per_page) > rows:
            page = (rows - 1) // per_page
            return Window(page=page + 1, per_page=per_page, start=page * per_page)
    # Too little was read to overlap it: go on right behind it.
    per_page = page_size if rows % page_size == 0 else 1
    return Window(page=rows // per_page + 1, per_page=per_page, start=rows)


def walk(
    fetch: Callable[[int, int], Page],
    identify: Callable[[bytes], str],
    *,
    page_size: int,
    start: Position,
) -> Iterator[Chunk]:
    """Yield every row from a position on, at least once; raise PagingInconsistent.

    `fetch(page, per_page)` returns a page, `identify` the id of a raw body.
    """
    trail = [Position(), start] if start.rows else [Position()]
    furthest, setbacks = start.rows, 0
    while True:
        window = window_after(trail[-1].rows, page_size)
        page = fetch(window.page, window.per_page)
        bodies = page.bodies
        fresh = _after(bodies, trail[-1], window, identify)
        if fresh is None:
            # Twice as far back each time, so that even a long list that was cut in half is soon found again.
            del trail[max(1, len(trail) - 2**setbacks) :]
            setbacks += 1
            if setbacks > MAX_SETBACKS:
                raise PagingInconsistent(f"rows moved again and again before row {furthest}")
            continue
        if bodies:
            trail.append(Position(window.start + len(bodies), identify(bodies[-1])))
        if trail[-1].rows > furthest:
            furthest, setbacks = trail[-1].rows, 0
        if fresh:
            yield Chunk(fresh, trail[-1], page_size, page.exchange)
        if len(bodies) < window.per_page:
            if not bodies or not fetch(window.page + 1, window.per_page).bodies:
                return
            page_size = min(page_size, len(bodies))


def walk_ids(
    fetch: Callable[[str], Page], identify: Callable[[bytes], str], *, page_size: int, start: Position
) -> Iterator[Chunk]:
    """Yield every row behind an id, ascending; a list that includes the id itself repeats that one row (facts §3)."""
    position = start
    while True:
        page = fetch(position.last_id)
        bodies = page.bodies
        if bodies and identify(bodies[0]) == position.last_id:
            bodies = bodies[1:]
        if not bodies:
            return
        position = Position(position.rows + len(bodies), identify(bodies[-1]))
        yield Chunk(bodies, position, page_size, page.exchange)


def walk_tokens(fetch: Callable[[str], Page], *, page_size: int, start: Position) -> Iterator[Chunk]:
    """Yield every row, following what each answer says comes next; a position's id is that token."""
    position = start
    while position.last_id or not position.rows:
        page = fetch(position.last_id)
        position = Position(position.rows + len(page.bodies), page.token)
        # One without rows that leads on is progress too.
        if page.bodies or page.token:
            yield Chunk(page.bodies, position, page_size, page.exchange)
        if not page.token:
            return


def _after(
    bodies: list[bytes], position: Position, window: Window, identify: Callable[[bytes], str]
) -> list[bytes] | None:
    """Return the rows behind the last one read, or None where that one is not on the page."""
    if window.start == position.rows:
        return bodies
    expected = position.rows - 1 - window.start
    if expected < len(bodies) and identify(bodies[expected]) == position.last_id:
        return bodies[expected + 1 :]
    found = next((i for i, body in enumerate(bodies) if identify(body) == position.last_id), None)
    return None if found is None else bodies[found + 1 :]
