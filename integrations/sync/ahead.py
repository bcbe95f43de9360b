"""Working ahead: while pages are written, those behind them are mapped, and more are on their way (design: Sync 6).

Which pages come next is foreseen from the one that came: as long as they are full, the walk asks for them in order.
Whatever else is asked for means that rows have moved or the list has ended, and what was foreseen is dropped.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self, TypeVar

from integrations.connectors.base import Page
from integrations.sync.pages import Window, window_after

Fetch = Callable[[int, int], Page]
ItemT = TypeVar("ItemT")


class PagesAhead:
    """A `fetch(page, per_page)` that keeps up to `in_flight` requests under way, and as many waiting behind them.

    So a request that ends is followed by the next one at once, whatever the walk is busy with.
    """

    def __init__(self, fetch: Fetch, *, page_size: int, in_flight: int) -> None:
        self._fetch, self._page_size, self._in_flight = fetch, page_size, in_flight
        self._pool = ThreadPoolExecutor(max_workers=in_flight)
        self._coming: dict[tuple[int, int], Future[Page]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._forget()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def __call__(self, page: int, per_page: int) -> Page:
        """Return a page; raise what fetching it raised."""
        coming = self._coming.pop((page, per_page), None)
        if coming is None:
            self._forget()
            coming = self._pool.submit(self._fetch, page, per_page)
        answer = coming.result()
        if len(answer.bodies) == per_page:
            self._look_ahead(page * per_page)
        else:
            self._forget()
        return answer

    def _look_ahead(self, rows: int) -> None:
        for _ in range(2 * self._in_flight):
            window: Window = window_after(rows, self._page_size)
            wanted = window.page, window.per_page
            if wanted not in self._coming:
                self._coming[wanted] = self._pool.submit(self._fetch, *wanted)
            rows = window.page * window.per_page

    def _forget(self) -> None:
        for coming in self._coming.values():
            coming.cancel()
        self._coming.clear()


def made_ahead(items: Iterator[ItemT], *, most: int) -> Iterator[list[ItemT]]:
    """Yield what another thread has made of the items meanwhile: at least one, `most` at once.

    What making one raises is raised in its turn, after those before it.
    """
    executor = ThreadPoolExecutor(max_workers=1)
    try:
        coming = deque(executor.submit(next, items, None) for _ in range(most))
        while made := _taken(coming):
            coming.extend(executor.submit(next, items, None) for _ in made)
            yield made
    finally:
        executor.shutdown(cancel_futures=True)


def _taken(coming: deque[Future[ItemT | None]]) -> list[ItemT]:
    """Wait for the first, and return it with all that are done behind it; nothing at the end."""
    made: list[ItemT] = []
    while coming and (not made or (coming[0].done() and not coming[0].exception())):
        item = coming.popleft().result()
        if item is None:
            break
        made.append(item)
    return made
