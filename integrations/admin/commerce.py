"""The Commerce integrations page, and the settings page behind each Manage."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from companies.admin.base import actor, may, require
from companies.admin.pages import page
from companies.models import Operator
from companies.roles import Right
from integrations.admin.data_types import DataTypeForm, InFlightForm, data_type_forms
from integrations.catalogue import UnknownIntegration, catalogue, connector_for, enabled_keys
from integrations.connectors.base import Connector
from integrations.consent import consent_text
from integrations.services.schedules import default_settings_set
from integrations.services.settings import default_settings, has_proxy, in_flight_of
from integrations.services.switches import (
    integration_set_in_flight,
    integration_switch,
    integration_switch_proxy,
)

TITLE = "Commerce integrations"
EXAMPLE_COMPANY = "Corner Bakery"


@dataclass(frozen=True)
class Card:
    """A catalogue entry with its state."""

    connector: Connector
    enabled: bool

    @property
    def state(self) -> str:
        """Return the state in words."""
        return "Switched on" if self.enabled else "Switched off"


def urls() -> list[URLPattern]:
    """Return the URLs of these pages, for the Portal's site."""
    view = admin.site.admin_view
    return [
        path("integrations/commerce/", view(list_view), name="commerce-integrations"),
        path("integrations/commerce/manage/<str:platform_key>/", view(manage_view), name="commerce-manage"),
        path(
            "integrations/commerce/in-flight/<str:platform_key>/",
            view(in_flight_view),
            name="commerce-in-flight",
        ),
        path("integrations/commerce/proxy/<str:platform_key>/", view(proxy_view), name="commerce-proxy"),
        path("integrations/commerce/switch/<str:platform_key>/", view(switch_view), name="commerce-switch"),
    ]


def list_view(request: HttpRequest) -> HttpResponse:
    """Show a card per catalogue entry."""
    enabled = enabled_keys()
    return page(
        request,
        "portal/commerce/list.html",
        title=TITLE,
        purpose="The billing systems that your SMB customers can connect. Switch on those that you want to offer.",
        cards=[Card(connector, key in enabled) for key, connector in catalogue().items()],
        may_switch=may(request, Right.CHANGE_SETTINGS),
    )


def manage_view(request: HttpRequest, platform_key: str) -> HttpResponse:
    """Show one integration's settings, and take how its data types are fetched."""
    connector = _connector(platform_key)
    may_change = may(request, Right.CHANGE_SETTINGS)
    forms = data_type_forms(default_settings(platform_key), request.POST or None, may_change=may_change)
    if request.method == "POST":
        require(request, Right.CHANGE_SETTINGS)
        if all(form.is_valid() for form in forms):
            return _save(request, platform_key, forms)
    operator = Operator.objects.get()
    return page(
        request,
        "portal/commerce/manage.html",
        title=connector.name,
        purpose=connector.summary,
        crumbs=[(TITLE, reverse("admin:commerce-integrations"))],
        card=Card(connector, platform_key in enabled_keys()),
        may_switch=may_change,
        forms=forms,
        in_flight=InFlightForm(in_flight_of(platform_key), None, may_change=may_change),
        has_proxy=has_proxy(platform_key),
        consent=consent_text(connector=connector, operator_name=operator.name, company_name=EXAMPLE_COMPANY),
    )


@require_POST
def switch_view(request: HttpRequest, platform_key: str) -> HttpResponse:
    """Switch an integration on or off, at once."""
    require(request, Right.CHANGE_SETTINGS)
    connector = _connector(platform_key)
    enabled = request.POST.get("enabled") == "true"
    integration_switch(platform_key=platform_key, enabled=enabled, actor=actor(request))
    card = Card(connector, enabled)
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"enabled": enabled, "state": card.state})
    messages.success(request, f"{connector.name} is {card.state.lower()}.")
    return redirect(_back(request, platform_key))


@require_POST
def proxy_view(request: HttpRequest, platform_key: str) -> HttpResponse:
    """Switch the proxy of an integration on or off."""
    require(request, Right.CHANGE_SETTINGS)
    connector = _connector(platform_key)
    enabled = request.POST.get("enabled") == "true"
    integration_switch_proxy(platform_key=platform_key, enabled=enabled, actor=actor(request))
    messages.success(request, f"The proxy to {connector.name} is {'on' if enabled else 'off'}.")
    return redirect("admin:commerce-manage", platform_key)


@require_POST
def in_flight_view(request: HttpRequest, platform_key: str) -> HttpResponse:
    """Take how many requests an account gets at once."""
    require(request, Right.CHANGE_SETTINGS)
    connector = _connector(platform_key)
    form = InFlightForm(in_flight_of(platform_key), request.POST, may_change=True)
    if form.is_valid():
        number = form.cleaned_data["in_flight"]
        integration_set_in_flight(platform_key=platform_key, in_flight=number, actor=actor(request))
        messages.success(request, f"Saved. Each {connector.name} account gets {number} at once at most.")
    else:
        messages.error(request, "Choose one of the numbers that are offered. Nothing was changed.")
    return redirect("admin:commerce-manage", platform_key)


def _save(request: HttpRequest, platform_key: str, forms: list[DataTypeForm]) -> HttpResponse:
    settings = {form.data_type: form.cleaned_data for form in forms}
    default_settings_set(platform_key=platform_key, settings=settings, actor=actor(request))
    messages.success(request, "Saved. The schedules count from the last sync of each data type.")
    return redirect("admin:commerce-manage", platform_key)


def _back(request: HttpRequest, platform_key: str) -> str:
    if request.POST.get("from") == "manage":
        return reverse("admin:commerce-manage", args=[platform_key])
    return reverse("admin:commerce-integrations")


def _connector(platform_key: str) -> Connector:
    try:
        return connector_for(platform_key)
    except UnknownIntegration as error:
        raise Http404(str(error)) from error
