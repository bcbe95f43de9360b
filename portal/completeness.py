"""How complete what was read of a connection is, stream by stream, as a page of the Portal."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse

from companies.admin.pages import Crumbs, page
from companies.models import Connection
from integrations.findings import Finding, words_of
from integrations.models import StreamProof

_EVIDENCE = {"total": "their count", "sweep": "their whole list"}


@dataclass(frozen=True)
class ProofLine:
    """A stream as a line of the page."""

    proof: StreamProof

    @property
    def name(self) -> str:
        """Return the stream's name as a person would say it."""
        return self.proof.stream.replace("_", " ").capitalize()

    @property
    def evidence(self) -> str:
        """Return what the verdict rests on."""
        kinds = [_EVIDENCE[kind] for kind in self.proof.evidence]
        return " and ".join(kinds).capitalize() or "—"

    @property
    def findings(self) -> list[str]:
        """Return what was found, the weightiest first."""
        return [words for _, words in words_of(self.proof.findings)]

    @property
    def held(self) -> int:
        """Return how many deletions wait for a person; none while everything is being read again."""
        waiting = self.proof.held_version is not None
        return int(self.proof.findings.get(Finding.HELD_DELETIONS, 0)) if waiting else 0


def completeness_page(
    request: HttpRequest, connection: Connection, *, crumbs: Crumbs, may_decide: bool
) -> HttpResponse:
    """Return the page of a connection."""
    proofs = StreamProof.objects.filter(connection=connection).order_by("pk")
    return page(
        request,
        "portal/company/completeness.html",
        title=f"Completeness of {connection}",
        purpose="What proves that nothing is missing, stream by stream.",
        crumbs=crumbs,
        connection=connection,
        lines=[ProofLine(proof) for proof in proofs],
        may_decide=may_decide,
    )


def held_line(connection: Connection, stream: str) -> ProofLine:
    """Return the line of a stream whose deletions wait for a person; raise Http404 where none do."""
    proof = StreamProof.objects.filter(
        connection=connection, stream=stream, held_version__isnull=False
    ).first()
    if proof is None:
        raise Http404("No deletions wait for a decision")
    return ProofLine(proof)
