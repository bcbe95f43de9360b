"""Proving a stream complete at the end of each read of it: the evidence, what was found, and the verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import Count, Max, Min, QuerySet
from django.utils import timezone

from billing.crosschecks import orphans, wrong_sums
from companies.models import Connection
from integrations.connectors.base import Pager, Stream
from integrations.findings import Finding, verdict_of
from integrations.models import PullOperation, StreamProof
from integrations.sync.sweep import SWEEP_EVERY, sweep

# What only a read of everything can tell anew.
_OF_THE_SWEEP = (Finding.MISSING, Finding.HELD_DELETIONS)
_DOUBTS = {Finding.DOUBTED, Finding.TOTAL_HIGHER}
_OF_THE_RECORDS = (
    Finding.TOTALS,
    Finding.DUE,
    Finding.LINES,
    Finding.PAYMENTS,
    Finding.REFUNDS,
    Finding.CREDITS,
    Finding.ORPHANS,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a read was: whether of everything there is, from when on, and what could not be read in it.

    `total` is what the vendor counted when it began, `settled` the time before which its lists lack nothing.
    """

    is_whole: bool
    is_bounded: bool
    settled: datetime
    total: int | None
    unreadable: int
    odd_values: int


def wants_sweep(proof: StreamProof | None, stream: Stream, *, now: datetime) -> bool:
    """Say whether a stream that was read before is to be read whole again, to see what was deleted."""
    if stream.pager == Pager.SINCE_ID:
        return False
    if proof is None or proof.swept_at is None or Finding.DOUBTED in proof.findings:
        return True
    return now - proof.swept_at > SWEEP_EVERY


def prove(*, operation: PullOperation, stream: Stream, reading: Reading) -> StreamProof:
    """State how complete a stream is, on its proof and on the pull operation, within the read's last transaction."""
    proof = _proof_of(operation)
    former, former_total = proof.findings, proof.total
    found = _of_the_reading(reading, former)
    found |= _of_the_sweep(proof, stream, reading) if reading.is_whole else _only(former, _OF_THE_SWEEP)
    if reading.is_whole or operation.rows_changed:
        _measure(proof, stream)
        found |= _of_the_records(proof, stream)
    else:
        found |= _only(former, _OF_THE_RECORDS)
    found |= _of_the_total(former_total, proof, stream, reading, former)
    proof.total = reading.total
    _state(proof, operation, {code: count for code, count in found.items() if count})
    return proof


def prove_not_offered(*, operation: PullOperation) -> None:
    """State that a stream lacks nothing, because the account doesn't have it."""
    proof = _proof_of(operation)
    proof.held_version = None
    _conclude(proof, operation, {Finding.NOT_OFFERED: 1})


def _proof_of(operation: PullOperation) -> StreamProof:
    # By the name in the plan, also where another stream is read in its place.
    key = {"connection_id": operation.connection_id, "stream": operation.stream}
    return StreamProof.objects.filter(**key).first() or StreamProof(**key)


def _of_the_reading(reading: Reading, former: Mapping[str, int]) -> dict[str, int]:
    """Return what could not be read; a read of changes adds to what was found before."""
    before = {} if reading.is_whole else former
    return {
        Finding.UNREADABLE: before.get(Finding.UNREADABLE, 0) + reading.unreadable,
        Finding.ODD_VALUES: before.get(Finding.ODD_VALUES, 0) + reading.odd_values,
        Finding.BOUNDED: int(reading.is_bounded),
    }


def _of_the_sweep(proof: StreamProof, stream: Stream, reading: Reading) -> dict[str, int]:
    swept = sweep(
        connection_id=proof.connection_id,
        stream=proof.stream,
        table=stream.table,
        # What the vendor only adds to is never deleted; old entries may be listed no more.
        can_delete=stream.pager != Pager.SINCE_ID,
    )
    proof.swept_at = timezone.now()
    proof.held_version = _data_version(proof) if swept.held else None
    return {Finding.MISSING: swept.missing, Finding.HELD_DELETIONS: swept.held}


def _of_the_records(proof: StreamProof, stream: Stream) -> dict[str, int]:
    found = wrong_sums(proof.connection_id) if stream.table == "invoice" else {}
    if stream.pager != Pager.SINCE_ID:
        found[Finding.ORPHANS] = orphans(stream.table, proof.connection_id)
    return found


def _of_the_total(
    former_total: int | None, proof: StreamProof, stream: Stream, reading: Reading, former: Mapping[str, int]
) -> dict[str, int]:
    """Compare what the vendor counted before the read with what is stored of that time.

    Lists lag behind the count (facts §3), so a count that is higher is only believed where what was counted before the
    last read is lacking too. One that is lower means deletions, which a read of everything finds.
    """
    if reading.total is None or reading.is_bounded:
        return {}
    if reading.total > proof.stored:
        lacking = (former_total or 0) > proof.stored and not former.keys().isdisjoint(_DOUBTS)
        return {Finding.TOTAL_HIGHER if lacking else Finding.DOUBTED: reading.total - proof.stored}
    surplus = (
        0 if reading.total == proof.stored else _stored_until(proof, stream, reading.settled) - reading.total
    )
    if surplus <= 0:
        return {}
    known = reading.is_whole or stream.pager == Pager.SINCE_ID or Finding.TOTAL_LOWER in former
    return {Finding.TOTAL_LOWER if known else Finding.DOUBTED: surplus}


def _measure(proof: StreamProof, stream: Stream) -> None:
    measured = _live(proof, stream).aggregate(
        stored=Count("pk"), oldest=Min("source_created_at"), newest=Max("source_created_at")
    )
    proof.stored, proof.oldest_at, proof.newest_at = (
        measured["stored"],
        measured["oldest"],
        measured["newest"],
    )


def _stored_until(proof: StreamProof, stream: Stream, moment: datetime) -> int:
    return _live(proof, stream).filter(source_created_at__lt=moment).count()


def _live(proof: StreamProof, stream: Stream) -> QuerySet[Any]:
    model: Any = apps.get_model("billing", stream.table)
    records: QuerySet[Any] = model.objects.filter(connection_id=proof.connection_id, deleted_at=None)
    return records


def _only(former: Mapping[str, int], codes: Iterable[str]) -> dict[str, int]:
    return {code: former[code] for code in codes if code in former}


def _evidence(proof: StreamProof, found: Mapping[str, int]) -> list[str]:
    has_total = proof.total is not None and found.keys().isdisjoint({*_DOUBTS, Finding.TOTAL_LOWER})
    has_sweep = proof.swept_at is not None and Finding.MISSING not in found
    return ["total"] * has_total + ["sweep"] * has_sweep


def _state(proof: StreamProof, operation: PullOperation, found: dict[str, int]) -> None:
    proof.evidence = _evidence(proof, found)
    if not proof.evidence and Finding.BOUNDED not in found:
        found[Finding.NO_EVIDENCE] = 1
    _conclude(proof, operation, found)


def _conclude(proof: StreamProof, operation: PullOperation, found: dict[str, int]) -> None:
    proof.findings, proof.verdict, proof.checked_at = found, verdict_of(found), timezone.now()
    proof.save()
    operation.evidence, operation.findings = proof.evidence, proof.findings
    operation.verdict = proof.verdict


def _data_version(proof: StreamProof) -> int:
    return Connection.objects.values_list("data_version", flat=True).get(pk=proof.connection_id)
