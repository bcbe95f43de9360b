"""What may differ from each yardstick, and why. An entry that no answer needs any more fails its own test."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from .descriptions import UNKNOWN_KEY


class Allowed(NamedTuple):
    """A rule that answers of some operations may break at a key path (its end is enough), and the reason."""

    operations: tuple[str, ...]
    path: str
    rule: str
    why: str

    def covers(self, operation: str, path: str, rule: str) -> bool:
        """Tell whether this is the exception for what was found."""
        at = path == self.path or path.endswith(f".{self.path}")
        return operation in self.operations and rule == self.rule and at


class Absent(NamedTuple):
    """Key paths of recorded bodies that the simulator leaves out, and the reason."""

    files: tuple[str, ...]
    paths: tuple[str, ...]
    why: str


WITH_SUBSCRIPTIONS = (
    "listSubscriptions",
    "readSubscription",
    "listCustomerSubscriptions",
    "findSubscription",
)
WITH_PROFILES = ("listPaymentProfiles", "readPaymentProfile")
WITH_STATEMENTS = (
    "get-statements.json",
    "get-statements-statement_id-.json",
    "get-subscriptions-subscription_id-statements.json",
)
WITH_TRANSACTIONS = (
    *WITH_STATEMENTS,
    "get-transactions.json",
    "get-transactions-transaction_id-.json",
    "get-subscriptions-subscription_id-transactions.json",
)
STATEMENT_EVENTS = (
    "described with the data of payments only; captured with those of changes of state and product"
)
BEFORE_TAX = "the description lacks the amounts before tax; captured in statements and at a subscription"
NULL_CARD = "PayPal and hosted vaults: recorded with nulls, against the vendor's own schema (facts §7)"
NULL_ACCOUNT = "the vendor's bug PLS-1746 (facts §7)"
NO_PRODUCT = "the new Catalog experience of 2026: a subscription may have no product (facts §3)"
CARD_FAULTS = (
    ("masked_card_number", "type"),
    ("card_type", "type"),
    ("card_type", "enum"),
    ("expiration_month", "type"),
    ("expiration_year", "type"),
)

DESCRIPTION: tuple[Allowed, ...] = (
    Allowed(
        ("readSite",),
        "organization_address.line_2",
        UNKNOWN_KEY,
        "the live site has it, not `line2` (facts §7)",
    ),
    *(Allowed(WITH_SUBSCRIPTIONS, f"credit_card.{key}", rule, NULL_CARD) for key, rule in CARD_FAULTS),
    *(Allowed(WITH_PROFILES, f"payment_profile.{key}", rule, NULL_CARD) for key, rule in CARD_FAULTS),
    Allowed(WITH_SUBSCRIPTIONS, "bank_account.masked_bank_account_number", "type", NULL_ACCOUNT),
    Allowed(WITH_PROFILES, "payment_profile.masked_bank_account_number", "type", NULL_ACCOUNT),
    Allowed(WITH_SUBSCRIPTIONS, "subscription.product", "type", NO_PRODUCT),
    Allowed(WITH_SUBSCRIPTIONS, "subscription.product_price_point_id", "type", NO_PRODUCT),
    Allowed(WITH_SUBSCRIPTIONS, "subscription.product_price_point_type", "type", NO_PRODUCT),
    Allowed(WITH_SUBSCRIPTIONS, "subscription.product_price_point_type", "enum", NO_PRODUCT),
    Allowed(
        WITH_SUBSCRIPTIONS, "subscription.cancellation_method", "enum", "`imported` came later (facts §7)"
    ),
    Allowed(
        ("sdk10_list_service_credits",),
        "service_credits.[].invoice_uid",
        "type",
        "null in the vendor's own example: a credit that no invoice has used",
    ),
    *(
        Allowed(WITH_STATEMENTS, f"event.event_specific_data.{key}", UNKNOWN_KEY, STATEMENT_EVENTS)
        for key in (
            "previous_subscription_state",
            "new_subscription_state",
            "previous_product_id",
            "new_product_id",
        )
    ),
    *(
        Allowed(WITH_TRANSACTIONS, f"{kind}_amount_in_cents", UNKNOWN_KEY, BEFORE_TAX)
        for kind in ("original", "discount", "taxable")
    ),
)

SDK: tuple[Allowed, ...] = (
    Allowed(("readSite",), "organization_address.line_2", "unknown", "the live site has it (facts §7)"),
)

RECORDED: tuple[Absent, ...] = (
    Absent(
        ("site/2", "site/3"), ("site.organization_address.line2",), "the live site has `line_2` (facts §7)"
    ),
    Absent(
        ("products/3",),
        ("[].product.product_family.created_at", "[].product.product_family.updated_at"),
        'a made-up example ("string", 0); products recorded in 2020 have families without them',
    ),
    Absent(
        ("subscriptions_ID_components_ID_allocations/1",),
        ("[].allocation.expires_at", "[].allocation.used_quantity"),
        "of prepaid usage components, which this business doesn't sell",
    ),
    Absent(
        ("statements/1",),
        ("[].statement.basic_html_view", "[].statement.html_view", "[].statement.text_view"),
        "the views were dropped from the site's list (facts §7)",
    ),
)

# Keys of webhooks of 2012 that are gone: `return_url` of a product was last seen in 2015 (facts §7).
GONE_FROM_WEBHOOKS = ("[return_url]",)
# Recorded webhooks that are never sent, by the reason.
NOT_SENT = {
    "only a merchant who moves the end of a subscription causes it, and none does here": (
        "expiration_date_change",
    ),
}

# Recorded bodies that nothing is compared with, by the reason.
NOT_SIMULATED = {
    "the facts (§3) list no such endpoint": (
        "portal_customers_ID_management_link/1",
        "errors_422_portal_customers_ID_management_link/1",
        "errors_429_portal_customers_ID_management_link/1",
        "referral_codes_validate/1",
        "errors_404_referral_codes_validate/1",
        "subscriptions_ID_scheduled_renewals/1",
        "subscriptions_ID_scheduled_renewals_ID/1",
    ),
    "the seller's own, which a site's key does not open (facts §1)": (
        "sellers_ID_sales_commission_settings/1",
        "sellers_ID_sales_reps/1",
        "sellers_ID_sales_reps_ID/1",
    ),
    "refusals of writes, and the simulator only reads": (
        "errors_x/1",
        "errors_x/2",
        "errors_x/3",
        "errors_x/4",
    ),
}


def without_allowed(
    operation: str, found: Iterable[tuple[str, str, str]], allowed: tuple[Allowed, ...]
) -> list[str]:
    """Return, as lines to read, what was found (path, rule, message) and no exception covers."""
    return [
        f"{path or 'the body'}: {message} [{rule}]"
        for path, rule, message in found
        if not any(entry.covers(operation, path, rule) for entry in allowed)
    ]


def left_out(name: str) -> set[str]:
    """Return the key paths of a recorded body that answers may lack."""
    return {path for entry in RECORDED if name in entry.files for path in entry.paths}
