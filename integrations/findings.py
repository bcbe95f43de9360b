"""What the proof of a stream can find, how much it weighs, and the words for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from integrations.models.proofs import Verdict
from integrations.texts import NOT_OFFERED


class Finding(StrEnum):
    """What the proof of a stream can find."""

    MISSING = "missing"
    UNREADABLE = "unreadable"
    TOTAL_HIGHER = "total_higher"
    DOUBTED = "doubted"
    TOTAL_LOWER = "total_lower"
    HELD_DELETIONS = "held_deletions"
    NO_EVIDENCE = "no_evidence"
    BOUNDED = "bounded"
    ODD_VALUES = "odd_values"
    TOTALS = "totals"
    DUE = "due"
    LINES = "lines"
    PAYMENTS = "payments"
    REFUNDS = "refunds"
    CREDITS = "credits"
    ORPHANS = "orphans"
    NOT_OFFERED = "not_offered"


class Weight(StrEnum):
    """What a finding does to the verdict; a note does nothing."""

    GAP = "gap"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class _Meaning:
    weight: Weight
    words: str


_MEANINGS = {
    Finding.MISSING: _Meaning(
        Weight.GAP, "{count} that the vendor listed are not stored. Sync again in full; if it stays, tell us."
    ),
    Finding.UNREADABLE: _Meaning(
        Weight.GAP,
        "{count} could not be read as records. Their bodies are kept, to be read by a later release.",
    ),
    Finding.TOTAL_HIGHER: _Meaning(
        Weight.GAP,
        "The vendor counts {count} more than it lists. Ask its support which ones its list leaves out.",
    ),
    Finding.DOUBTED: _Meaning(
        Weight.WARNING, "The vendor's own count differs by {count}. The next sync looks more closely."
    ),
    Finding.TOTAL_LOWER: _Meaning(
        Weight.WARNING, "The vendor counts {count} fewer than it lists; all that it lists were read."
    ),
    Finding.HELD_DELETIONS: _Meaning(
        Weight.WARNING,
        "{count} are not listed by the vendor any more: too many to mark them deleted without asking you.",
    ),
    Finding.NO_EVIDENCE: _Meaning(
        Weight.WARNING, "All that the vendor listed was read, but nothing to check it against was there yet."
    ),
    Finding.BOUNDED: _Meaning(
        Weight.WARNING, "Only what changed within the time that the sync settings say was asked for."
    ),
    Finding.ODD_VALUES: _Meaning(
        Weight.WARNING,
        "Values that were unknown or had to be changed: {count}. The bodies hold them as sent.",
    ),
    Finding.TOTALS: _Meaning(Weight.WARNING, "{count} totals are not subtotal less discounts plus taxes."),
    Finding.DUE: _Meaning(Weight.WARNING, "{count} due amounts are not total less credits less payments."),
    Finding.LINES: _Meaning(Weight.WARNING, "{count} subtotals are not the sum of their lines."),
    Finding.PAYMENTS: _Meaning(Weight.WARNING, "{count} paid amounts are not the sum of their payments."),
    Finding.REFUNDS: _Meaning(Weight.WARNING, "{count} refunded amounts are not the sum of their refunds."),
    Finding.CREDITS: _Meaning(Weight.WARNING, "{count} credited amounts are not the sum of their credits."),
    Finding.ORPHANS: _Meaning(
        Weight.NOTE,
        "{count} name a customer or subscription that the vendor doesn't list: it was deleted there.",
    ),
    Finding.NOT_OFFERED: _Meaning(Weight.NOTE, NOT_OFFERED),
}


def verdict_of(findings: Mapping[str, int]) -> Verdict:
    """Return what findings come to: the weightiest decides."""
    weights = {_MEANINGS[Finding(code)].weight for code in findings}
    if Weight.GAP in weights:
        return Verdict.GAPS
    return Verdict.WARNINGS if Weight.WARNING in weights else Verdict.COMPLETE


def weight_of(code: Finding) -> Weight:
    """Return what a finding does to the verdict."""
    return _MEANINGS[code].weight


def words_of(findings: Mapping[str, int]) -> list[tuple[Finding, str]]:
    """Return the findings in words, the weightiest first."""
    return [
        (code, meaning.words.format(count=f"{findings[code]:,}"))
        for code, meaning in _MEANINGS.items()
        if code in findings
    ]
