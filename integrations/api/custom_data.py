"""The API of custom data types: an operator's own choice of what the vendor's rows say."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from billing.models import Record
from companies.api.base import ClientView
from companies.models import Connection, Scope
from config.api.errors import Conflict
from config.api.serializers import CamelModelSerializer, CamelSerializer
from config.api.views import ListApiView, operation
from integrations.api.catalogue import connector_named
from integrations.api.serializers import PullOperationSerializer
from integrations.connectors.base import Stream
from integrations.models import CustomDataType
from integrations.services.custom_data import contents_of, custom_data_type_set, property_path, stream_of
from integrations.services.syncs import CannotSync, sync_request
from integrations.sync.tables import table_for

_TAG = "Custom data types"
_LONGEST_NAME = 60
_MOST_PROPERTIES, _MOST_TYPES = 100, 50
_NAME = serializers.CharField(max_length=100)


def _names_a_property(text: str) -> None:
    try:
        property_path(text)
    except ValueError:
        raise serializers.ValidationError("Must name a property, such as $[*].total_amount.") from None


def _has_plain_names(named: dict[str, str]) -> None:
    for name in named:
        _NAME.run_validation(name)


class PathField(serializers.CharField):
    """The path of a property."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=200, validators=[_names_a_property], **options)


class CustomDataTypeSerializer(CamelModelSerializer[CustomDataType]):
    """Which rows of the vendor, and which properties of theirs."""

    data_source = serializers.CharField(
        max_length=200, help_text="A path of the vendor that Tributary reads, without a query."
    )
    required_data = serializers.DictField(
        child=PathField(),
        validators=[_has_plain_names],
        help_text="Your names of properties, each with its path, such as `$[*].number`.",
    )
    key_by = serializers.ListField(
        child=PathField(),
        max_length=5,
        required=False,
        help_text="Without it, the id that Tributary knows it by.",
    )
    source_modified_date = serializers.ListField(
        child=PathField(), max_length=5, required=False, allow_null=True, help_text="Kept, and not gone by."
    )

    class Meta:
        model = CustomDataType
        fields = ("data_source", "required_data", "key_by", "source_modified_date")


class ModifiedDateSerializer(CamelSerializer[Any]):
    """When a record was last found to have changed."""

    modified_date = serializers.DateTimeField()


class CustomRecordSerializer(CamelSerializer[Any]):
    """A row of a custom data type."""

    id = serializers.CharField()
    content = serializers.DictField(help_text='Each property as `{"value": …}`.')
    modified_date = ModifiedDateSerializer()


class CustomDataTypeView(ClientView):
    """A custom data type of an integration."""

    scope = Scope.ADMIN

    @operation(
        "get-custom-data-type-configuration",
        "Get a custom data type",
        tag=_TAG,
        response=CustomDataTypeSerializer,
        errors=[404],
    )
    def get(self, request: Request, **kwargs: Any) -> Response:
        """Return how a custom data type was set."""
        platform_key = connector_named(kwargs["platformKey"]).platform_key
        custom = _custom(platform_key, kwargs["customDataIdentifier"])
        return Response(CustomDataTypeSerializer(custom).data)

    @operation(
        "configure-custom-data-type",
        "Set a custom data type",
        tag=_TAG,
        request=CustomDataTypeSerializer,
        response=CustomDataTypeSerializer,
        errors=[400, 404],
    )
    def put(self, request: Request, **kwargs: Any) -> Response:
        """Set which properties of which of the vendor's rows are given; those that are stored are given at once."""
        platform_key = connector_named(kwargs["platformKey"]).platform_key
        identifier = kwargs["customDataIdentifier"]
        serializer = CustomDataTypeSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        values = serializer.validated_data
        _refuse_too_much(platform_key, identifier, values)
        custom = custom_data_type_set(
            platform_key=platform_key, identifier=identifier, actor=self.actor, values=values
        )
        return Response(CustomDataTypeSerializer(custom).data)


class CustomDataView(ClientView):
    """What a custom data type takes from a connection."""

    def chosen(self) -> tuple[Connection, CustomDataType, Stream]:
        """Return the connection, the custom data type and the stream that it takes from; raise NotFound."""
        connection = self.connection()
        custom = _custom(connection.platform_key, self.kwargs["customDataIdentifier"])
        stream = stream_of(custom.platform_key, custom.data_source)
        if stream is None:
            raise NotFound(f"Tributary reads {custom.data_source} no more.")
        return connection, custom, stream


class CustomRefreshView(CustomDataView):
    """A sync for a custom data type."""

    @operation(
        "refresh-custom-data-type",
        "Refresh a custom data type",
        tag=_TAG,
        response=PullOperationSerializer,
        errors=[404, 409, 422],
    )
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Queue a sync of the rows that a custom data type takes its properties from."""
        connection, _, stream = self.chosen()
        try:
            sync = sync_request(connection=connection, requested_by=self.actor, streams=[stream.name])
        except CannotSync as error:
            raise Conflict(str(error)) from error
        queued = sync.operations.select_related("connection", "sync").get(stream=stream.name)
        return Response(PullOperationSerializer(queued).data)


class CustomRecordsView(CustomDataView, ListApiView):
    """The rows of a custom data type."""

    filter_backends = []
    serializer_class = CustomRecordSerializer

    @operation(
        "list-custom-data-type-records",
        "List a custom data type's records",
        tag=_TAG,
        response=CustomRecordSerializer(many=True),
        errors=[400, 404],
    )
    def get(self, request: Request, **kwargs: Any) -> Response:
        """Return the chosen properties of every row that is stored and not deleted, as the vendor sent them."""
        connection, custom, stream = self.chosen()
        page = self.paginate_queryset(_records(connection, stream)) or []
        bodies = [_body(*found) for found in contents_of(custom, page)]
        return self.get_paginated_response(bodies)


def _custom(platform_key: str, asked: str) -> CustomDataType:
    custom = CustomDataType.objects.filter(platform_key=platform_key, identifier=asked).first()
    if custom is None:
        raise NotFound(f"There is no custom data type {asked} of this integration.")
    return custom


def _records(connection: Connection, stream: Stream) -> QuerySet[Record]:
    model: type[Record] = table_for(stream.table).model
    return model.objects.filter(connection=connection, deleted_at=None).order_by("pk")


def _body(record: Record, key: str, content: dict[str, Any]) -> dict[str, Any]:
    # The contract has objects here, and clients refuse plain values; the time is one of them.
    return {
        "id": key,
        "content": {name: {"value": value} for name, value in content.items()},
        "modifiedDate": {"modifiedDate": record.changed_at},
    }


def _refuse_too_much(platform_key: str, identifier: str, values: dict[str, Any]) -> None:
    wrong: dict[str, list[str]] = {}
    if len(identifier) > _LONGEST_NAME:
        wrong["customDataIdentifier"] = [f"Has at most {_LONGEST_NAME} characters."]
    if not 0 < len(values["required_data"]) <= _MOST_PROPERTIES:
        wrong["requiredData"] = [f"Names 1 to {_MOST_PROPERTIES} properties."]
    if stream_of(platform_key, values["data_source"]) is None:
        wrong["dataSource"] = [
            "Tributary doesn't read this. Name a path that it reads, such as /invoices.json."
        ]
    others = CustomDataType.objects.exclude(platform_key=platform_key, identifier=identifier)
    if others.count() >= _MOST_TYPES:
        wrong["customDataIdentifier"] = [f"There can be {_MOST_TYPES} custom data types."]
    if wrong:
        raise ValidationError(wrong)
