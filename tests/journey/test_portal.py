"""The Portal in a real Chromium: by mouse and keyboard, without JavaScript, with hostile names, under axe."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.journey.conftest import Screen
from tests.stack import PASSWORD, OperatorAccount, Stack

HOSTILE = (
    """\"'><script>window.hacked=1</script><img src=x onerror="window.hacked=1"> x-data="{a: window.hacked=1}" \
{{constructor.constructor('window.hacked=1')()}} =HYPERLINK(1) \u202egnp.exe """
    + "x" * 30
)

SEED = """
import json, uuid
from datetime import timedelta
from django.utils import timezone
from companies.models import Connection
from companies.services.companies import company_create
from config.tenancy import tenant_context
from tests.portal.conftest import make_connection, make_records, make_sync
name = json.loads({name!r})
with tenant_context(uuid.UUID({operator!r})):
    company = company_create(name="Corner Bakery", actor=name[:200])
    connection = make_connection(company, is_test=True, account_name=name[:200])
    held = timezone.now() + timedelta(hours=1)
    sync = make_sync(connection, status="running", not_before=held, requested_by=name[:200])
    records = make_records(connection, name)
print(json.dumps({{"company": str(company.pk), "sync": str(sync.pk)}} | {{k: r.pk for k, r in records.items()}}))
"""


def seed(stack: Stack, account: OperatorAccount, name: str = "Ada") -> dict[str, Any]:
    """Return the ids of a company with data in the running program."""
    code = SEED.format(name=json.dumps(name), operator=account.id)
    ids: dict[str, Any] = json.loads(stack.manage("shell", "-v0", "-c", code))
    return ids


def paths(ids: dict[str, Any]) -> dict[str, str]:
    """Return the pages of the Portal by name."""
    company = f"/admin/companies/company/{ids['company']}"
    pages = {
        "dashboard": "/admin/",
        "companies": "/admin/companies/company/",
        "add": "/admin/companies/company/add/",
        "company": f"{company}/change/",
        "company-delete": f"{company}/delete/",
        "integrations": "/admin/integrations/commerce/",
        "manage": "/admin/integrations/commerce/manage/rkgp/",
        "syncs": "/admin/integrations/sync/",
        "sync": f"/admin/integrations/sync/{ids['sync']}/change/",
        "team": "/admin/companies/member/",
        "keys": "/admin/companies/apikey/",
        "new-key": "/admin/companies/apikey/add/",
        "audit": "/admin/companies/auditevent/",
        "nothing": "/admin/billing/refund/?q=nothing",
        "password": "/admin/password_change/",
    }
    for kind in ids.keys() - {"company", "sync"}:
        pages[f"{kind}-list"] = f"/admin/billing/{kind}/"
        pages[kind] = f"/admin/billing/{kind}/{ids[kind]}/change/"
    return pages


def sign_in(page: Page, account: OperatorAccount) -> None:
    page.goto(f"{account.base_url}/admin/login/")
    page.get_by_label("Email").fill(account.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Password").press("Enter")
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()


@pytest.fixture
def page(screen: Screen, lending: OperatorAccount) -> Page:
    """A window in which the operator's administrator is signed in."""
    sign_in(screen.page, lending)
    return screen.page


def open_page(page: Page, account: OperatorAccount, path: str) -> None:
    page.goto(account.base_url + path)


def test_the_switch_by_click_and_by_keyboard(page: Page, lending: OperatorAccount) -> None:
    open_page(page, lending, "/admin/integrations/commerce/")
    switch = page.get_by_role("switch", name="Chargify")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "true")
    expect(page.get_by_text("Switched on")).to_be_visible()
    page.reload()
    expect(switch).to_have_attribute("aria-checked", "true")
    switch.focus()
    page.keyboard.press("Space")
    expect(switch).to_have_attribute("aria-checked", "false")
    page.keyboard.press("Enter")
    expect(switch).to_have_attribute("aria-checked", "true")
    expect(switch).to_be_focused()


def test_new_company_by_keyboard_alone(page: Page, lending: OperatorAccount) -> None:
    open_page(page, lending, "/admin/companies/company/")
    page.get_by_role("button", name="New company").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Add new company")
    name = dialog.get_by_label("Company name")
    expect(name).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()

    page.keyboard.press("Enter")
    page.keyboard.type("Bakery [1]")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("can't contain [ ]")
    expect(name).to_have_value("Bakery [1]")
    expect(name).to_be_focused()

    name.fill("Corner Bakery")
    page.keyboard.press("Enter")
    link_url = dialog.get_by_label("Link URL")
    expect(link_url).to_be_focused()
    expect(link_url).to_have_value(re.compile("/link/"))
    assert link_url.get_attribute("readonly") is not None
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(dialog.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == link_url.input_value()

    dialog.get_by_role("button", name="Done").press("Enter")
    expect(page.get_by_role("link", name="Corner Bakery")).to_be_visible()


def test_progress_refreshes_itself(page: Page, lending: OperatorAccount, stack: Stack) -> None:
    ids = seed(stack, lending)
    open_page(page, lending, paths(ids)["company"])
    expect(page.get_by_text("3 of 12")).to_be_visible()
    page.evaluate("window.samePage = true")
    page.get_by_role("link", name="Unlink").focus()
    stack.manage(
        "shell",
        "-v0",
        "-c",
        "import uuid\nfrom config.tenancy import tenant_context\nfrom integrations.models import PullOperation\n"
        f"with tenant_context(uuid.UUID('{lending.id}')):\n"
        "    PullOperation.objects.filter(stream='customers').update(rows_read=11)",
    )
    expect(page.get_by_text("11 of 12")).to_be_visible()
    expect(page.get_by_role("link", name="Unlink")).to_be_focused()
    assert page.evaluate("window.samePage")


def test_hostile_names_do_nothing(screen: Screen, page: Page, lending: OperatorAccount, stack: Stack) -> None:
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    for name, path in paths(seed(stack, lending, HOSTILE)).items():
        open_page(page, lending, path)
        page.wait_for_function("window.Alpine !== undefined")
        assert page.evaluate("window.hacked") is None, name
        assert page.evaluate("document.querySelectorAll('img[src=x]').length") == 0, name
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
    assert screen.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_serious_and_nothing_sticks_out(
    chromium: Browser, lending: OperatorAccount, stack: Stack, scheme: Any, width: int
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)
    page = context.new_page()
    sign_in(page, lending)
    found = []
    for name, path in paths(seed(stack, lending)).items():
        open_page(page, lending, path)
        violations = Axe().run(page).response["violations"]
        found += [(name, one["id"]) for one in violations if one["impact"] in {"serious", "critical"}]
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            found.append((name, "sticks out"))
        if name in {"company", "customer", "companies", "integrations"}:
            page.screenshot(path=f"var/screenshots/portal-{name}-{width}-{scheme}.png", full_page=True)
    context.close()
    assert found == []


def test_the_dialog_and_the_open_menu_please_axe(page: Page, lending: OperatorAccount) -> None:
    open_page(page, lending, "/admin/companies/company/")
    page.get_by_role("button", name="New company").click()
    violations = Axe().run(page).response["violations"]
    assert [one["id"] for one in violations if one["impact"] in {"serious", "critical"}] == []


def test_menu_and_filters_by_keyboard(page: Page, lending: OperatorAccount) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_page(page, lending, "/admin/companies/company/")
    companies = page.get_by_role("link", name="Companies", exact=True)
    expect(companies).to_be_hidden()
    page.get_by_role("button", name="Show or hide the menu").press("Enter")
    expect(companies).to_be_visible()
    page.get_by_role("button", name="Close the menu").press("Enter")
    expect(companies).to_be_hidden()
    page.get_by_role("button", name="Filters").press("Enter")
    page.get_by_role("link", name="No connections").press("Enter")
    expect(page).to_have_url(re.compile("status=none"))


def test_it_works_without_javascript(chromium: Browser, lending: OperatorAccount) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, lending)
    open_page(page, lending, "/admin/integrations/commerce/")
    page.get_by_role("switch", name="Chargify").click()
    expect(page.get_by_role("switch", name="Chargify")).to_have_attribute("aria-checked", "true")
    open_page(page, lending, "/admin/companies/company/")
    page.get_by_role("button", name="New company").click()
    page.get_by_label("Company name").fill("Corner Bakery")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_label("Link URL")).to_have_value(re.compile("/link/"))
    context.close()
