"""The Portal's admin site: Django admin in the operator's words."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import PermissionDenied
from django.db.models.base import ModelBase
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.templatetags.static import static
from django.urls import URLPattern, reverse, reverse_lazy
from unfold.dataclasses import Favicon
from unfold.forms import AuthenticationForm as UnfoldAuthenticationForm
from unfold.sites import UnfoldAdminSite

from companies.roles import Right
from config.tenancy import TenantModel


class SignInForm(UnfoldAuthenticationForm):
    """The theme's sign-in form, for every active user: what they may do is said by their membership."""

    confirm_login_allowed = AuthenticationForm.confirm_login_allowed


class PortalSite(UnfoldAdminSite):
    """The admin site that every app's ModelAdmin registers with."""

    index_title = "Dashboard"
    site_url = None
    login_form = SignInForm

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Register tables of tenants alone, so that no library's own pages (groups, sign-in attempts) slip in."""
        models = [model_or_iterable] if isinstance(model_or_iterable, ModelBase) else model_or_iterable
        ours = [model for model in models if issubclass(model, TenantModel)]
        super().register(ours, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and request.member is not None

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Sign in; tell somebody who is signed in but belongs to no operator what to do."""
        if not request.user.is_authenticated or self.has_permission(request):
            # The theme's form doesn't carry where to go next.
            query = request.GET.copy()
            query.setdefault(REDIRECT_FIELD_NAME, reverse("admin:index"))
            request.GET = query
            return super().login(request, {"title": "Sign in"} | (extra_context or {}))
        if request.method == "POST":
            logout(request)
            return redirect("admin:login")
        return self._notice(request, "portal/no_operator.html", "You belong to no organisation")

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:
        """Wrap a view so that what a role forbids is a page rather than a bare 403."""
        inner = super().admin_view(view, cacheable)

        def explained(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                return inner(request, *args, **kwargs)
            except PermissionDenied:
                return self._notice(request, "portal/not_permitted.html", "Your role doesn't allow this")

        return update_wrapper(explained, inner)

    def app_index(self, request: HttpRequest, app_label: str, extra_context: Any = None) -> HttpResponse:
        """Lead to the dashboard: the Portal is not sorted by Django's apps."""
        return redirect("admin:index")

    def extra_urls(self) -> list[URLPattern]:
        """Return the pages that belong to no table."""
        from integrations.admin.commerce import urls
        from portal import redirects

        return [*urls(), *redirects.urls()]

    def extra_context(self, context: dict[str, Any], request: HttpRequest) -> dict[str, Any]:
        """Give the pages our icon, and take out the theme's link to a public site, which there is none of."""
        icon = Favicon(href=static("portal/icon.svg"), rel="icon", type="image/svg+xml")
        return context | {"site_url": None, "site_favicons": [icon]}

    def _notice(self, request: HttpRequest, template: str, title: str) -> HttpResponse:
        context = {**self.each_context(request), "title": title}
        return TemplateResponse(request, template, context, status=403)


def stylesheet(request: HttpRequest) -> str:
    """Return our own stylesheet on top of the theme's."""
    return static("portal/portal.css")


def script(request: HttpRequest) -> str:
    """Return our own script."""
    return static("portal/portal.js")


# Title, icon, URL name and the right that a group's pages need.
_DATA = [
    ("Customers", "group", "billing_customer_changelist"),
    ("Subscriptions", "autorenew", "billing_subscription_changelist"),
    ("Components of subscriptions", "extension", "billing_subscriptioncomponent_changelist"),
    ("Subscription groups", "workspaces", "billing_subscriptiongroup_changelist"),
    ("Invoices", "receipt_long", "billing_invoice_changelist"),
    ("Payments", "payments", "billing_payment_changelist"),
    ("Refunds", "undo", "billing_refund_changelist"),
    ("Credits", "add_card", "billing_appliedcredit_changelist"),
    ("Credit notes", "request_quote", "billing_creditnote_changelist"),
    ("Invoice lines", "format_list_bulleted", "billing_invoiceline_changelist"),
    ("Credit note lines", "playlist_remove", "billing_creditnoteline_changelist"),
    ("Discounts", "sell", "billing_discount_changelist"),
    ("Taxes", "percent", "billing_tax_changelist"),
    ("Statements", "description", "billing_statement_changelist"),
    ("Transactions", "swap_horiz", "billing_transaction_changelist"),
    ("Products", "inventory_2", "billing_product_changelist"),
    ("Product families", "category", "billing_productfamily_changelist"),
    ("Components", "widgets", "billing_component_changelist"),
    ("Price points", "price_change", "billing_pricepoint_changelist"),
    ("Component price points", "stacked_line_chart", "billing_componentpricepoint_changelist"),
    ("Coupons", "confirmation_number", "billing_coupon_changelist"),
    ("Coupon codes", "local_offer", "billing_couponcode_changelist"),
    ("Payment profiles", "credit_card", "billing_paymentprofile_changelist"),
    ("Custom fields of customers", "edit_note", "billing_customermetadatum_changelist"),
    ("Custom fields of subscriptions", "edit_note", "billing_subscriptionmetadatum_changelist"),
    ("Reason codes", "help_center", "billing_reasoncode_changelist"),
    ("Invoice events", "receipt", "billing_invoiceevent_changelist"),
    ("Events", "event_note", "billing_event_changelist"),
    ("Sites", "language", "billing_site_changelist"),
    ("Site statistics", "monitoring", "billing_sitestatistics_changelist"),
    ("MRR of sites", "trending_up", "billing_sitemrr_changelist"),
]
_SETTINGS = [
    ("API keys", "key", "companies_apikey_changelist"),
    ("Webhooks", "webhook", "companies_webhookconsumer_changelist"),
    ("Redirects", "alt_route", "redirects"),
]
_AUDIT = [
    ("Webhook deliveries", "send", "companies_webhookdelivery_changelist"),
    ("Audit trail", "history", "companies_auditevent_changelist"),
]


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the sidebar, with what the member may see."""
    may = request.member.may
    main = [
        ("Dashboard", "dashboard", "index"),
        ("Companies", "storefront", "companies_company_changelist"),
        ("Commerce integrations", "extension", "commerce-integrations"),
    ]
    activity = [
        ("Syncs", "sync", "integrations_sync_changelist"),
        ("Requests to vendors", "swap_vert", "integrations_vendorrequest_changelist"),
    ]
    settings = [("Team", "badge", "companies_member_changelist")]
    if may(Right.CHANGE_SETTINGS):
        activity += _AUDIT
        settings += _SETTINGS
    data = _DATA if may(Right.VIEW_DATA) else []
    groups = [("", main), ("Data", data), ("Activity", activity), ("Settings", settings)]
    return [
        {"title": title, "items": [_item(*entry) for entry in entries]}
        for title, entries in groups
        if entries
    ]


def _item(title: str, icon: str, name: str) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": reverse_lazy(f"admin:{name}")}
