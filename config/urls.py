"""Every URL of Tributary; each app states its own."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView, SpectacularRedocView, SpectacularSwaggerView

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("", include("config.health")),
    path("", include("integrations.monitoring.page")),
    # Pages for people.
    path("admin/", admin.site.urls),
    path("link/", include("link.urls")),
    path("sign-up/", include("companies.urls")),
    # The API stands at the root, so that its clients change nothing but the host.
    path("", include("companies.api.urls")),
    path("", include("integrations.api.urls")),
    path("", include("billing.api.urls")),
    path("docs/openapi.json", SpectacularAPIView.as_view(), name="openapi"),
    path("docs/", SpectacularSwaggerView.as_view(url_name="openapi"), name="docs"),
    path("docs/redoc/", SpectacularRedocView.as_view(url_name="openapi"), name="redoc"),
]

handler400 = "config.api.errors.bad_request"
handler404 = "config.api.errors.not_found"
handler500 = "config.api.errors.server_error"
