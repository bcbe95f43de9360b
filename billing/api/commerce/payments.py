"""Payments, transactions and ways to pay, out of payments, refunds and, of older sites, transactions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.postgres.aggregates import BoolOr
from django.db.models import Case, CharField, Exists, F, OuterRef, QuerySet, Value, When
from django.db.models.expressions import Combinable

from billing.api.commerce.fields import PAYMENT_FIELDS, PAYMENT_METHOD_FIELDS, TRANSACTION_FIELDS
from billing.api.commerce.serializers import (
    PaymentMethodSerializer,
    PaymentSerializer,
    TransactionSerializer,
)
from billing.api.commerce.united import NEWEST, UnitedView
from billing.commerce.payments import payment_body, payment_method_body, transaction_body
from billing.commerce.values import Row
from billing.models import Invoice, Payment, PaymentProfile, Refund, Site, Transaction

_COLUMNS = ("id", "source_id", "currency", "source_created_at", "source_updated_at", "changed_at")
_COMPUTED = ("movement", "minor", "method", "gateway", "status", "invoice")
# What a transaction of an older site must be to have moved money, and the sign that it gets.
_MOVES = {"Payment": 1, "Refund": -1}


class MovementsView(UnitedView):
    """Payments and refunds, from wherever a site has all of them."""

    model = Payment
    default_order = ("-source_created_at", "id", "movement")
    tie_breaker = "source_id"

    def arms(self) -> Sequence[QuerySet[Any]]:
        if self._has_transactions():
            return [_old(self.records(Transaction))]
        return [_paid(self.records(Payment)), _refunded(self.records(Refund))]

    def _has_transactions(self) -> bool:
        """Say whether every payment stands on a transaction, and only some on invoices (docs/data-types.md)."""
        return self.records(Site).filter(relationship_invoicing=False).exists()


class PaymentsView(MovementsView):
    """Payments of the commerce model, refunds as negative ones."""

    data_type = "commerce-payments"
    query_fields = PAYMENT_FIELDS
    serializer_class = PaymentSerializer

    def bodies(self, rows: list[Row]) -> Iterable[dict[str, Any]]:
        return [payment_body(row, is_test=self.source.is_test) for row in rows]


class TransactionsView(MovementsView):
    """Transactions of the commerce model: each payment and refund that moved money."""

    data_type = "commerce-transactions"
    query_fields = TRANSACTION_FIELDS
    serializer_class = TransactionSerializer

    def arms(self) -> Sequence[QuerySet[Any]]:
        return [arm.filter(status="Paid") for arm in super().arms()]

    def bodies(self, rows: list[Row]) -> Iterable[dict[str, Any]]:
        return [transaction_body(row, is_test=self.source.is_test) for row in rows]


class PaymentMethodsView(UnitedView):
    """Payment methods of the commerce model: what customers have stored, and what else invoices were paid with."""

    data_type = "commerce-paymentMethods"
    model = PaymentProfile
    query_fields = PAYMENT_METHOD_FIELDS
    serializer_class = PaymentMethodSerializer
    id_column = "method"
    default_order = ("method",)
    tie_breaker = "method"

    def arms(self) -> Sequence[QuerySet[Any]]:
        stored = self.records(PaymentProfile).exclude(payment_type="")
        in_use = BoolOr(Case(When(disabled=True, then=False), default=True))
        kinds = stored.values("payment_type")
        others = self.records(Payment).exclude(method="").exclude(method__in=kinds)
        return [
            stored.values(method=F("payment_type")).annotate(in_use=in_use, **NEWEST),
            others.values("method").annotate(in_use=BoolOr(Value(None)), **NEWEST),
        ]

    def bodies(self, rows: list[Row]) -> Iterable[dict[str, Any]]:
        return [payment_method_body(row) for row in rows]


def _counted(parts: QuerySet[Any]) -> QuerySet[Any]:
    """Leave out what stands on the children of consolidated invoices: it stands on the parents as well."""
    children = Invoice.objects.filter(
        connection=OuterRef("connection"),
        source_id=OuterRef("invoice_source_id"),
        consolidation_level="child",
    )
    return parts.filter(~Exists(children))


def _paid(payments: QuerySet[Any]) -> QuerySet[Any]:
    return _columns(
        _counted(payments),
        movement=_text("Payment"),
        minor=F("amount_minor"),
        status=_text("Paid"),
        invoice=F("invoice_source_id"),
    )


def _refunded(refunds: QuerySet[Any]) -> QuerySet[Any]:
    return _columns(
        _counted(refunds),
        movement=_text("Refund"),
        minor=F("amount_minor") * -1,
        method=_text(""),
        gateway=_text(""),
        status=_text("Paid"),
        invoice=F("invoice_source_id"),
    )


def _old(transactions: QuerySet[Any]) -> QuerySet[Any]:
    signs = [When(type=type_, then=sign) for type_, sign in _MOVES.items()]
    return _columns(
        transactions.filter(type__in=_MOVES),
        movement=F("type"),
        minor=F("amount_minor") * Case(*signs),
        method=Case(When(masked_number="", then=_text("")), default=_text("credit_card")),
        status=Case(When(success=False, then=_text("Failed")), default=_text("Paid")),
        invoice=_text(""),
    )


def _columns(records: QuerySet[Any], **computed: Combinable) -> QuerySet[Any]:
    columns: QuerySet[Any] = records.annotate(**computed).values(*_COLUMNS, *_COMPUTED)
    return columns


def _text(value: str) -> Value:
    return Value(value, output_field=CharField())
