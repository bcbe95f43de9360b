"""Codes of coupons: a list for each coupon, and how they are gone through."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import responses
from requests import PreparedRequest

from integrations.connectors.base import ConnectorError, Problem, Session
from integrations.connectors.chargify import ChargifyConnector

from .support import ACCOUNT, KEY, RECORDED, needs_recorded, stream

URL = "https://acme.chargify.com"
CODES = stream("coupon_codes")


class Shop:
    """Coupons with codes, in pages of two; notes what is asked for."""

    def __init__(self, coupons: dict[int, list[str]]) -> None:
        self.coupons = coupons
        self.asked: list[str] = []

    def serve(self, vendor: responses.RequestsMock) -> None:
        """Answer what is asked for from now on."""
        vendor.add_callback(responses.GET, re.compile(rf"{URL}/coupons.*"), self._answer)

    def _answer(self, request: PreparedRequest) -> tuple[int, dict[str, str], str]:
        found = re.search(r"/coupons(?:/(\d+)/codes)?\.json\?.*?\bpage=(\d+)", str(request.url))
        assert found
        coupon, page = found.groups()
        self.asked.append(f"{coupon or 'coupons'} {page}")
        if coupon is None:
            return 200, {}, json.dumps([{"coupon": {"id": one}} for one in cut(list(self.coupons), page)])
        if int(coupon) not in self.coupons:
            return 404, {}, ""
        return 200, {}, json.dumps({"codes": cut(self.coupons[int(coupon)], page)})


def cut(rows: list[Any], page: str) -> list[Any]:
    return rows[2 * int(page) - 2 : 2 * int(page)]


@pytest.fixture
def session() -> Iterator[Session]:
    found = ChargifyConnector().open({"site": "acme", "region": "us"}, KEY)
    yield found
    found.close()


def read(session: Session, token: str = "") -> Iterator[tuple[list[str], str]]:
    """Yield what each answer brings, and the token behind it."""
    while True:
        page = session.fetch(CODES, page=1, per_page=200, since=None, after=token)
        yield [CODES.map(body, ACCOUNT).source_id for body in page.bodies], page.token
        if not (token := page.token):
            return


def test_every_code_of_every_coupon_is_read(vendor: responses.RequestsMock, session: Session) -> None:
    shop = Shop({1: ["A", "B", "C"], 2: [], 3: ["A"]})
    shop.serve(vendor)
    assert [code for codes, _ in read(session) for code in codes] == ["1:A", "1:B", "1:C", "3:A"]
    assert shop.asked == ["coupons 1", "1 1", "1 2", "1 3", "2 1", "coupons 2", "3 1", "3 2", "coupons 3"]


@pytest.mark.parametrize("stop", range(6))
def test_another_session_goes_on_from_any_place(
    vendor: responses.RequestsMock, session: Session, stop: int
) -> None:
    Shop({1: ["A", "B", "C"], 2: [], 3: ["A"]}).serve(vendor)
    pages = list(read(session))
    before = [code for codes, _ in pages[: stop + 1] for code in codes]
    other = ChargifyConnector().open({"site": "acme", "region": "us"}, KEY)
    after = [code for codes, _ in read(other, pages[stop][1]) for code in codes]
    assert before + after == ["1:A", "1:B", "1:C", "3:A"]


def test_a_site_without_coupons_has_no_codes(vendor: responses.RequestsMock, session: Session) -> None:
    Shop({}).serve(vendor)
    assert list(read(session)) == [([], "")]


def test_a_coupon_that_goes_meanwhile_takes_its_codes_along(
    vendor: responses.RequestsMock, session: Session
) -> None:
    shop = Shop({1: ["A"], 2: ["B"]})
    shop.serve(vendor)
    pages = read(session)
    assert next(pages)[0] == ["1:A"]
    del shop.coupons[2]
    assert [code for codes, _ in pages for code in codes] == []


def test_other_trouble_is_trouble(vendor: responses.RequestsMock, session: Session) -> None:
    vendor.get(f"{URL}/coupons.json", json=[{"coupon": {"id": 1}}])
    vendor.get(f"{URL}/coupons/1/codes.json", status=429)
    with pytest.raises(ConnectorError) as caught:
        list(read(session))
    assert caught.value.problem is Problem.RATE_LIMITED


@needs_recorded
def test_recorded_codes(vendor: responses.RequestsMock, session: Session) -> None:
    vendor.get(f"{URL}/coupons.json", json=[{"coupon": {"id": 7}}])
    recorded = (RECORDED / "coupons_ID_codes/1.json").read_bytes()
    vendor.get(f"{URL}/coupons/7/codes.json", recorded)
    codes, _ = next(read(session))
    assert codes == [f"7:{code}" for code in json.loads(recorded)["codes"]]
