"""`/metrics`: for whoever knows the token; without a token in the environment there is no such page."""

from __future__ import annotations

from hmac import compare_digest

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from integrations.monitoring.figures import Figures

_registry = CollectorRegistry()
_registry.register(Figures())


def metrics(request: HttpRequest) -> HttpResponse:
    """Answer in Prometheus' text format."""
    if not settings.METRICS_TOKEN:
        raise Http404("METRICS_TOKEN is not set")
    sent, wanted = request.headers.get("Authorization", ""), f"Bearer {settings.METRICS_TOKEN}"
    if not compare_digest(sent.encode(), wanted.encode()):
        refusal = "Send the METRICS_TOKEN as a bearer token.\n"
        return HttpResponse(
            refusal, status=401, content_type="text/plain", headers={"WWW-Authenticate": "Bearer"}
        )
    return HttpResponse(generate_latest(_registry), content_type=CONTENT_TYPE_LATEST)


urlpatterns = [path("metrics", metrics)]
