"""Lists that every coupon has, and figures of the whole site: from the simulator into the tables."""

from __future__ import annotations

from typing import Any

import pytest

from billing import models as billing
from companies.models import Connection
from config.tenancy import tenant_context
from integrations.models import Sync
from integrations.services.syncs import sync_request
from integrations.simulator import Simulator
from integrations.sync import engine
from tests.integrations.sync.test_engine import run

CODES = {"WELCOME10-FAIR", "WELCOME10-CLUB"}


def codes(connection: Connection) -> dict[str, str]:
    """Return the code of each coupon's code that is stored, with its coupon's."""
    with tenant_context(connection.operator_id):
        coupons = dict(billing.Coupon.objects.values_list("source_id", "code"))
        found = billing.CouponCode.objects.filter(deleted_at=None)
        return {one.code: coupons[one.coupon_source_id] for one in found}


def test_codes_arrive_with_their_coupons(linked: Connection) -> None:
    sync = run(linked, streams=["coupons", "coupon_codes"])
    assert codes(linked) == dict.fromkeys(CODES, "WELCOME10")
    with tenant_context(linked.operator_id):
        operation = sync.operations.get(stream="coupon_codes")
    assert (operation.rows_read, operation.verdict) == (2, "complete")


def test_slices_end_between_coupons(
    linked: Connection, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "SLICE_SECONDS", 0)
    sync = run(linked, streams=["coupons", "coupon_codes"])
    assert (sync.status, sync.attempts > 5) == (Sync.Status.COMPLETE, True)
    assert codes(linked).keys() == CODES


def test_they_rest_for_a_day(linked: Connection) -> None:
    run(linked, streams=["coupons", "coupon_codes"])
    with tenant_context(linked.operator_id):
        again = sync_request(connection=linked, requested_by="test", queue=False)
        assert not again.operations.filter(stream="coupon_codes").exists()


def test_what_the_vendor_makes_of_the_site_agrees_with_the_ledger(linked: Connection, acme: Any) -> None:
    run(linked, streams=["site_statistics", "site_mrr"])
    ledger = acme.ledger()
    with tenant_context(linked.operator_id):
        statistics, mrr = billing.SiteStatistics.objects.get(), billing.SiteMrr.objects.get()
    assert statistics.total_subscriptions == ledger["rows"]["subscriptions"]
    assert (statistics.total_revenue_minor or 0) > (statistics.revenue_this_year_minor or 0) > 0
    month = [one for one in ledger["mrr"]["months"] if one["currency"] == "USD"][-1]
    assert (mrr.currency, mrr.amount_minor) == ("USD", month["closing"])
