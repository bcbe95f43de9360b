"""The API of what was odd about the rows of a pull operation."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from companies.api.base import ClientView
from config.api.serializers import CamelSerializer
from config.api.views import operation
from integrations.api.syncs import operation_named
from integrations.findings import Weight, weight_of, words_of
from integrations.models import PullOperation
from integrations.texts import text_for


class ValidationItemSerializer(CamelSerializer[Any]):
    """Something that was found."""

    rule_id = serializers.CharField(help_text="A code of what was found.")
    item_id = serializers.CharField(allow_null=True, help_text="Null: what was found is counted, not listed.")
    message = serializers.CharField()
    validator_name = serializers.CharField(help_text="`sync`, `completeness` or `mapping`.")

    class Meta:
        ref_name = "ReadValidationItem"


class ValidationResultSerializer(CamelSerializer[Any]):
    """What keeps a pull operation from being complete, and what else was odd."""

    # The contract's name, which is also a property of every serializer.
    errors = ValidationItemSerializer(many=True)  # type: ignore[assignment]
    warnings = ValidationItemSerializer(many=True)


class ValidationView(ClientView):
    """What was odd about a pull operation."""

    @operation(
        "get-read-validation-results",
        "Get validation results",
        tag="Refresh data",
        response=ValidationResultSerializer,
        errors=[404],
    )
    def get(self, request: Request, **kwargs: Any) -> Response:
        """Return what is missing after a pull operation, and which values were unknown or had to be changed."""
        found = operation_named(self.company(), kwargs["datasetId"])
        return Response({"errors": _errors(found), "warnings": _warnings(found)})


def _errors(found: PullOperation) -> list[dict[str, Any]]:
    problem = [_item("sync", found.problem, text_for(found.problem).operator)] if found.problem else []
    return problem + _findings(found, Weight.GAP)


def _warnings(found: PullOperation) -> list[dict[str, Any]]:
    odd = [
        _item("mapping", "odd_value", f"{warning['message']} ({warning['count']} times)")
        for warning in found.warnings
    ]
    return _findings(found, Weight.WARNING) + odd


def _findings(found: PullOperation, weight: Weight) -> list[dict[str, Any]]:
    words = words_of(found.findings)
    return [_item("completeness", code, text) for code, text in words if weight_of(code) == weight]


def _item(validator: str, rule: str, message: str) -> dict[str, Any]:
    return {"ruleId": rule, "itemId": None, "message": message, "validatorName": validator}
