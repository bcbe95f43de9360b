"""The API of metrics: five commerce reports, and those of subscriptions, which are still to come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from django.urls import URLPattern, path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing.api.metric_parameters import PARAMETERS, Asked, read_parameters
from billing.api.sources import SourceView
from billing.metrics.commerce import METRICS, Metric, Sums
from billing.metrics.periods import Period
from billing.models import Site
from billing.order_sums import customer_sums, order_sums
from companies.api.base import ClientView
from companies.models import Connection
from config.api.errors import Conflict
from config.api.serializers import CamelSerializer
from config.api.views import operation
from config.currencies import places_of

_TAG = "Metrics"


class ReportInfoSerializer(CamelSerializer[Any]):
    """What a report is called."""

    name = serializers.CharField()
    display_name = serializers.CharField()


class CommerceReportSerializer(CamelSerializer[Any]):
    """A report: periods by lines, each with a value."""

    report_info = ReportInfoSerializer()
    dimensions = serializers.ListField(child=serializers.DictField(), help_text="Periods, and lines.")
    measures = serializers.ListField(child=serializers.DictField())
    report_data = serializers.ListField(
        child=serializers.DictField(), help_text="A component for each period."
    )


class CommerceReportView(SourceView):
    """A report on a connection's orders."""

    metric: ClassVar[Metric]

    def report(self, request: Request) -> Response:
        """Return the report that a request asks for."""
        asked, site = read_parameters(request), self._site()
        currency = site.currency if site else ""
        sums, others = self._sums(asked.periods, currency)
        places = places_of(currency)
        return Response(
            self.metric.report.body(
                asked.periods[1:],
                self.metric.rows(sums, places),
                currency=currency,
                with_names=asked.with_names,
                errors=[*_late(self.source, asked), *_other_currencies(currency, others), *_partial(site)],
            )
        )

    def _site(self) -> Site | None:
        return Site.objects.filter(connection=self.source, deleted_at=None).order_by("id").first()

    def _sums(self, periods: list[Period], currency: str) -> tuple[list[Sums], list[str]]:
        if not self.metric.needs_customers:
            return order_sums(self.source.id, periods, currency)
        is_money = any(measure.type == "currency" for measure in self.metric.report.measures)
        return customer_sums(self.source.id, periods, currency, one_currency=is_money), []


def _late(connection: Connection, asked: Asked) -> list[dict[str, Any]]:
    """Say where a report reaches beyond what was read."""
    read, last = connection.last_synced_at, asked.periods[-1]
    if read and last.end <= read:
        return []
    until = f"Data are known until {read:%Y-%m-%d %H:%M} UTC." if read else "No sync has been completed yet."
    return [_error("DatesOutOfRange", until, "reportDate", [str(last.last)])]


def _other_currencies(currency: str, others: list[str]) -> list[dict[str, Any]]:
    if not others:
        return []
    text = f"Orders in other currencies than {currency} are left out."
    return [_error("OtherCurrencies", text, "currencies", others)]


def _partial(site: Site | None) -> list[dict[str, Any]]:
    """Say where orders aren't all that was billed (docs/data-types.md)."""
    if site is None or site.relationship_invoicing is not False:
        return []
    text = "On this older site only customers who pay by invoice have orders; commerce-transactions has the rest."
    return [_error("PartialOrders", text, "dataTypes", ["commerce-orders"])]


def _error(type_: str, message: str, name: str, values: list[str]) -> dict[str, Any]:
    return {"type": type_, "message": message, "details": {name: values}}


@dataclass(frozen=True)
class CommerceReport:
    """One of the five reports, at a path of its own."""

    name: str
    metric: Metric

    def path(self, prefix: str) -> URLPattern:
        """Return the URL of the report."""
        title = self.metric.report.title.lower()

        @operation(
            f"get-commerce-{title.replace(' ', '-')}-metrics",
            f"Get {title} metrics",
            tag=_TAG,
            response=CommerceReportSerializer,
            errors=[400, 404, 409],
            parameters=PARAMETERS,
        )
        def get(view: CommerceReportView, request: Request, **kwargs: Any) -> Response:
            """Return the report of each period, the oldest first, on orders in the company's own currency."""
            return view.report(request)

        attributes = {"metric": self.metric, "get": get}
        view: type[CommerceReportView] = type(
            f"{self.name[0].upper()}{self.name[1:]}View", (CommerceReportView,), attributes
        )
        return path(f"{prefix}/commerceMetrics/{self.name}", view.as_view())


COMMERCE_REPORTS = [CommerceReport(name, metric) for name, metric in METRICS.items()]


class SubscriptionMetricsView(ClientView):
    """Metrics of recurring revenue, which are not there yet."""

    @operation(
        "request-recurring-revenue-metrics",
        "Request metrics of subscriptions",
        tag=_TAG,
        response=None,
        errors=[404, 409],
    )
    def get(self, request: Request, **kwargs: Any) -> Response:
        """Refuse, and say what there is meanwhile."""
        self.connection()
        raise Conflict(
            "Metrics of subscriptions are not available yet. Meanwhile billing-subscriptions and billing-siteMrr have "
            "what the vendor states."
        )


class MrrView(SubscriptionMetricsView):
    """Monthly recurring revenue, which is not there yet."""

    @operation(
        "get-recurring-revenue-metrics",
        "Get metrics of subscriptions",
        tag=_TAG,
        response=None,
        errors=[404, 409],
    )
    def get(self, request: Request, **kwargs: Any) -> Response:
        """Refuse, and say what there is meanwhile."""
        return super().get(request, **kwargs)
