"""The connector against the simulator, over a real socket."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest
from pytest_django import Settings

from integrations.connectors.base import ConnectorError, Pager, Problem, Row, Session, Stream
from integrations.connectors.chargify import ChargifyConnector
from integrations.simulator import Simulator, SiteSpec

from .test_mapping import assert_all_fit

CONNECTOR = ChargifyConnector()


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    specs = [
        SiteSpec(subdomain="acme", customers=60, months=6, test=True, seed=3),
        SiteSpec(region="eu", subdomain="europa", customers=2, months=2),
        SiteSpec(subdomain="old", customers=30, months=12, seed=5, legacy=True),
    ]
    with Simulator(specs) as running:
        yield running


@pytest.fixture(autouse=True)
def _simulated(simulator: Simulator, settings: Settings) -> Iterator[None]:
    settings.ALLOW_INSECURE_VENDOR_URL = True
    settings.CHARGIFY_US_URL = f"{simulator.root}/us/{{site}}"
    settings.CHARGIFY_EU_URL = f"{simulator.root}/eu/{{site}}"
    yield
    simulator.site("us", "acme").set_weather("fair")


def line(simulator: Simulator, site: str = "acme", region: str = "us", *, key: str = "") -> Session:
    """Return a line to a site whose region nobody typed."""
    return CONNECTOR.open(
        CONNECTOR.parse_account({"site": site}), key or simulator.site(region, site).spec.api_key
    )


def read_all(session: Session, stream: Stream) -> list[Row]:
    """Return all rows of a stream, paged as it says."""
    if stream.pager is Pager.SINCE_ID:
        return list(read_behind(session, stream))
    if stream.pager is Pager.TOKEN:
        return list(read_on(session, stream))
    rows: list[Row] = []
    for page in count(1):
        bodies = session.fetch(stream, page=page, per_page=7, since=None).bodies
        rows += [stream.map(body, session.account) for body in bodies]
        if not bodies or stream.pager is Pager.SINGLE:
            break
    return rows


def read_on(session: Session, stream: Stream) -> Iterator[Row]:
    """Yield all rows of a stream whose answers say what comes next."""
    token = ""
    while True:
        page = session.fetch(stream, page=1, per_page=50, since=None, after=token)
        yield from (stream.map(body, session.account) for body in page.bodies)
        if not (token := page.token):
            return


def read_behind(session: Session, stream: Stream) -> Iterator[Row]:
    """Yield all rows of a stream that goes on behind the last id."""
    after = ""
    while True:
        bodies = session.fetch(stream, page=1, per_page=50, since=None, after=after).bodies
        rows = [stream.map(body, session.account) for body in bodies]
        fresh = [row for row in rows if row.source_id != after]
        if not fresh:
            return
        yield from fresh
        after = fresh[-1].source_id


def test_a_check_passes_and_finds_the_region(simulator: Simulator) -> None:
    session = line(simulator, "europa", "eu")
    assert tuple(session.check()) == tuple(CONNECTOR.check_steps)
    assert session.resolved_account == {"site": "europa", "region": "eu"}
    assert session.account.host == "europa.ebilling.maxio.com"


def test_every_row_arrives_once(simulator: Simulator) -> None:
    session = line(simulator)
    rows = read_offered(session)
    assert len(rows["customers"]) == 60
    assert rows.keys() & {"statements", "transactions", "legacy_invoices"} == set()
    for stream in (stream for stream in CONNECTOR.streams if stream.total and stream.name in rows):
        assert session.total(stream) == len(rows[stream.name])
    customers = {row.source_id for row in rows["customers"]}
    assert {row.values["customer_source_id"] for row in rows["invoices"]} <= customers
    assert any(row.children["invoiceline"] for row in rows["invoices"])


def test_every_row_of_an_old_site_arrives_once(simulator: Simulator) -> None:
    session = line(simulator, "old")
    rows = read_offered(session)
    assert rows.keys() & {"invoices", "credit_notes", "invoice_events", "subscription_groups"} == set()
    stated = simulator.site("us", "old").ledger()["rows"]
    read = [len(rows[name]) for name in ("legacy_invoices", "statements", "transactions")]
    assert read == [stated[name] for name in ("invoices", "statements", "transactions")]
    assert {row.values["statement_source_id"] for row in rows["transactions"]} == {
        row.source_id for row in rows["statements"]
    }


def read_offered(session: Session) -> dict[str, list[Row]]:
    """Return the rows of all streams that a site has, each of which fits its table, once."""
    offered = filter(None, map(session.offered, CONNECTOR.streams))
    rows = {stream.name: read_all(session, stream) for stream in offered}
    for name, found in rows.items():
        assert found, name
        assert len({row.source_id for row in found}) == len(found)
        for row in found:
            assert_all_fit(name, row)
    return rows


@pytest.mark.parametrize("site", ["acme", "old"])
def test_a_second_reading_finds_no_change(simulator: Simulator, site: str) -> None:
    session = line(simulator, site)
    for stream in filter(None, map(session.offered, CONNECTOR.streams)):
        first, second = ({row.source_id: row.content_hash for row in read_all(session, stream)} for _ in "12")
        assert first == second


@pytest.mark.parametrize(
    ("mode", "problem"),
    [
        ("rate_limited", Problem.RATE_LIMITED),
        ("down", Problem.VENDOR_DOWN),
        ("html", Problem.NOT_JSON),
        ("truncated", Problem.NOT_JSON),
        ("account_canceled", Problem.ACCOUNT_CANCELED),
        ("trial_ended", Problem.TRIAL_ENDED),
        ("unauthorized", Problem.WRONG_KEY),
    ],
)
def test_bad_weather(simulator: Simulator, mode: str, problem: Problem) -> None:
    session = CONNECTOR.open({"site": "acme", "region": "us"}, simulator.site("us", "acme").spec.api_key)
    simulator.site("us", "acme").set_weather(mode)
    for ask in (
        lambda: list(session.check()),
        lambda: session.fetch(CONNECTOR.streams[2], page=1, per_page=5, since=None),
    ):
        with pytest.raises(ConnectorError) as caught:
            ask()
        assert caught.value.problem is problem


def test_a_wrong_key_and_an_unknown_site(simulator: Simulator) -> None:
    for session, problem in (
        (line(simulator, key="wrong"), Problem.WRONG_KEY),
        (CONNECTOR.open({"site": "nobody", "region": None}, "key"), Problem.UNKNOWN_SITE),
    ):
        with pytest.raises(ConnectorError) as caught:
            list(session.check())
        assert caught.value.problem is problem


def test_nothing_listens(settings: Settings) -> None:
    settings.CHARGIFY_US_URL = "http://127.0.0.1:1"
    with pytest.raises(ConnectorError) as caught:
        list(CONNECTOR.open({"site": "acme", "region": "us"}, "key").check())
    assert caught.value.problem is Problem.UNREACHABLE
