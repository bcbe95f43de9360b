"""Integrations, pull operations and data status as the API shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from companies.api.serializers import ConnectionSerializer
from companies.models import Connection
from config.api.serializers import CamelModelSerializer, CamelSerializer
from integrations.catalogue import catalogue
from integrations.connectors.base import Connector
from integrations.findings import words_of
from integrations.health import Health, State, health_of
from integrations.models import PullOperation, StreamProof
from integrations.services.data_types import all_data_types
from integrations.texts import NOT_OFFERED, text_for

Status = PullOperation.Status
ERRORED = {Status.FETCH_ERROR, Status.AUTH_ERROR, Status.RATE_LIMIT_ERROR, Status.INTERNAL_ERROR}


class SupportedFeatureSerializer(CamelSerializer[Any]):
    """What can be done with a data type."""

    feature_type = serializers.ChoiceField(["Get"])
    feature_state = serializers.ChoiceField(["Release"])


class DataTypeFeatureSerializer(CamelSerializer[Any]):
    """A data type that an integration gives."""

    data_type = serializers.CharField()
    supported_features = SupportedFeatureSerializer(many=True)


class IntegrationSerializer(CamelSerializer[Any]):
    """An entry of the catalogue."""

    key = serializers.CharField(help_text="The platform key.")
    name = serializers.CharField()
    logo_url = serializers.URLField()
    integration_id = serializers.UUIDField()
    source_id = serializers.UUIDField()
    source_type = serializers.ChoiceField(["Commerce"])
    enabled = serializers.BooleanField(help_text="Whether your customers can connect it.")
    is_offline_connector = serializers.BooleanField()
    is_beta = serializers.BooleanField()
    datatype_features = DataTypeFeatureSerializer(many=True)


class ImageReferenceSerializer(CamelSerializer[Any]):
    """Where an image is."""

    src = serializers.URLField()
    alt = serializers.CharField()


class ImageSerializer(CamelSerializer[Any]):
    """An image."""

    image = ImageReferenceSerializer()


class LogoSerializer(CamelSerializer[Any]):
    """A logo in two forms."""

    full = ImageSerializer()
    square = ImageSerializer()


class ButtonSerializer(CamelSerializer[Any]):
    """A button in two states."""

    default = ImageSerializer()
    hover = ImageSerializer()


class BrandingSerializer(CamelSerializer[Any]):
    """How to show an integration."""

    logo = LogoSerializer()
    button = ButtonSerializer()
    source_id = serializers.UUIDField()


class FindingSerializer(CamelSerializer[Any]):
    """What the proof of completeness found."""

    code = serializers.CharField()
    count = serializers.IntegerField()
    text = serializers.CharField()


class StreamCompletenessSerializer(CamelModelSerializer[StreamProof]):
    """How complete one stream is, and what proves it."""

    evidence = serializers.ListField(child=serializers.CharField(), help_text="Out of `total` and `sweep`.")
    findings = serializers.SerializerMethodField()

    class Meta:
        model = StreamProof
        fields = (
            "stream",
            "verdict",
            "evidence",
            "findings",
            "stored",
            "total",
            "oldest_at",
            "newest_at",
            "checked_at",
            "swept_at",
        )

    @extend_schema_field(FindingSerializer(many=True))
    def get_findings(self, proof: StreamProof) -> list[dict[str, Any]]:
        return finding_bodies(proof.findings)


class CompletenessSerializer(CamelSerializer[Any]):
    """How complete what was read over a connection is: the worst stream decides."""

    completeness = serializers.ChoiceField(Connection.Completeness.choices)
    streams = StreamCompletenessSerializer(many=True)


class HealthSerializer(CamelSerializer[Health]):
    """How a connection does."""

    state = serializers.ChoiceField(State.choices, help_text="Of several that are true, the first.")
    problem = serializers.CharField(help_text="A code of what is the matter, or empty.")
    message = serializers.CharField(help_text="The same in words, with the next step.")
    since = serializers.DateTimeField(allow_null=True)


class ConnectionWithHealthSerializer(ConnectionSerializer):
    """A company's link to an integration, and how it does."""

    next_sync = serializers.SerializerMethodField(help_text="Null while a sync is at work or none is due.")
    health = serializers.SerializerMethodField()

    class Meta(ConnectionSerializer.Meta):
        fields = (*ConnectionSerializer.Meta.fields, "next_sync", "health")

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_next_sync(self, connection: Connection) -> str | None:
        moment = self._health(connection).next_sync
        return serializers.DateTimeField().to_representation(moment) if moment else None

    @extend_schema_field(HealthSerializer)
    def get_health(self, connection: Connection) -> Any:
        return HealthSerializer(self._health(connection)).data

    def _health(self, connection: Connection) -> Health:
        health: Health = self.context["health"][connection.pk]
        return health


def connection_bodies(connections: Sequence[Connection]) -> list[dict[str, Any]]:
    """Return connections as the API shows them."""
    serializer = ConnectionWithHealthSerializer(
        connections, many=True, context={"health": health_of(connections)}
    )
    return list(serializer.data)


class PullOperationSerializer(CamelModelSerializer[PullOperation]):
    """The reading of one data type within a sync."""

    company_id = serializers.UUIDField(source="connection.company_id")
    connection_id = serializers.UUIDField()
    data_type = serializers.CharField()
    status_description = serializers.SerializerMethodField()
    error_message = serializers.SerializerMethodField()
    requested = serializers.DateTimeField(source="requested_at")
    completed = serializers.DateTimeField(source="finished_at", allow_null=True)
    progress = serializers.SerializerMethodField(help_text="Per cent.")
    is_completed = serializers.SerializerMethodField(help_text="Whether it succeeded.")
    is_errored = serializers.SerializerMethodField()
    verdict = serializers.CharField(help_text="`complete`, `warnings` or `gaps`; empty before the end.")
    evidence = serializers.ListField(child=serializers.CharField(), help_text="Out of `total` and `sweep`.")
    findings = serializers.SerializerMethodField()

    class Meta:
        model = PullOperation
        fields = (
            "id",
            "company_id",
            "connection_id",
            "data_type",
            "status",
            "status_description",
            "error_message",
            "requested",
            "completed",
            "progress",
            "is_completed",
            "is_errored",
            "verdict",
            "evidence",
            "findings",
        )

    def get_status_description(self, operation: PullOperation) -> str | None:
        not_before = operation.sync.not_before
        if operation.status in {Status.QUEUED, Status.FETCHING} and not_before > timezone.now():
            return f"Paused until {not_before:%Y-%m-%dT%H:%M:%SZ}"
        if not operation.is_offered:
            return NOT_OFFERED
        if not operation.pages:
            return None
        return f"{operation.rows_read} rows read, {operation.rows_changed} of them new or changed."

    def get_error_message(self, operation: PullOperation) -> str | None:
        return text_for(operation.problem).operator if operation.problem else None

    def get_progress(self, operation: PullOperation) -> int:
        if operation.status == Status.COMPLETE:
            return 100
        if operation.rows_expected:
            return min(99, 100 * operation.rows_read // operation.rows_expected)
        # Without a total nobody knows; half way is what clients' progress bars take best.
        return 50 if operation.pages else 0

    def get_is_completed(self, operation: PullOperation) -> bool:
        return operation.status == Status.COMPLETE

    def get_is_errored(self, operation: PullOperation) -> bool:
        return operation.status in ERRORED

    @extend_schema_field(FindingSerializer(many=True))
    def get_findings(self, operation: PullOperation) -> list[dict[str, Any]]:
        return finding_bodies(operation.findings)


class DataStatusSerializer(CamelSerializer[Any]):
    """Where a company's data of one type stands."""

    data_type = serializers.CharField()
    current_status = serializers.CharField(help_text="Of the latest pull operation.")
    last_successful_sync = serializers.DateTimeField(required=False)
    latest_sync_id = serializers.UUIDField()
    latest_successful_sync_id = serializers.UUIDField(required=False)


class DataStatusesSerializer(CamelSerializer[Any]):
    """Where each data type stands; one that was never asked for is left out."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        types = [stream.data_type for connector in catalogue().values() for stream in connector.streams]
        return {data_type: DataStatusSerializer(required=False) for data_type in types}


class ConnectionRequestSerializer(CamelSerializer[Any]):
    """Which integration to connect."""

    platform_key = serializers.CharField(max_length=8)


class ConnectionUpdateSerializer(CamelSerializer[Any]):
    """The new status of a connection; the only one that can be set is `Unlinked`."""

    status = serializers.CharField(required=False, allow_null=True, help_text="`Unlinked`.")


class AuthorizationSerializer(CamelSerializer[Any]):
    """What opens a Chargify site."""

    site = serializers.CharField(max_length=200, help_text="The site's address or its first part.")
    api_key = serializers.CharField(max_length=500)


def finding_bodies(findings: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return findings as the API shows them, the weightiest first."""
    return [{"code": code, "count": findings[code], "text": text} for code, text in words_of(findings)]


def integration_body(connector: Connector, enabled_keys: set[str]) -> dict[str, Any]:
    """Return a catalogue entry as the API shows it."""
    return {
        "key": connector.platform_key,
        "name": connector.name,
        "logoUrl": _logo_url(connector),
        "integrationId": connector.integration_id,
        "sourceId": connector.source_id,
        "sourceType": "Commerce",
        "enabled": connector.platform_key in enabled_keys,
        "isOfflineConnector": False,
        "isBeta": connector.is_preview,
        "datatypeFeatures": [_feature(data_type) for data_type in _commerce_types(connector)],
    }


def branding_body(connector: Connector) -> dict[str, Any]:
    """Return how to show a catalogue entry."""
    image = {"image": {"src": _logo_url(connector), "alt": connector.name}}
    return {
        "logo": {"full": image, "square": image},
        "button": {"default": image, "hover": image},
        "sourceId": connector.source_id,
    }


def _logo_url(connector: Connector) -> str:
    # The name without a hash: clients may keep it.
    return f"{settings.BASE_URL}{settings.STATIC_URL}integrations/{connector.name.lower()}.svg"


def _commerce_types(connector: Connector) -> list[str]:
    # Clients refuse data types that are not in their list (reference codat/facts.md §9.4).
    return [data_type for data_type in all_data_types(connector) if data_type.startswith("commerce-")]


def _feature(data_type: str) -> dict[str, Any]:
    return {
        "dataType": data_type,
        "supportedFeatures": [{"featureType": "Get", "featureState": "Release"}],
    }
