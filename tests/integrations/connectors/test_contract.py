"""The seam: what the pages, the API and the sync engine take for granted of every connector of the catalogue."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests
import responses
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles import finders

from billing.models import BodyChunk, Record
from companies.models import Connection
from integrations.catalogue import catalogue
from integrations.connectors.base import (
    Account,
    Connector,
    ConnectorError,
    Exchange,
    InvalidAccount,
    Pager,
    Problem,
    Session,
    Stream,
    UnreadableRow,
)
from integrations.consent import consent_text
from integrations.models import PullOperation
from integrations.sync.tables import table_for
from integrations.texts import text_for

KEYS = list(settings.CONNECTORS)
SECRET = "secretThatNobodyMaySee"
ACCOUNT = Account(id="1", name="Acme", host="acme.example", is_test=False, currency="USD")
STREAMS = [(key, stream) for key, connector in catalogue().items() for stream in connector.streams]
each_stream = pytest.mark.parametrize(
    "stream", [stream for _, stream in STREAMS], ids=[f"{key}-{stream.name}" for key, stream in STREAMS]
)
# A record with nothing but what vendors know records by.
SMALLEST = dict.fromkeys(("id", "uid", "code", "subscription_id", "component_id", "resource_id", "name"), "7")


@pytest.fixture(params=KEYS)
def connector(request: pytest.FixtureRequest) -> Connector:
    """Each connector in turn."""
    return catalogue()[request.param]


@pytest.fixture
def session(connector: Connector) -> Iterator[Session]:
    """An open line to an account named acme."""
    account = json.loads(json.dumps(connector.parse_account({"site": "acme"})))
    session = connector.open(account, SECRET)
    yield session
    session.close()


@pytest.fixture
def vendor() -> Iterator[responses.RequestsMock]:
    """Whatever is asked for."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def longest(model: Any, field: str) -> int:
    """Return how much a column holds."""
    length: int = model._meta.get_field(field).max_length
    return length


class TestCatalogue:
    def test_each_stands_under_its_own_key(self) -> None:
        assert [connector.platform_key for connector in catalogue().values()] == KEYS
        assert all(re.fullmatch(r"[a-z]{4}", key) for key in KEYS)

    def test_no_two_share_a_name_or_an_id(self) -> None:
        found = list(catalogue().values())
        ids = [one for connector in found for one in (connector.integration_id, connector.source_id)]
        assert len(set(ids)) == 2 * len(found)
        assert len({connector.name for connector in found}) == len(found)

    def test_the_pages_have_what_they_show(self, connector: Connector) -> None:
        assert 0 < len(connector.name) <= longest(Connection, "platform_name")
        assert connector.summary.endswith(".")
        assert connector.secret_label
        assert all(connector.reads)
        assert connector.key_help
        assert all(line.endswith(".") for line in connector.key_help)
        assert connector.key_help_url.startswith("https://")
        assert all(field.label and field.help_text for field in connector.account_fields)

    def test_it_has_a_logo(self, connector: Connector) -> None:
        assert finders.find(f"integrations/{connector.name.lower()}.svg")

    def test_the_consent_names_the_vendor_and_what_is_read(self, connector: Connector) -> None:
        text = consent_text(connector=connector, operator_name="Alice", company_name="Bob").as_text()
        assert all(what in text for what in (connector.name, *connector.reads))

    def test_no_text_that_all_share_names_the_vendor(self, connector: Connector) -> None:
        texts = [text_for(problem) for problem in Problem]
        said = " ".join(f"{text.title} {text.customer} {text.operator}" for text in texts)
        assert connector.name.lower() not in said.lower()


class TestAccount:
    def test_the_site_is_the_field_that_all_know(self, connector: Connector) -> None:
        assert connector.account_fields[0].name == "site"

    @pytest.mark.parametrize(
        "entered",
        ["", " ", "https://", "evil.example", "127.0.0.1", "localhost:80@x", "bob@example.org"],
    )
    def test_no_other_address_is_taken(self, connector: Connector, entered: str) -> None:
        with pytest.raises(InvalidAccount) as caught:
            connector.parse_account({"site": entered})
        assert str(caught.value).endswith(".")

    def test_a_missing_field_is_refused(self, connector: Connector) -> None:
        with pytest.raises(InvalidAccount):
            connector.parse_account({})

    def test_a_secret_loses_what_came_along(self, connector: Connector) -> None:
        assert connector.clean_secret(f' "{SECRET}"\r\n') == SECRET

    @pytest.mark.parametrize("entered", ["", " \n", "a b", "a:b", "a\nb", "é", "x" * 300])
    def test_what_can_be_no_secret_is_refused(self, connector: Connector, entered: str) -> None:
        with pytest.raises(InvalidAccount) as caught:
            connector.clean_secret(entered)
        assert len(str(caught.value)) < 200


class TestSession:
    def test_opening_sends_nothing(self, session: Session, vendor: responses.RequestsMock) -> None:
        assert (session.requests_made, len(vendor.calls)) == (0, 0)
        assert SECRET not in repr(session)

    def test_it_only_gets_over_https_and_holds_a_place_for_each_request(
        self, connector: Connector, session: Session, vendor: responses.RequestsMock
    ) -> None:
        places = []

        @contextmanager
        def place() -> Iterator[None]:
            places.append("taken")
            yield
            places.append("given back")

        session.place = place
        vendor.get(re.compile(".*"), status=401)
        with pytest.raises(ConnectorError):
            list(session.check())
        assert len(places) >= session.requests_made == len(vendor.calls) > 0
        assert {call.request.method for call in vendor.calls} == {"GET"}
        assert all(str(call.request.url).startswith("https://acme.") for call in vendor.calls)

    @pytest.mark.parametrize("answer", [{"status": 429}, {"body": requests.ConnectionError("cut")}])
    def test_every_request_is_noted_with_what_came_of_it(
        self, session: Session, vendor: responses.RequestsMock, answer: dict[str, Any]
    ) -> None:
        noted: list[Exchange] = []
        session.note = noted.append
        vendor.get(re.compile(".*"), **answer)
        with pytest.raises(ConnectorError):
            list(session.check())
        assert len(noted) == len(vendor.calls) > 0
        assert {one.status for one in noted} == {answer.get("status")}
        assert all(str(call.request.url).partition("?")[0].endswith(noted[0].path) for call in vendor.calls)
        assert all("?" not in one.path and SECRET not in repr(one) for one in noted)

    @pytest.mark.parametrize(("header", "seconds"), [("17", 17.0), (None, None), ("soon", None)])
    def test_how_long_the_vendor_asks_to_wait_is_passed_on(
        self,
        session: Session,
        vendor: responses.RequestsMock,
        header: str | None,
        seconds: float | None,
    ) -> None:
        vendor.get(re.compile(".*"), status=429, headers={"Retry-After": header} if header else {})
        with pytest.raises(ConnectorError) as caught:
            list(session.check())
        assert caught.value.retry_after == seconds

    def test_a_check_walks_the_steps_that_it_names(
        self, connector: Connector, session: Session, vendor: responses.RequestsMock
    ) -> None:
        vendor.get(re.compile(".*"), b"no", status=401)
        seen: list[str] = []
        with pytest.raises(ConnectorError) as caught:
            seen.extend(session.check())
        assert seen == list(connector.check_steps)[:1]
        assert caught.value.problem is Problem.WRONG_KEY
        assert SECRET not in f"{caught.value!r} {caught.value.detail} {caught.value.__cause__!r}"

    @pytest.mark.parametrize(
        ("status", "problem"),
        [(302, Problem.UNKNOWN_SITE), (429, Problem.RATE_LIMITED), (500, Problem.VENDOR_DOWN)],
    )
    def test_an_answer_means_the_same_everywhere(
        self, session: Session, vendor: responses.RequestsMock, status: int, problem: Problem
    ) -> None:
        vendor.get(re.compile(".*"), status=status, headers={"Location": "https://evil.example/"})
        with pytest.raises(ConnectorError) as caught:
            list(session.check())
        assert (caught.value.problem, caught.value.status) == (problem, status)
        assert not any("evil" in str(call.request.url) for call in vendor.calls)
        assert text_for(caught.value.problem).customer


class TestStreams:
    def test_names_and_paths_are_its_own(self, connector: Connector) -> None:
        names = [stream.name for stream in connector.streams]
        assert len(set(names)) == len(names) > 0

    @each_stream
    def test_it_fits_where_it_is_noted(self, stream: Stream) -> None:
        assert len(stream.name) <= min(longest(PullOperation, "stream"), longest(BodyChunk, "stream"))
        assert len(stream.data_type) <= longest(PullOperation, "data_type")
        assert re.fullmatch(r"(commerce|billing)-[a-zA-Z]+", stream.data_type)
        assert stream.path.startswith("/")

    @each_stream
    def test_its_table_is_one_of_records(self, stream: Stream) -> None:
        assert issubclass(apps.get_model("billing", stream.table), Record)

    @each_stream
    def test_its_pager_has_what_it_needs(self, stream: Stream) -> None:
        assert (stream.pager is Pager.SINCE_ID) == (stream.behind is not None)
        assert stream.page_size > 0

    @each_stream
    @pytest.mark.parametrize("answer", [b"", b"<html>", b"3", b"{}", b'[{"x": 1}]', b"[" * 100_000])
    def test_an_answer_of_another_shape_is_anticipated(self, stream: Stream, answer: bytes) -> None:
        with pytest.raises(ConnectorError):
            stream.items(answer)

    @each_stream
    @pytest.mark.parametrize(
        "body", [b"", b"3", b"[]", b"null", b"{}", b'{"id": null, "uid": ""}', b"[" * 100_000]
    )
    def test_what_is_no_record_is_said_to_be_unreadable(self, stream: Stream, body: bytes) -> None:
        with pytest.raises(UnreadableRow):
            stream.map(body, ACCOUNT)

    @each_stream
    def test_a_row_fills_every_column_of_its_table(self, stream: Stream) -> None:
        row = stream.map(json.dumps(SMALLEST).encode(), ACCOUNT)
        assert row.values.keys() == set(table_for(stream.table).typed)
        assert (json.loads(row.body), len(row.content_hash)) == (SMALLEST, 16)
        assert row.source_id

    @each_stream
    def test_the_order_of_keys_is_no_change(self, stream: Stream) -> None:
        turned = dict(reversed(SMALLEST.items()))
        one, other = (stream.map(json.dumps(body).encode(), ACCOUNT) for body in (SMALLEST, turned))
        assert one.content_hash == other.content_hash
        assert stream.mapper_version > 0
