"""Companies and connections as the API shows and takes them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from companies.link_urls import company_link_url, connection_link_url
from companies.models import Company, Connection, ConnectionEvent
from config.api.serializers import CamelModelSerializer, CamelSerializer

_MOST_TAGS = 10
_TAG_NAME = serializers.CharField(max_length=27)


class ConnectionErrorSerializer(CamelSerializer[ConnectionEvent]):
    """Why a connection could not be made, or was lost."""

    status_code = serializers.CharField()
    status_text = serializers.CharField(source="get_kind_display")
    error_message = serializers.CharField(source="reason")
    errored_on_utc = serializers.DateTimeField(source="at")
    status = serializers.SerializerMethodField()
    resolved_on_utc = serializers.SerializerMethodField()

    def get_status(self, event: ConnectionEvent) -> str:
        return "Resolved" if _is_resolved(event) else "Active"

    def get_resolved_on_utc(self, event: ConnectionEvent) -> str | None:
        moment = event.connection.linked_at if _is_resolved(event) else None
        return moment.isoformat().replace("+00:00", "Z") if moment else None


def _is_resolved(event: ConnectionEvent) -> bool:
    linked_at = event.connection.linked_at
    return linked_at is not None and event.at <= linked_at


class ConnectionSerializer(CamelModelSerializer[Connection]):
    """A company's link to an integration."""

    integration_key = serializers.CharField(source="platform_key")
    source_type = serializers.ChoiceField(["Commerce"])
    link_url = serializers.SerializerMethodField(help_text="Leads your customer straight to this connection.")
    last_sync = serializers.DateTimeField(source="last_synced_at", allow_null=True)
    created = serializers.DateTimeField(source="created_at")
    data_connection_errors = ConnectionErrorSerializer(source="errors", many=True)
    connection_info = serializers.SerializerMethodField()

    class Meta:
        model = Connection
        fields: tuple[str, ...] = (
            "id",
            "integration_id",
            "integration_key",
            "source_id",
            "source_type",
            "platform_name",
            "link_url",
            "status",
            "last_sync",
            "created",
            "data_connection_errors",
            "connection_info",
            "is_test",
            "completeness",
        )

    def get_link_url(self, connection: Connection) -> str:
        return connection_link_url(connection)

    def get_connection_info(self, connection: Connection) -> dict[str, str]:
        return {"site": connection.account_name} if connection.account_name else {}


class CompanySerializer(CamelModelSerializer[Company]):
    """One of the operator's SMB customers."""

    description = serializers.SerializerMethodField()
    redirect = serializers.SerializerMethodField(help_text="The Link URL, by which the company connects.")
    last_sync = serializers.SerializerMethodField()
    created = serializers.DateTimeField(source="created_at")
    created_by_user_name = serializers.CharField(source="created_by")
    products = serializers.ListField(child=serializers.CharField())
    tags = serializers.DictField(child=serializers.CharField())
    data_connections = ConnectionSerializer(source="connections", many=True)

    class Meta:
        model = Company
        fields: tuple[str, ...] = (
            "id",
            "name",
            "description",
            "redirect",
            "last_sync",
            "created",
            "created_by_user_name",
            "products",
            "tags",
            "data_connections",
        )

    def get_description(self, company: Company) -> str | None:
        return company.description or None

    def get_redirect(self, company: Company) -> str:
        return company_link_url(company)

    def get_last_sync(self, company: Company) -> str | None:
        moments = [connection.last_synced_at for connection in company.connections.all()]
        latest = max(filter(None, moments), default=None)
        return latest.isoformat().replace("+00:00", "Z") if latest else None


class CompanyRequestSerializer(CamelSerializer[Any]):
    """A company's name, description and tags; what is absent is taken as empty."""

    name = serializers.CharField(max_length=200)
    description = serializers.CharField(max_length=500, required=False, allow_blank=True, allow_null=True)
    tags = serializers.DictField(
        child=serializers.CharField(max_length=100, allow_blank=True), required=False, allow_null=True
    )

    def validate_tags(self, tags: dict[str, str] | None) -> dict[str, str]:
        """Refuse too many tags, and names that are too long or can't be stored."""
        if tags and len(tags) > _MOST_TAGS:
            raise serializers.ValidationError(f"A company has at most {_MOST_TAGS} tags.")
        return {_TAG_NAME.run_validation(name): value for name, value in (tags or {}).items()}


class CompanyUpdateSerializer(CompanyRequestSerializer):
    """Changes of a company; what is absent or null stays as it is."""

    name = serializers.CharField(max_length=200, required=False, allow_null=True)
