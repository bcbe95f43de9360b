"""By what objects of the commerce model can be queried and ordered: whatever a column answers."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import Q

from billing.api.fields import Amount, Exact
from config.api.query import Day, Field, Moment, Text


class Rate(Exact):
    """A number from 0 to 1, over a column of percentages."""

    def compare(self, operator: str, value: Decimal) -> Q:
        return super().compare(operator, value.scaleb(2))


_MODIFIED: dict[str, Field] = {
    "modifiedDate": Moment("changed_at"),
    "sourceModifiedDate": Moment("source_updated_at"),
}

_DATES: dict[str, Field] = {"createdDate": Moment("source_created_at"), **_MODIFIED}

CUSTOMER_FIELDS: dict[str, Field] = {
    "id": Text("source_id"),
    "customerName": Text("name"),
    "emailAddress": Text("email"),
    "phone": Text("phone"),
    **_DATES,
}

ORDER_FIELDS: dict[str, Field] = {
    "id": Text("source_id"),
    "orderNumber": Text("number"),
    "currency": Text("currency"),
    "closedDate": Day("paid_date"),
    "totalAmount": Amount("net_minor"),
    "totalTaxAmount": Amount("tax_minor"),
    "totalDiscount": Amount("discount_minor"),
    "customerRef.id": Text("customer_source_id"),
    "status": Text("status"),
    "consolidationLevel": Text("consolidation_level"),
    "subscriptionId": Text("subscription_source_id"),
    **_DATES,
}

PAYMENT_FIELDS: dict[str, Field] = {
    "id": Text("source_id"),
    "amount": Amount("minor"),
    "currency": Text("currency"),
    "paymentMethodRef.id": Text("method"),
    "status": Text("status"),
    "paymentProvider": Text("gateway"),
    "orderId": Text("invoice"),
    **_DATES,
}

TRANSACTION_FIELDS: dict[str, Field] = {
    "id": Text("source_id"),
    "totalAmount": Amount("minor"),
    "currency": Text("currency"),
    "type": Text("movement"),
    "subType": Text("method"),
    "transactionSourceRef.id": Text("source_id"),
    "orderId": Text("invoice"),
    "sourceCreatedDate": Moment("source_created_at"),
    **_DATES,
}

PRODUCT_FIELDS: dict[str, Field] = {
    "id": Text("product_id"),
    "name": Text("name"),
    "description": Text("description"),
    **_DATES,
}

CATEGORY_FIELDS: dict[str, Field] = {"id": Text("source_id"), "name": Text("name"), **_MODIFIED}

# These are made of many rows, whose newest change is theirs.
_NEWEST: dict[str, Field] = {"modifiedDate": Moment("changed"), "sourceModifiedDate": Moment("updated")}

PAYMENT_METHOD_FIELDS: dict[str, Field] = {"id": Text("method"), **_NEWEST}

TAX_COMPONENT_FIELDS: dict[str, Field] = {
    "id": Text("component_id"),
    "name": Text("title"),
    "rate": Rate("percentage"),
    **_NEWEST,
}
