"""What documents refer to, read once for each answer."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

from ..business.records import ComponentPricePoint, CreditNote, Group, Invoice, Line, Tier
from ..business.times import DAY as SECONDS
from ..business.times import EPOCH
from .parties import SELLER
from .rates import Rate, cost_data
from .text import DAY, Memo

if TYPE_CHECKING:
    from ..site import Site


class Lookup:
    """The site's own data and the records beside the invoices and credit notes of one answer."""

    def __init__(self, site: Site) -> None:
        self.site_id, self.zone, self.stamp, self.seller = (
            site.id,
            site.zone,
            site.stamp,
            SELLER[site.spec.name],
        )
        self.token, self.same_for_all = f"{site.now() // SECONDS:x}", _same_for_all(site)
        self.invoice = cache(partial(site.store.require, Invoice))
        self.note = cache(partial(site.store.require, CreditNote))
        self.group = cache(partial(site.store.require, Group))
        self._point = cache(partial(site.store.require, ComponentPricePoint))

    def is_tiered(self, line: Line) -> bool:
        """Tell whether a line's unit price is an average over tiers."""
        return line.price_point_id is not None and self._point(line.price_point_id).scheme == "tiered"

    def pricing(self, point_id: int, product_id: int | None, quantity: int, subtotal: int) -> str:
        """Write how the price of a component's line came about."""
        point = self._point(point_id)
        return PRICING[point_id, point.scheme, point.tiers, product_id, quantity, subtotal]


def _pricing(key: tuple[int, str | None, tuple[Tier, ...], int | None, int, int]) -> str:
    """The tiers are a part of the key: another site may have another price under the same id."""
    point_id, scheme, tiers, product_id, quantity, subtotal = key
    tiered = "true" if scheme == "tiered" else "false"
    costs = cost_data(Rate(point_id, scheme, tiers), product_id, quantity, subtotal)
    return f'"tiered_unit_price":{tiered},"component_cost_data":{costs}'


PRICING = Memo(_pricing)


def _same_for_all(site: Site) -> str:
    """Write what is the same on all invoices of an answer."""
    return (
        f'"site_id":{site.id},'
        f'"seller":{SELLER[site.spec.name]},'
        '"payment_instructions":"Please pay to the account named on our site.",'
        '"display_settings":{"hide_zero_subtotal_lines":false,"include_discounts_on_lines":false},'
        f'"public_url_expires_on":{DAY[site.now() // SECONDS + EPOCH + 30]}'
    )
