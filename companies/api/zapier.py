"""What clients may ask for and Tributary has not: an app at Zapier."""

from __future__ import annotations

from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from companies.api.base import ClientView
from companies.models import Scope
from config.api.views import operation


class ZapierKeyView(ClientView):
    """The key for an app at Zapier."""

    scope = Scope.ADMIN

    @operation("rotate-zapier-key", "Rotate the Zapier key", tag="Webhooks", response=None)
    def post(self, request: Request) -> Response:
        """Refuse: there is no such app, and a webhook tells the same."""
        raise PermissionDenied(
            "Tributary has no app at Zapier. Send a webhook to a catch hook there: POST /webhooks."
        )
