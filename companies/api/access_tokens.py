"""Access tokens: proof, for one day, that an operator lets a page speak for one company."""

from __future__ import annotations

from typing import Any

from django.core.signing import TimestampSigner
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from companies.api.base import ClientView
from companies.models import Company, Scope
from companies.services.audit import audit
from config.api.serializers import CamelSerializer
from config.api.views import operation

_TAG = "Companies"
_ONE_DAY = 24 * 3600
_signer = TimestampSigner(salt="companies.access-token", sep=".")


class OldAccessTokenSerializer(CamelSerializer[Any]):
    """A token that stands for one company."""

    access_token = serializers.CharField()


class AccessTokenSerializer(OldAccessTokenSerializer):
    """A token that stands for one company, and how long."""

    expires_in = serializers.IntegerField(help_text="In seconds.")
    token_type = serializers.ChoiceField(["Bearer"])


class AccessTokenView(ClientView):
    """A company's access token."""

    # What a token opens is more than reading.
    scope = Scope.WRITE

    @operation(
        "get-company-access-token",
        "Get an access token",
        tag=_TAG,
        response=AccessTokenSerializer,
        errors=[404],
    )
    def get(self, request: Request, **kwargs: Any) -> Response:
        """Return a token that stands for one company for a day."""
        token = self.issue()
        return Response({"accessToken": token, "expiresIn": _ONE_DAY, "tokenType": "Bearer"})

    def issue(self) -> str:
        """Return a new token of the company that the URL names."""
        company = self.company()
        audit(actor=self.actor, action="access_token.issued", subject=str(company.id))
        return _token_of(company)


class OldAccessTokenView(AccessTokenView):
    """The same under its former path."""

    @operation(
        "get-connection-management-access-token",
        "Get an access token (old)",
        tag=_TAG,
        response=OldAccessTokenSerializer,
        errors=[404],
    )
    def get(self, request: Request, **kwargs: Any) -> Response:
        """Return a token that stands for one company for a day; use `GET …/accessToken` instead."""
        return Response({"accessToken": self.issue()})


def _token_of(company: Company) -> str:
    return _signer.sign(company.id.hex)
