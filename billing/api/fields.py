"""By what records can be queried and ordered, and where each property is."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

from django.db.models import Q

from billing.api.serializers import SubscriptionSerializer
from billing.models import Subscription
from config.api.query import Day, Field, Integer, Moment, Text, field_for
from config.currencies import UNUSUAL_PLACES, USUAL_PLACES


class Amount(Integer):
    """An amount in the currency's main unit, over a column of minor units."""

    def compare(self, operator: str, value: Decimal) -> Q:
        condition = ~Q(currency__in=UNUSUAL_PLACES) & super().compare(operator, value.scaleb(USUAL_PLACES))
        for places in set(UNUSUAL_PLACES.values()):
            currencies = [currency for currency, its_places in UNUSUAL_PLACES.items() if its_places == places]
            condition |= Q(currency__in=currencies) & super().compare(operator, value.scaleb(places))
        return condition


_DATES: dict[str, Field] = {
    "createdDate": Moment("source_created_at"),
    "modifiedDate": Moment("changed_at"),
    "sourceModifiedDate": Moment("source_updated_at"),
}

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


@cache
def subscription_columns() -> dict[str, str]:
    """Return the column of each property of a subscription."""
    fields = SubscriptionSerializer().fields
    return {name: str(field.source) for name, field in fields.items() if name != "isTest"}


def subscription_fields() -> dict[str, Field]:
    """Return the properties by which subscriptions can be queried: every one that has a column."""
    columns = subscription_columns()
    fields = {field.name: field for field in Subscription._meta.fields}
    return {name: field_for(fields[column]) for name, column in columns.items()}
