"""The API of API keys."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from companies.api.base import ClientView, uuid_of
from companies.models import ApiKey, Scope
from companies.services.api_keys import TooManyKeys, api_key_create, api_key_revoke
from config.api.errors import Conflict
from config.api.serializers import CamelModelSerializer, CamelSerializer
from config.api.views import operation

_TAG = "Settings"
_UNNAMED = "Unnamed"


def _in_the_future(moment: datetime) -> None:
    if moment <= timezone.now():
        raise serializers.ValidationError("Must be in the future.")


class ApiKeySerializer(CamelModelSerializer[ApiKey]):
    """An API key, of which only the beginning is known."""

    prefix = serializers.CharField(help_text="How the key begins.")
    scopes = serializers.ListField(child=serializers.ChoiceField(Scope.choices))
    created_date = serializers.DateTimeField(source="created_at")
    expires_date = serializers.DateTimeField(source="expires_at", allow_null=True)
    last_used_date = serializers.DateTimeField(source="last_used_at", allow_null=True)

    class Meta:
        model = ApiKey
        fields: tuple[str, ...] = (
            "id",
            "name",
            "prefix",
            "scopes",
            "created_date",
            "expires_date",
            "last_used_date",
        )


class ApiKeysSerializer(CamelSerializer[Any]):
    """All API keys that work."""

    results = ApiKeySerializer(many=True)


class NewApiKeySerializer(ApiKeySerializer):
    """A new API key, with the key itself."""

    api_key = serializers.CharField(help_text="The key. It is shown this once.")

    class Meta(ApiKeySerializer.Meta):
        fields = (*ApiKeySerializer.Meta.fields, "api_key")


class ApiKeyRequestSerializer(CamelSerializer[Any]):
    """What a new API key is for, what it may do, and until when."""

    name = serializers.CharField(max_length=50, required=False, allow_null=True)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(Scope.choices),
        allow_empty=False,
        required=False,
        allow_null=True,
        help_text="Without them, those of the key that asks.",
    )
    expires_date = serializers.DateTimeField(
        required=False,
        allow_null=True,
        validators=[_in_the_future],
        help_text="Without it, the key works until it is deleted.",
    )


class ApiKeysView(ClientView):
    """The operator's API keys."""

    scope = Scope.ADMIN
    is_answered_once = False

    @operation("list-api-keys", "List API keys", tag=_TAG, response=ApiKeysSerializer)
    def get(self, request: Request) -> Response:
        """Return the API keys that are not deleted, the newest first; no key is shown again."""
        keys = ApiKey.objects.filter(revoked_at=None).order_by("-created_at", "id")
        return Response({"results": ApiKeySerializer(keys, many=True).data})

    @operation(
        "create-api-key",
        "Create an API key",
        tag=_TAG,
        request=ApiKeyRequestSerializer,
        response=NewApiKeySerializer,
        status=201,
        errors=[400, 409],
    )
    def post(self, request: Request) -> Response:
        """Create an API key, of which there can be ten; it is shown in this answer alone.

        A key can't give scopes that it lacks. An `Idempotency-Key` has no effect here, for the answer is kept nowhere.
        """
        serializer = ApiKeyRequestSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data
        scopes = given.get("scopes") or self.api_key.scopes
        _refuse_more(scopes, self.api_key.scopes)
        try:
            row, key = api_key_create(
                name=given.get("name") or _UNNAMED,
                scopes=scopes,
                expires_at=given.get("expires_date"),
                actor=self.actor,
            )
        except TooManyKeys as error:
            raise Conflict(str(error)) from error
        return Response(ApiKeySerializer(row).data | {"apiKey": key}, status=201)


class ApiKeyView(ClientView):
    """One API key."""

    scope = Scope.ADMIN

    @operation("delete-api-key", "Delete an API key", tag=_TAG, response=None, status=204, errors=[404])
    def delete(self, request: Request, **kwargs: Any) -> Response:
        """Delete an API key; it is refused from the next request on. A key may delete itself."""
        asked = kwargs["apiKeyId"]
        key = ApiKey.objects.filter(pk=uuid_of(asked), revoked_at=None).first()
        if key is None:
            raise NotFound(f"No API key was found with ID {asked}")
        api_key_revoke(api_key=key, actor=self.actor)
        return Response(status=204)


def _refuse_more(wanted: list[str], own: list[str]) -> None:
    missing = [scope for scope in wanted if scope not in own]
    if missing:
        names = ", ".join(f"`{scope}`" for scope in missing)
        raise PermissionDenied(f"This API key can't give a scope that it lacks: {names}.")
