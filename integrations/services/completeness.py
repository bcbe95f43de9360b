"""How complete a connection's records are: the verdicts on its streams in one, and deletions that wait for a person."""

from __future__ import annotations

from django.db import transaction

from companies.models import Connection
from companies.services.audit import audit
from integrations.catalogue import connector_for
from integrations.findings import Finding, verdict_of
from integrations.models import StreamProof
from integrations.services.settings import settings_of
from integrations.sync.sweep import delete_held

Completeness = Connection.Completeness
_WORST_FIRST = (Completeness.GAPS, Completeness.NOT_YET, Completeness.WARNINGS)


class NothingHeld(Exception):
    """There are no deletions that wait for a person."""


def completeness_update(*, connection: Connection) -> None:
    """State on a connection how complete its records are: the worst verdict on a stream decides."""
    verdicts = dict(StreamProof.objects.filter(connection=connection).values_list("stream", "verdict"))
    settings = settings_of(company=connection.company, platform_key=connection.platform_key)
    for stream in connector_for(connection.platform_key).streams:
        if settings[stream.data_type].fetch_on_first_link:
            verdicts.setdefault(stream.name, Completeness.NOT_YET)
    worst = next((verdict for verdict in _WORST_FIRST if verdict in verdicts.values()), Completeness.COMPLETE)
    Connection.with_deleted.filter(pk=connection.pk).update(completeness=worst)


@transaction.atomic
def deletions_confirm(*, proof: StreamProof, actor: str) -> int:
    """Mark deleted what the vendor listed no more and was held back; return how many; raise NothingHeld."""
    proof = StreamProof.objects.select_for_update(of=("self",)).get(pk=proof.pk)
    if proof.held_version is None:
        raise NothingHeld("These deletions were decided already, or the records are listed again.")
    deleted = delete_held(
        connection_id=proof.connection_id,
        stream=proof.stream,
        table=_table_of(proof),
        version=proof.held_version,
    )
    proof.findings.pop(Finding.HELD_DELETIONS, None)
    proof.verdict, proof.held_version = verdict_of(proof.findings), None
    proof.stored -= deleted
    proof.save(update_fields=["findings", "verdict", "held_version", "stored"])
    completeness_update(connection=proof.connection)
    audit(
        actor=actor,
        action="deletions.confirmed",
        subject=str(proof.connection_id),
        stream=proof.stream,
        deleted=deleted,
    )
    return deleted


def _table_of(proof: StreamProof) -> str:
    streams = connector_for(proof.connection.platform_key).streams
    return next(stream.table for stream in streams if stream.name == proof.stream)
