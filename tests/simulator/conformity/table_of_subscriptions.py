"""The endpoints of subscriptions, their parts, their groups and their history (facts §3)."""

from __future__ import annotations

from .endpoint import PAGES_OF_200, Endpoint, each

PROFORMA_DETAILS = ("line_items", "discounts", "taxes", "credits", "payments", "custom_fields")
EVERY_SUBSCRIPTION = each("/subscriptions.json", most=400, subscription_id="subscription.id")
EVERY_GROUP = each("/subscription_groups.json", most=400, uid="uid")

SUBSCRIPTIONS = (
    Endpoint(
        path="/subscriptions.json",
        operation="listSubscriptions",
        queries=({}, {"sort": "updated_at", "direction": "asc"}, {"include[]": "self_service_page_token"}),
        paging=PAGES_OF_200,
        recorded=("subscriptions/1",),
        sdk="subscriptions.list_subscriptions",
    ),
    Endpoint(
        path="/subscriptions/{subscription_id}.json",
        operation="readSubscription",
        fill=EVERY_SUBSCRIPTION,
        queries=({}, {"include[]": "coupons"}),
        recorded=("subscriptions_ID/1", "subscriptions_ID/10"),
        sdk="subscriptions.read_subscription",
    ),
    Endpoint(
        path="/subscriptions/lookup.json",
        operation="findSubscription",
        fill=each("/subscriptions.json", most=400, reference="subscription.reference"),
        queries=({"reference": "{reference}"},),
        recorded=("subscriptions_lookup/1",),
        sdk="subscriptions.find_subscription",
    ),
)

COMPONENTS = (
    Endpoint(
        path="/subscriptions_components.json",
        operation="listSubscriptionComponentsForSite",
        queries=({}, {"include": "subscription"}, {"include": "historic_usages"}, {"sort": "updated_at"}),
        paging=PAGES_OF_200,
        sdk="subscription_components.list_subscription_components_for_site",
    ),
    Endpoint(
        path="/subscriptions/{subscription_id}/components.json",
        operation="listSubscriptionComponents",
        fill=each("/subscriptions_components.json", subscription_id="subscription_id"),
        queries=({}, {"include": "subscription"}, {"include": "historic_usages"}),
        recorded=("subscriptions_ID_components/1",),
        sdk="subscription_components.list_subscription_components",
    ),
    Endpoint(
        path="/subscriptions/{subscription_id}/components/{component_id}.json",
        operation="readSubscriptionComponent",
        fill=each(
            "/subscriptions_components.json",
            most=100,
            subscription_id="subscription_id",
            component_id="component_id",
        ),
        recorded=("subscriptions_ID_components_ID/1",),
        sdk="subscription_components.read_subscription_component",
    ),
    Endpoint(
        path="/subscriptions/{subscription_id}/components/{component_id}/allocations.json",
        operation="listAllocations",
        fill=each(
            "/subscriptions_components.json",
            most=100,
            subscription_id="subscription_id",
            component_id="component_id",
        ),
        paging=("page",),
        recorded=("subscriptions_ID_components_ID_allocations/1",),
        sdk="subscription_components.list_allocations",
    ),
    Endpoint(
        path="/subscriptions/{subscription_id_or_reference}/components/{component_id}/usages.json",
        operation="listUsages",
        fill=each(
            "/subscriptions_components.json",
            most=400,
            kinds=("metered_component", "prepaid_usage_component"),
            subscription_id_or_reference="subscription_id",
            component_id="component_id",
        ),
        paging=PAGES_OF_200,
        recorded=("subscriptions_ID_components_ID_usages/1",),
        sdk="subscription_components.list_usages",
    ),
)

PARTS = (
    Endpoint(
        path="/subscriptions/{subscription_id}/notes.json",
        operation="listSubscriptionNotes",
        fill=EVERY_SUBSCRIPTION,
        paging=PAGES_OF_200,
        recorded=("subscriptions_ID_notes/1",),
        sdk="subscription_notes.list_subscription_notes",
    ),
    Endpoint(
        path="/subscriptions/{subscription_id}/notes/{note_id}.json",
        operation="readSubscriptionNote",
        fill=each(
            "/subscriptions/{subscription_id}/notes.json", within=EVERY_SUBSCRIPTION, note_id="note.id"
        ),
        recorded=("subscriptions_ID_notes_ID/1",),
        sdk="subscription_notes.read_subscription_note",
    ),
    Endpoint(
        path="/subscriptions/{subscription_id}/account_balances.json",
        operation="readAccountBalances",
        fill=EVERY_SUBSCRIPTION,
        sdk="subscription_invoice_account.read_account_balances",
    ),
    Endpoint(
        path="/subscriptions/{subscription_id}/prepayments.json",
        operation="listPrepayments",
        fill=EVERY_SUBSCRIPTION,
        paging=PAGES_OF_200,
        recorded=("subscriptions_ID_prepayments/1",),
        sdk="subscription_invoice_account.list_prepayments",
    ),
    Endpoint(
        path="/subscriptions/{subscription_id}/service_credits/list.json",
        operation="sdk10_list_service_credits",
        fill=EVERY_SUBSCRIPTION,
        paging=PAGES_OF_200,
        recorded=("subscriptions_ID_service_credits_list/1",),
        sdk="subscription_invoice_account.list_service_credits",
    ),
    Endpoint(
        path="/subscriptions/{subscription_id}/proforma_invoices.json",
        operation="listProformaInvoices",
        fill=EVERY_SUBSCRIPTION,
        queries=({}, dict.fromkeys(PROFORMA_DETAILS, "true")),
        paging=PAGES_OF_200,
        sdk="proforma_invoices.list_proforma_invoices",
    ),
    Endpoint(
        path="/proforma_invoices/{proforma_invoice_uid}.json",
        operation="readProformaInvoice",
        fill=each(
            "/subscriptions/{subscription_id}/proforma_invoices.json",
            within=EVERY_SUBSCRIPTION,
            proforma_invoice_uid="uid",
        ),
        sdk="proforma_invoices.read_proforma_invoice",
    ),
    Endpoint(
        path="/payment_profiles.json",
        operation="listPaymentProfiles",
        paging=PAGES_OF_200,
        recorded=("payment_profiles/1", "payment_profiles/2", "payment_profiles/3", "payment_profiles/4"),
        sdk="payment_profiles.list_payment_profiles",
    ),
    Endpoint(
        path="/payment_profiles/{payment_profile_id}.json",
        operation="readPaymentProfile",
        fill=each("/payment_profiles.json", most=400, payment_profile_id="payment_profile.id"),
        recorded=(
            "payment_profiles_ID/1",
            "payment_profiles_ID/3",
            "payment_profiles_ID/4",
            "payment_profiles_ID/5",
        ),
        sdk="payment_profiles.read_payment_profile",
    ),
)

GROUPS = (
    Endpoint(
        path="/subscription_groups.json",
        operation="listSubscriptionGroups",
        queries=({}, {"include[]": "account_balances"}),
        paging=PAGES_OF_200,
        recorded=("subscription_groups/1",),
        sdk="subscription_groups.list_subscription_groups",
    ),
    Endpoint(
        path="/subscription_groups/{uid}.json",
        operation="readSubscriptionGroup",
        fill=EVERY_GROUP,
        queries=({}, {"include[]": "current_billing_amount_in_cents"}),
        recorded=("subscription_groups_ID/1", "subscription_groups_ID/2"),
        sdk="subscription_groups.read_subscription_group",
    ),
    Endpoint(
        path="/subscription_groups/lookup.json",
        operation="findSubscriptionGroup",
        fill=each("/subscription_groups.json", subscription_id="primary_subscription_id"),
        queries=({"subscription_id": "{subscription_id}"},),
        recorded=("subscription_groups_lookup/1", "subscription_groups_lookup/2"),
        sdk="subscription_groups.find_subscription_group",
    ),
    Endpoint(
        path="/subscription_groups/{uid}/prepayments.json",
        operation="listPrepaymentsForSubscriptionGroup",
        fill=EVERY_GROUP,
        paging=PAGES_OF_200,
        recorded=("subscription_groups_ID_prepayments/1",),
        sdk="subscription_group_invoice_account.list_prepayments_for_subscription_group",
    ),
    Endpoint(
        path="/subscription_groups/{uid}/proforma_invoices.json",
        operation="listSubscriptionGroupProformaInvoices",
        fill=EVERY_GROUP,
        sdk="proforma_invoices.list_subscription_group_proforma_invoices",
    ),
)

CUSTOM_FIELDS = tuple(
    endpoint
    for resource, resource_id in (("customers", "customer.id"), ("subscriptions", "subscription.id"))
    for endpoint in (
        Endpoint(
            path=f"/{resource}/metafields.json",
            fixed={"resource_type": resource},
            operation="listMetafields",
            paging=PAGES_OF_200,
            recorded=("ID_metafields/1", "ID_metafields/2"),
            sdk="custom_fields.list_metafields",
        ),
        Endpoint(
            path=f"/{resource}/metadata.json",
            fixed={"resource_type": resource},
            operation="listMetadataForResourceType",
            queries=({}, {"with_deleted": "true"}),
            paging=PAGES_OF_200,
            sdk="custom_fields.list_metadata_for_resource_type",
        ),
        Endpoint(
            path=f"/{resource}/{{resource_id}}/metadata.json",
            fixed={"resource_type": resource},
            operation="listMetadata",
            fill=each(f"/{resource}.json", most=400, resource_id=resource_id),
            paging=PAGES_OF_200,
            recorded=("ID_ID_metadata/1",),
            sdk="custom_fields.list_metadata",
        ),
    )
)

EVENTS = (
    Endpoint(
        path="/events.json",
        operation="listEvents",
        queries=({}, {"direction": "asc"}),
        paging=PAGES_OF_200,
        recorded=("events/1",),
        sdk="events.list_events",
    ),
    Endpoint(
        path="/subscriptions/{subscription_id}/events.json",
        operation="listSubscriptionEvents",
        fill=EVERY_SUBSCRIPTION,
        paging=PAGES_OF_200,
        recorded=("subscriptions_ID_events/1",),
        sdk="events.list_subscription_events",
    ),
    Endpoint(
        path="/events/count.json",
        operation="readEventsCount",
        recorded=("events_count/1",),
        sdk="events.read_events_count",
    ),
)

MRR = (
    Endpoint(
        path="/mrr.json",
        operation="readMrr",
        queries=({}, {"at_time": "2026-01-31T23:59:59Z"}),
        recorded=("mrr/1",),
        sdk="insights.read_mrr",
        not_for_sdk=("at_time",),  # it wants a datetime here, and text in the list below
    ),
    Endpoint(
        path="/mrr_movements.json",
        operation="listMrrMovements",
        queries=({}, {"direction": "asc"}),
        paging=PAGES_OF_200,
        recorded=("mrr_movements/1",),
        sdk="insights.list_mrr_movements",
    ),
    Endpoint(
        path="/subscriptions_mrr.json",
        operation="listMrrPerSubscription",
        queries=({}, {"at_time": "2026-01-31T23:59:59Z"}),
        paging=PAGES_OF_200,
        sdk="insights.list_mrr_per_subscription",
    ),
)
