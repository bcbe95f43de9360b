"""Further codes of coupons: Chargify lists them coupon by coupon, so that all coupons are gone through (facts §3).

Nothing on a coupon says whether it has any. A token says where the reading is: the page of coupons, the coupon on it,
and the page of its codes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

import msgspec

from integrations.connectors.base import Account, ConnectorError, Page, Row
from integrations.connectors.chargify.answers import each_wrapped, list_under
from integrations.connectors.chargify.bodies import decoded, required_id
from integrations.connectors.chargify.fields import Fields
from integrations.connectors.chargify.rows import record_row

# Raise it whenever this module reads a body differently, so that rows already stored are written again.
MAPPER_VERSION = 1
COUPONS_PATH, CODES_PATH = "/coupons.json", "/coupons/{id}/codes.json"
STREAM = "coupon_codes"
# Asks for a path, with an id where it has a place for one, and returns the answer as the one body of a page.
Ask = Callable[[str, Mapping[str, str], str], Page]
codes_in = list_under("codes")
_coupons_in = each_wrapped("coupon")
_PAGE = "200"


class Place(NamedTuple):
    """Where the reading is."""

    page: int = 1
    coupon: int = 0
    page_of_codes: int = 1

    @property
    def token(self) -> str:
        """Return the place as a text."""
        return ".".join(map(str, self))


def coupon_code_row(body: bytes, account: Account) -> Row:
    """Return a code, known by its coupon's id and itself."""
    raw = decoded(STREAM, body)
    coupon, code = required_id(STREAM, raw, "coupon_id"), required_id(STREAM, raw, "code")
    source_id = required_id(STREAM, {"ids": f"{coupon}:{code}"}, "ids")
    values = {"coupon_source_id": coupon, "code": code}
    return record_row(STREAM, body, Fields(raw), values, raw, version=MAPPER_VERSION, source_id=source_id)


class CouponCodes:
    """A walk through the codes of all coupons, archived ones too."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._page: tuple[int, list[str], Page] | None = None

    def fetch(self, token: str) -> Page:
        """Return the codes at a place, each with its coupon's id, and the next place; raise ConnectorError."""
        place = Place(*map(int, token.split("."))) if token else Place()
        coupons, listing = self._coupons(place.page)
        nothing = replace(listing, bodies=[])
        if not coupons:
            return nothing
        if place.coupon >= len(coupons):
            return replace(nothing, token=Place(place.page + 1).token)
        found = self._codes(coupons[place.coupon], place.page_of_codes) or nothing
        # Only a page without codes ends a coupon's list.
        following = place.page_of_codes + 1
        after = (
            place._replace(page_of_codes=following) if found.bodies else Place(place.page, place.coupon + 1)
        )
        return replace(found, token=after.token)

    def _coupons(self, page: int) -> tuple[list[str], Page]:
        """Return the ids of a page of coupons, and its answer; only the last page is kept."""
        if self._page is None or self._page[0] != page:
            query = {"filter[include_archived]": "true", "page": str(page), "per_page": _PAGE}
            answer = self._ask(COUPONS_PATH, query, "")
            coupons = [msgspec.json.decode(one) for one in _coupons_in(answer.bodies[0])]
            ids = [str(one["id"]) for one in coupons if isinstance(one, dict) and one.get("id")]
            self._page = page, ids, answer
        return self._page[1:]

    def _codes(self, coupon: str, page: int) -> Page | None:
        """Return a page of a coupon's codes, None where the coupon went while the others were read."""
        try:
            answer = self._ask(CODES_PATH, {"page": str(page), "per_page": _PAGE}, coupon)
        except ConnectorError as error:
            if error.status == 404:
                return None
            raise
        bodies = [_with_coupon(coupon, bytes(code)) for code in codes_in(answer.bodies[0])]
        return replace(answer, bodies=bodies)


def _with_coupon(coupon: str, code: bytes) -> bytes:
    """Return a code as an object that names its coupon: the vendor sends the bare text."""
    return b'{"coupon_id":%s,"code":%s}' % (msgspec.json.encode(coupon), code)
