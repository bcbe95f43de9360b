"""Which streams a sync reads, and since when."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from integrations.connectors.base import Pager
from integrations.connectors.chargify.streams import STREAMS
from integrations.models import StreamCursor
from integrations.models.settings import months_before
from integrations.services.plans import Span, covers_from, rests, span_of

NOW = datetime(2026, 3, 31, 12, 0, tzinfo=UTC)
JANUARY, FEBRUARY = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
FILTERED = next(stream for stream in STREAMS if stream.name == "customers")
UNFILTERED = dataclasses.replace(FILTERED, since=None)


def cursor(**values: object) -> StreamCursor:
    return StreamCursor(**({"mapper_version": FILTERED.mapper_version} | values))


class TestUnfilteredStreams:
    @pytest.mark.parametrize(("hours", "left_out"), [(23, True), (24, False), (25, False)])
    def test_are_read_once_a_day(self, hours: int, left_out: bool) -> None:
        read = cursor(completed_at=NOW - timedelta(hours=hours))
        assert rests(UNFILTERED, read, now=NOW) is left_out

    def test_may_be_followed_from_answer_to_answer(self) -> None:
        followed = dataclasses.replace(UNFILTERED, pager=Pager.TOKEN)
        assert rests(followed, cursor(completed_at=NOW), now=NOW)

    def test_are_read_where_they_never_were(self) -> None:
        assert not rests(UNFILTERED, None, now=NOW)
        assert not rests(UNFILTERED, cursor(), now=NOW)

    def test_are_read_anew_with_another_mapping(self) -> None:
        assert not rests(UNFILTERED, cursor(completed_at=NOW, mapper_version=0), now=NOW)

    def test_alone_rest(self) -> None:
        by_id = dataclasses.replace(UNFILTERED, pager=Pager.SINCE_ID)
        single = dataclasses.replace(UNFILTERED, pager=Pager.SINGLE)
        for stream in (FILTERED, by_id, single):
            assert not rests(stream, cursor(completed_at=NOW), now=NOW)


class TestSpan:
    def test_a_first_read_begins_with_the_window(self) -> None:
        assert span_of(cursor(), window=JANUARY, everything=False) == Span(JANUARY, JANUARY)
        assert span_of(cursor(), window=None, everything=False) == Span(None, None)

    def test_then_come_the_changes(self) -> None:
        read = cursor(since=NOW, covers_from=JANUARY)
        assert span_of(read, window=JANUARY, everything=False) == Span(NOW, JANUARY)

    @pytest.mark.parametrize("wider", [JANUARY, None])
    def test_a_wider_window_is_read_from_its_start(self, wider: datetime | None) -> None:
        read = cursor(since=NOW, covers_from=FEBRUARY)
        assert span_of(read, window=wider, everything=False) == Span(wider, wider)

    def test_a_narrower_one_reads_nothing_again_and_widens_for_nothing(self) -> None:
        read = cursor(since=NOW, covers_from=JANUARY)
        assert span_of(read, window=FEBRUARY, everything=False) == Span(NOW, JANUARY)
        everything_was_read = cursor(since=NOW)
        assert span_of(everything_was_read, window=JANUARY, everything=False) == Span(NOW, None)

    def test_a_full_read_keeps_to_the_window(self) -> None:
        read = cursor(since=NOW, covers_from=None)
        assert span_of(read, window=FEBRUARY, everything=True) == Span(FEBRUARY, FEBRUARY)

    @pytest.mark.parametrize("span", [Span(NOW, JANUARY), Span(None, None)])
    def test_survives_a_crash_in_the_progress(self, span: Span) -> None:
        assert covers_from(span.as_json()) == span.covers_from

    def test_a_read_that_older_code_began_covers_everything(self) -> None:
        assert covers_from({"since": None}) is None


@pytest.mark.parametrize(
    ("months", "day"), [(1, "2026-02-28"), (3, "2025-12-31"), (25, "2024-02-29"), (24, "2024-03-31")]
)
def test_a_window_is_of_calendar_months(months: int, day: str) -> None:
    assert months_before(NOW, months) == datetime.fromisoformat(f"{day}T12:00+00:00")
