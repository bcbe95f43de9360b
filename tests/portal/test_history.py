"""The history on a record's page: what changed when, in words."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client
from django.urls import reverse

from billing.models import Subscription
from config.tenancy import tenant_context
from tests.api.vendor import day, sent, swept
from tests.conftest import Tenant
from tests.portal.conftest import World
from tests.portal.test_pages import queries_of


def page_of(world: World, model: Any = Subscription, **wanted: str) -> str:
    """Return the path of a record's page."""
    with tenant_context(world.tenant.operator.id):
        record = model.objects.get(connection=world.connection, **wanted)
    return reverse(f"admin:billing_{model._meta.model_name}_change", args=[record.pk])


def section(content: bytes) -> str:
    """Return the words of the section."""
    found = re.search(r'id="history">(.*?)</section>', content.decode(), re.DOTALL)
    assert found
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())


def body(state: str, **more: Any) -> dict[str, Any]:
    return {"id": 77, "state": state, **more}


def test_each_version_with_what_it_changed(world: World, portal: Client) -> None:
    sent(world.connection, "subscriptions", day(2), body("active", coupon_code="SPRING"))
    sent(world.connection, "subscriptions", day(4), body("canceled", cancellation_message="Too dear"))
    swept(world.connection, "subscription", day(6), "77")
    said = section(portal.get(page_of(world, source_id="77")).content)
    first, second, third = "Version 3", "Version 2", "Version 1"
    assert said.index(first) < said.index(second) < said.index(third)
    assert "2026-03-06 12:00 Deleted at the vendor" in said
    assert "2026-03-04 12:00 Changed: state, cancellation_message, coupon_code" in said
    assert "state active → canceled" in said
    assert "cancellation_message new: Too dear" in said
    assert "coupon_code gone; was SPRING" in said
    assert "2026-03-02 12:00 First seen" in said


def test_long_histories_go_on_a_page_further(world: World, portal: Client) -> None:
    for number in range(1, 15):
        sent(world.connection, "subscriptions", day(number), body("active", balance_in_cents=number))
    path = page_of(world, source_id="77")
    newest = portal.get(path).content
    assert ("Older versions" in section(newest), "First seen" in section(newest)) == (True, False)
    older = re.search(r'href="(\?before=\d+)#history"', newest.decode())
    assert older
    rest = section(portal.get(path + older[1]).content)
    assert "First seen" in rest
    assert "Version 5" not in rest
    assert "Newest versions" in rest


def test_many_places_and_long_values_are_cut(world: World, portal: Client) -> None:
    sent(world.connection, "subscriptions", day(2), body("active"))
    many = {f"key_{number:02}": "x" * 500 for number in range(15)}
    sent(world.connection, "subscriptions", day(4), body("active", **many))
    said = section(portal.get(page_of(world, source_id="77")).content)
    assert said.count("new: x") == 10
    assert "5 more places" in said
    assert "x" * 101 not in said


def test_what_the_vendor_wrote_stays_text(world: World, portal: Client) -> None:
    sent(world.connection, "subscriptions", day(2), body("active"))
    sent(
        world.connection,
        "subscriptions",
        day(4),
        body("<script>alert(1)</script>", **{"<b>": [1, 2.5, None]}),
    )
    content = portal.get(page_of(world, source_id="77")).content.decode()
    assert "<script>alert(1)" not in content
    assert "&lt;script&gt;alert(1)" in content
    assert "new: [1,2.5,null]" in content


def test_what_stands_on_an_invoice_has_none_of_its_own(world: World, portal: Client) -> None:
    path = reverse("admin:billing_invoiceline_change", args=[world.records["invoiceline"].pk])
    assert 'id="history"' not in portal.get(path).content.decode()


def test_an_odd_cursor_shows_the_newest(world: World, portal: Client) -> None:
    sent(world.connection, "subscriptions", day(2), body("active"))
    for odd in ("x", "", "-1", "9" * 30, "٣"):
        assert "First seen" in section(portal.get(page_of(world, source_id="77"), {"before": odd}).content)


def test_it_costs_the_same_queries_however_long(world: World, portal: Client) -> None:
    for number in range(1, 4):
        sent(world.connection, "subscriptions", day(number), body("active", balance_in_cents=number))
    path = page_of(world, source_id="77")
    before = queries_of(portal, path)
    for number in range(4, 20):
        sent(world.connection, "subscriptions", day(number), body("active", balance_in_cents=number))
    assert queries_of(portal, path) == before


def test_another_operator_never_sees_it(world: World, southbank: Tenant) -> None:
    sent(world.connection, "subscriptions", day(2), body("active"))
    answer = southbank.portal().get(page_of(world, source_id="77") + "?before=9", follow=True)
    assert 'id="history"' not in answer.content.decode()
