"""Moves a business through time: who comes, and what is next for those who came, in the order of time.

The order, and so every id, is the same however time is cut into pieces.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush

from ..spec import SiteSpec
from . import lives, market
from .catalogue import build
from .records import Record, Subscription
from .store import Store
from .times import DAY
from .world import World

Step = tuple[int, int, int]  # when, what, who
AT_ONCE = 2_000  # subscriptions in memory at a time


class Business:
    """A business from its opening to `at`; `advance` lets it go on."""

    def __init__(self, spec: SiteSpec, now: int) -> None:
        self.span = spec.months * 30 * DAY
        opened = now - self.span
        self.store = Store()
        self.world = World(spec, self.store, opened)
        self.world.catalogue = build(self.world.dice("catalogue"), opened, now)
        self.at = opened
        self._arrived = 0
        for record in _all_of(self.world):
            self.store.put(record)
        self.advance(now)

    def advance(self, to: int) -> None:
        """Let everything happen that is due until then."""
        with self.store.lock:
            while self.at < to:
                due = self.store.keys(Subscription, "next_at <= ?", (to,), f"next_at, id LIMIT {AT_ONCE}")
                batch = self.store.many(Subscription, due)
                until = max(self.at + 1, (batch[-1].next_at or to) - 1) if len(batch) == AT_ONCE else to
                self.at = self._until(until, batch)
            self.store.flush()

    def _until(self, until: int, batch: list[Subscription]) -> int:
        """Do everything due until then, or until too many subscriptions are in memory; return the time reached."""
        active = {found.id: found for found in batch}
        heap = [(found.next_at or 0, 2, found.id) for found in batch if (found.next_at or 0) <= until]
        heapify(heap)
        at = self.at
        while step := self._next(heap, until):
            if step[0] > at and len(active) > 2 * AT_ONCE:
                return at
            at = step[0]
            self._do(step, heap, active, until)
        return until

    def _do(self, step: Step, heap: list[Step], active: dict[int, Subscription], until: int) -> None:
        world, (at, kind, which) = self.world, step
        if kind == 0:
            self._arrived += 1
            market.arrive(world, which, at)
        elif kind == 1:
            _, customer, seed = heappop(world.expected)
            market.sign_up(world, customer, at, seed)
        else:
            heappop(heap)
            lives.run(world, active[which])
            _again(heap, active[which], until)
        while world.born:
            found = world.born.popleft()
            active[found.id] = found
            _again(heap, found, until)

    def _next(self, heap: list[Step], until: int) -> Step | None:
        """Return the earliest of: an arrival (0), a sign-up (1), a subscription's own next thing (2)."""
        world = self.world
        steps = []
        if world.spec.customers:
            at = market.arrival(world, self._arrived, world.spec.customers, self.span)
            steps.append((at, 0, self._arrived))
        if world.expected:
            steps.append((world.expected[0][0], 1, 0))
        if heap:
            steps.append(heap[0])
        return min((step for step in steps if step[0] <= until), default=None)


def _again(heap: list[Step], found: Subscription, until: int) -> None:
    if found.next_at is not None and found.next_at <= until:
        heappush(heap, (found.next_at, 2, found.id))


def _all_of(world: World) -> list[Record]:
    found = world.catalogue
    return [
        *found.families, *found.products, *found.price_points, *found.components, *found.component_price_points,
        *found.coupons,
    ]  # fmt: skip
