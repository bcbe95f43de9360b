"""The ledger against a reader of its own: everything is read over HTTP and added up from the bodies alone.

The reader knows no fact and no rule of the simulator but those that the ledger states with its figures; the ledger
knows no body. Where they agree, both are right.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
import requests

from integrations.simulator import Simulator, SiteSpec

from .conftest import NOW, Vendor

DETAILS = ("line_items", "discounts", "taxes", "credits", "payments", "refunds")
LIVE = {"active", "assessing", "past_due", "soft_failure"}
PLAN_CHANGES = {"subscription_product_change", "subscription_plan_change"}
ALLOCATIONS = {"component_allocation_change", "allocation_change"}
Row = dict[str, Any]


@pytest.fixture(scope="module", params=[1, 2, 3], ids="seed {}".format)
def vendor(request: pytest.FixtureRequest) -> Iterator[Vendor]:
    """A site in three currencies, two of whose customers were deleted; it went on for a quarter after it was built."""
    spec = SiteSpec(
        customers=90,
        months=26,
        seed=request.param,
        non_primary_currencies=("EUR", "JPY"),
        now=NOW - timedelta(days=90),
    )
    with Simulator([spec]) as simulator, requests.Session() as session:
        session.auth = (spec.api_key, "x")
        found = Vendor(simulator, spec, session)
        found.site.advance(90 * 86_400)
        found.site.update("customers", 3)
        for row in found.rows("/customers.json", per_page=2):
            found.site.delete("customers", row["id"])
        yield found


@pytest.fixture(scope="module")
def ledger(vendor: Vendor) -> Row:
    found: Row = requests.get(f"{vendor.simulator.root}/control/us/acme/ledger", timeout=30).json()
    return found


@pytest.fixture(scope="module")
def invoices(vendor: Vendor) -> list[Row]:
    return vendor.all("/invoices.json", **dict.fromkeys(DETAILS, "true"))


class TestRows:
    @pytest.mark.parametrize(
        ("resource", "path", "query"),
        [
            ("customers", "/customers.json", {}),
            ("product_families", "/product_families.json", {}),
            ("products", "/products.json", {"include_archived": "true"}),
            ("components", "/components.json", {"include_archived": "true"}),
            ("coupons", "/coupons.json", {"filter[include_archived]": "true"}),
            ("payment_profiles", "/payment_profiles.json", {}),
            ("subscriptions", "/subscriptions.json", {}),
            ("subscription_components", "/subscriptions_components.json", {}),
            ("subscription_groups", "/subscription_groups.json", {}),
            ("customer_metadata", "/customers/metadata.json", {}),
            ("subscription_metadata", "/subscriptions/metadata.json", {}),
            ("events", "/events.json", {}),
            ("invoices", "/invoices.json", {}),
            ("invoice_events", "/invoices/events.json", {}),
            ("credit_notes", "/credit_notes.json", {}),
        ],
    )
    def test_a_full_read_finds_them_all(
        self, vendor: Vendor, ledger: Row, resource: str, path: str, query: Row
    ) -> None:
        assert len(vendor.all(path, **query)) == ledger["rows"][resource]

    def test_archived_price_points_are_read_apart(self, vendor: Vendor, ledger: Row) -> None:
        """Facts §3: `filter[archived_at]=not_null` asks for the archived ones."""
        for resource, path in (
            ("product_price_points", "/products_price_points.json"),
            ("component_price_points", "/components_price_points.json"),
        ):
            shown = {row["id"] for row in vendor.all(path)}
            shown |= {row["id"] for row in vendor.all(path, **{"filter[archived_at]": "not_null"})}
            assert len(shown) == ledger["rows"][resource]

    def test_per_subscription_lists_find_the_rest(self, vendor: Vendor, ledger: Row) -> None:
        found = Counter[str]()
        for row in vendor.all("/subscriptions_components.json"):
            base = f"/subscriptions/{row['subscription_id']}/components/{row['component_id']}"
            found["allocations"] += len(pages(vendor, f"{base}/allocations.json"))
            found["usages"] += len(pages(vendor, f"{base}/usages.json"))
        for row in vendor.all("/subscriptions.json"):
            for name in ("notes", "prepayments", "proforma_invoices"):
                found[name] += len(pages(vendor, f"/subscriptions/{row['id']}/{name}.json"))
        for row in vendor.all("/subscription_groups.json"):
            found["prepayments"] += len(pages(vendor, f"/subscription_groups/{row['uid']}/prepayments.json"))
        assert found == {name: ledger["rows"][name] for name in found}
        assert all(found.values())

    def test_parts_of_invoices_are_counted(self, invoices: list[Row], ledger: Row) -> None:
        names = {name: "invoice_lines" if name == "line_items" else name for name in DETAILS}
        assert {names[name]: sum(len(row[name]) for row in invoices) for name in DETAILS} == {
            name: ledger["rows"][name] for name in names.values()
        }


class TestSums:
    def test_invoices_add_up_by_currency(self, invoices: list[Row], ledger: Row) -> None:
        sums: dict[str, Counter[str]] = defaultdict(Counter)
        names = {"refunded": "refund", "credited": "credit"}
        for row in invoices:
            if row["consolidation_level"] == "child":
                continue
            for name in ("total", "paid", "due", "refunded", "credited", "discount", "tax"):
                sums[row["currency"]][name] += int(Decimal(row[f"{names.get(name, name)}_amount"]) * 100)
        assert ledger["sums"] == {currency: dict(found) for currency, found in sums.items()}
        assert set(sums) == {"USD", "EUR", "JPY"}

    def test_the_feed_of_invoices_ends_where_the_invoices_are(
        self, vendor: Vendor, invoices: list[Row]
    ) -> None:
        """Facts §3: the last snapshot of an invoice is the invoice."""
        latest = {
            row["invoice"]["uid"]: row["invoice"]
            for row in vendor.all("/invoices/events.json", with_change_invoice_status="true")
        }
        checked = (
            "status",
            "total_amount",
            "paid_amount",
            "due_amount",
            "credit_amount",
            "refund_amount",
            "paid_date",
        )
        for row in invoices:
            if row["consolidation_level"] != "child":  # a child follows its parent without events of its own
                assert {key: latest[row["uid"]][key] for key in checked} == {key: row[key] for key in checked}

    def test_events_tell_what_was_paid(self, vendor: Vendor, invoices: list[Row]) -> None:
        paid = sum(
            Decimal(row["event_data"]["applied_amount"])
            for row in vendor.all("/invoices/events.json")
            if row["event_type"] == "apply_payment"
        )
        parents = [row for row in invoices if row["consolidation_level"] != "child"]
        assert paid == sum(Decimal(row["paid_amount"]) for row in parents)

    def test_credit_notes_meet_the_invoices(self, vendor: Vendor, invoices: list[Row]) -> None:
        notes = vendor.all("/credit_notes.json", applications="true", refunds="true")
        applied = sum(Decimal(part["applied_amount"]) for note in notes for part in note["applications"])
        refunded = sum(Decimal(part["applied_amount"]) for note in notes for part in note["refunds"])
        assert applied == sum(Decimal(row["credit_amount"]) for row in invoices)
        assert refunded == sum(Decimal(row["refund_amount"]) for row in invoices)
        assert all(
            Decimal(note["total_amount"])
            == Decimal(note["applied_amount"]) + Decimal(note["remaining_amount"])
            for note in notes
        )


class TestRevenue:
    def test_opening_and_movements_make_the_closing(self, ledger: Row) -> None:
        last: dict[str, int] = {}
        for row in ledger["mrr"]["months"]:
            assert row["opening"] == last.get(row["currency"], 0)
            moved = sum(row[name] for name in ("new", "reactivation", "expansion", "contraction", "churn"))
            assert row["opening"] + moved == row["closing"]
            last[row["currency"]] = row["closing"]

    def test_a_reader_of_events_finds_the_same_movements(self, vendor: Vendor, ledger: Row) -> None:
        """By the rules that the ledger states, from the bodies alone: every movement of every customer and month."""
        read = Reader(vendor)
        stated = ledger["mrr"]["months"]
        found = read.months()
        assert found == {
            (row["currency"], row["month"], name): row[name]
            for row in stated
            for name in ("new", "reactivation", "expansion", "contraction", "churn")
            if row[name]
        }
        assert {name for _, _, name in found} == {"new", "reactivation", "expansion", "contraction", "churn"}

    def test_so_does_each_customer(self, vendor: Vendor) -> None:
        by_customer = Reader(vendor).by_customer()
        for customer, expected in list(by_customer.items())[:40]:
            url = f"{vendor.simulator.root}/control/us/acme/mrr/{customer}"
            months = requests.get(url, timeout=5).json()["months"]
            names = ("new", "reactivation", "expansion", "contraction", "churn")
            assert {
                (row["currency"], row["month"], n): row[n] for row in months for n in names if row[n]
            } == expected

    def test_the_vendors_own_figure_agrees(self, vendor: Vendor, ledger: Row) -> None:
        closing = {row["currency"]: row["closing"] for row in ledger["mrr"]["months"]}
        assert vendor.get("/mrr.json").json()["mrr"]["amount_in_cents"] == closing["USD"]


class Reader:
    """Walks the feed of events and prices what each subscription holds at each second."""

    def __init__(self, vendor: Vendor) -> None:
        self.products = {row["id"]: row for row in vendor.all("/products.json", include_archived="true")}
        self.components = {row["id"]: row for row in vendor.all("/components.json", include_archived="true")}
        points = vendor.all("/components_price_points.json")
        self.points = {row["id"]: row for row in points}
        self.subscriptions = vendor.all("/subscriptions.json")
        self.held: dict[int, list[Row]] = defaultdict(list)
        for row in vendor.all("/subscriptions_components.json"):
            self.held[row["subscription_id"]].append(row)
        self.events: dict[int, list[Row]] = defaultdict(list)
        for event in vendor.all("/events.json", direction="asc"):
            if event["subscription_id"]:
                self.events[event["subscription_id"]].append(event)

    def months(self) -> dict[tuple[str, str, str], int]:
        total: Counter[tuple[str, str, str]] = Counter()
        for found in self.by_customer().values():
            total.update(found)
        return {key: amount for key, amount in total.items() if amount}

    def by_customer(self) -> dict[int, dict[tuple[str, str, str], int]]:
        """Net the changes of a customer's subscriptions second by second and name each."""
        changes: dict[int, dict[tuple[str, datetime, str], int]] = defaultdict(lambda: defaultdict(int))
        for subscription in self.subscriptions:
            customer, currency = subscription["customer"]["id"], subscription["currency"]
            for at, amount in self.changes(subscription):
                month = at[:7]
                changes[customer][currency, datetime.fromisoformat(at).astimezone(UTC), month] += amount
        return {customer: self.named(found) for customer, found in changes.items()}

    @staticmethod
    def named(changes: dict[tuple[str, datetime, str], int]) -> dict[tuple[str, str, str], int]:
        standing: dict[str, int] = {}
        found: Counter[tuple[str, str, str]] = Counter()
        for (currency, _, month), amount in sorted(changes.items()):
            if not amount:
                continue
            before = standing.get(currency)
            standing[currency] = after = (before or 0) + amount
            if not before:
                name = "new" if before is None else "reactivation"
            elif not after:
                name = "churn"
            else:
                name = "expansion" if amount > 0 else "contraction"
            found[currency, month, name] += amount
        return {key: amount for key, amount in found.items() if amount}

    def changes(self, subscription: Row) -> Iterator[tuple[str, int]]:
        """Go back from what is now to what was at the start, then forward again."""
        events = self.events[subscription["id"]]
        standing = self.at_the_start(subscription, events)
        worth, position = 0, 0
        for start in range(len(events)):
            if start < position:
                continue
            at = events[start]["created_at"]
            while position < len(events) and events[position]["created_at"] == at:
                self.apply(standing, events[position])
                position += 1
            if standing["state"] in LIVE and (value := self.worth(standing)) != worth:
                yield at, value - worth
                worth = value
            elif standing["state"] not in LIVE and worth:
                yield at, -worth
                worth = 0

    def at_the_start(self, subscription: Row, events: list[Row]) -> Row:
        product = (subscription["product"] or {}).get("id")
        held = {
            row["component_id"]: {"quantity": row["allocated_quantity"], "point": row["price_point_id"]}
            for row in self.held[subscription["id"]]
        }
        state = subscription["state"]
        for event in reversed(events):
            data = event["event_specific_data"] or {}
            if event["key"] in PLAN_CHANGES:
                product = data["previous_product_id"]
            elif event["key"] in ALLOCATIONS:
                held[data["component_id"]]["quantity"] = data["previous_allocation"]
            elif event["key"] == "item_price_point_changed":
                held[data["item_id"]]["point"] = data["previous_price_point"]["id"]
            elif event["key"] == "subscription_state_change":
                state = data["previous_subscription_state"]
        return {"product": product, "held": held, "state": state}

    @staticmethod
    def apply(standing: Row, event: Row) -> None:
        data = event["event_specific_data"] or {}
        if event["key"] in PLAN_CHANGES:
            standing["product"] = data["new_product_id"]
        elif event["key"] in ALLOCATIONS:
            standing["held"][data["component_id"]]["quantity"] = data["new_allocation"]
        elif event["key"] == "item_price_point_changed":
            standing["held"][data["item_id"]]["point"] = data["current_price_point"]["id"]
        elif event["key"] == "subscription_state_change":
            standing["state"] = data["new_subscription_state"]

    def worth(self, standing: Row) -> int:
        product = self.products.get(standing["product"])
        cents = Decimal(product["price_in_cents"] if product else 0)
        for component_id, held in standing["held"].items():
            if self.components[component_id]["kind"] != "metered_component":
                cents += self.cost(self.points[held["point"]], held["quantity"])
        interval, unit = (product["interval"], product["interval_unit"]) if product else (1, "month")
        a_month = cents / interval if unit == "month" else cents * 365 / (12 * interval)
        return int(a_month.quantize(Decimal(1), ROUND_HALF_UP))

    @staticmethod
    def cost(point: Row, quantity: int) -> Decimal:
        """Price a quantity by the vendor's schemes, in cents."""
        if not quantity:
            return Decimal(0)
        tiers = sorted(point["prices"], key=lambda tier: tier["starting_quantity"])
        tier = next(
            found
            for found in tiers
            if found["ending_quantity"] is None or quantity <= found["ending_quantity"]
        )
        scheme = point.get("pricing_scheme")  # absent for on/off components
        if scheme == "stairstep":
            total = Decimal(tier["unit_price"])
        elif scheme == "volume":
            total = Decimal(tier["unit_price"]) * quantity
        else:
            assert scheme in ("per_unit", None)
            total = Decimal(tiers[0]["unit_price"]) * quantity
        return (total * 100).quantize(Decimal(1), ROUND_HALF_UP)


def pages(vendor: Vendor, path: str) -> list[Any]:
    """Read a list of unknown page size until a page is empty."""
    found: list[Any] = []
    number = 1
    while rows := vendor.rows(path, page=number):
        found += rows
        number += 1
    return found
