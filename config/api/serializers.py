"""Serializers in the API's camelCase, and the one of errors."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Model
from rest_framework import serializers

ModelT = TypeVar("ModelT", bound=Model)
InstanceT = TypeVar("InstanceT")
AnyField = serializers.Field[Any, Any, Any, Any]


def camel_case(name: str) -> str:
    """Return a Python name as the API spells it."""
    first, *others = name.split("_")
    return first + "".join(word.title() for word in others)


class CamelFields:
    """Gives a serializer's fields camelCase names."""

    def get_fields(self) -> dict[str, AnyField]:
        """Return the fields by their names in the API."""
        fields: dict[str, AnyField] = super().get_fields()  # type: ignore[misc]
        return {self.api_name(name): _still_found(name, field) for name, field in fields.items()}

    def api_name(self, name: str) -> str:
        """Return what the API calls a field."""
        return camel_case(name)


class CamelSerializer(CamelFields, serializers.Serializer[InstanceT]):
    """A serializer whose fields have camelCase names."""


class CamelModelSerializer(CamelFields, serializers.ModelSerializer[ModelT]):
    """A model serializer whose fields have camelCase names."""


def _still_found(name: str, field: AnyField) -> AnyField:
    """Return a field that, under another name, still reads what it read under its own."""
    if isinstance(field, serializers.SerializerMethodField):
        field.method_name = field.method_name or f"get_{name}"
    elif field.source is None and camel_case(name) != name:
        field.source = name
    return field


class ValidationItemSerializer(CamelSerializer[Any]):
    """One thing that is wrong with a request."""

    item_id = serializers.CharField(allow_null=True, help_text="The field.")
    message = serializers.CharField()
    validator_name = serializers.CharField(allow_null=True)


class ValidationSerializer(CamelSerializer[Any]):
    """What is wrong with a request."""

    # The contract's name, which is also a property of every serializer.
    errors = ValidationItemSerializer(many=True)  # type: ignore[assignment]
    warnings = ValidationItemSerializer(many=True)


class ErrorMessageSerializer(CamelSerializer[Any]):
    """Why a request was refused."""

    status_code = serializers.IntegerField()
    service = serializers.CharField()
    error = serializers.CharField(help_text="What went wrong, in words.")
    correlation_id = serializers.CharField(help_text="Give this to support.")
    validation = ValidationSerializer(allow_null=True)
    can_be_retried = serializers.ChoiceField(["True", "False", "Unknown"])
    detailed_error_code = serializers.IntegerField()
