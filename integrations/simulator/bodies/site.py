"""The body of the site itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..business.invoicing import NET_TERMS
from . import Body

if TYPE_CHECKING:
    from ..site import Site

HOSTS = {"us": "chargify.com", "eu": "ebilling.maxio.com"}  # facts §1
SELLER_ADDRESS: Body = {
    "street": "1 Market Square",
    "line_2": "Floor 2",  # this block spells its second line so (facts §7)
    "city": "Springfield",
    "state": "MA",
    "zip": "01103",
    "country": "US",
}


def site(site: Site) -> Body:
    """Return the inside of /site.json; it has no time zone (facts §1)."""
    spec = site.spec
    return {
        "id": site.id,
        "name": spec.name,
        "subdomain": spec.subdomain,
        "currency": spec.currency,
        "seller_id": site.seller_id,
        "non_primary_currencies": list(spec.non_primary_currencies),
        "relationship_invoicing_enabled": not spec.legacy,
        "schedule_subscription_cancellation_enabled": False,
        "customer_hierarchy_enabled": False,
        "whopays_enabled": False,
        "whopays_default_payer": "self-ungrouped",
        "default_payment_collection_method": "automatic",
        "organization_address": SELLER_ADDRESS | {"name": spec.name, "phone": "+1 555 0199"},
        "tax_configuration": {
            "kind": "custom",
            "destination_address": "shipping_then_billing",
            "fully_configured": False,
        },
        "net_terms": {
            "default_net_terms": 0,
            "automatic_net_terms": 0,
            "remittance_net_terms": NET_TERMS,
            "net_terms_on_remittance_signups_enabled": False,
            "custom_net_terms_enabled": False,
        },
        "test": spec.test,
        # accrue_charge is a string on the live API (facts §1).
        "allocation_settings": {
            "upgrade_charge": "prorated",
            "downgrade_credit": "none",
            "accrue_charge": "true",
        },
    }


def address(site: Site, path: str) -> str:
    """Return the address of a page of the site, as some bodies carry it."""
    return f"https://{site.spec.subdomain}.{HOSTS[site.spec.region]}{path}"
