"""The journey in a real Chromium, by the words of the user's own description."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.journey.conftest import Screen
from tests.stack import PASSWORD, SITE_KEY, OperatorAccount, Stack


def sign_in(page: Page, lending: OperatorAccount) -> None:
    page.goto(f"{lending.base_url}/admin/")
    page.get_by_label("Email").fill(lending.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Password").press("Enter")
    expect(page.get_by_role("heading", name="Dashboard").first).to_be_visible()


def enable_chargify(page: Page) -> None:
    page.get_by_role("link", name="Commerce integrations").first.click()
    switch = page.get_by_role("switch", name=re.compile("Chargify"))
    expect(switch).to_have_attribute("aria-checked", "false")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "true")


def new_company(page: Page, name: str) -> str:
    page.get_by_role("link", name="Companies", exact=True).first.click()
    page.get_by_role("button", name="New company").or_(
        page.get_by_role("link", name="New company")
    ).first.click()
    dialog = page.get_by_role("dialog", name="Add new company")
    dialog.get_by_label("Company name").fill(name)
    dialog.get_by_role("button", name="Add", exact=True).click()
    link_url = dialog.get_by_label("Link URL")
    expect(link_url).to_have_value(re.compile(r"^http://127\.0\.0\.1:\d+/link/"))
    return link_url.input_value()


def connect(page: Page, link_url: str, *, site: str = "acme", key: str = SITE_KEY) -> None:
    """Walk Link up to Continue."""
    page.goto(link_url)
    expect(page.get_by_role("heading", name="Commerce")).to_be_visible()
    page.get_by_role("radio", name=re.compile("Chargify")).check()
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("heading", name="Connect to Chargify")).to_be_visible()
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("heading", name="Your Chargify credentials")).to_be_visible()
    fill_credentials(page, site=site, key=key)


def fill_credentials(page: Page, *, site: str, key: str) -> None:
    page.get_by_label("Chargify site").fill(site)
    page.get_by_role("textbox", name="API key").fill(key)
    page.get_by_role("button", name="Continue").click()


def test_the_whole_journey(screen: Screen, lending: OperatorAccount, stack: Stack) -> None:
    page = screen.page
    sign_in(page, lending)
    screen.shoot("portal-dashboard-empty")

    enable_chargify(page)
    screen.shoot("portal-commerce-integrations")
    page.get_by_role("link", name=re.compile("Manage")).first.click()
    expect(page.get_by_label("Platform key")).to_have_value("rkgp")
    expect(page.get_by_text("No global credentials are needed")).to_be_visible()
    expect(page.get_by_role("switch", name=re.compile("Chargify"))).to_have_attribute("aria-checked", "true")
    screen.shoot("portal-manage-chargify")

    link_url = new_company(page, "Corner Bakery")
    screen.shoot("portal-new-company")

    customer = page.context.new_page()
    customer.goto(link_url)
    customer.screenshot(path="var/screenshots/link-commerce.png", full_page=True)
    customer.get_by_role("radio", name=re.compile("Chargify")).check()
    customer.get_by_role("button", name="Next").click()
    expect(customer.get_by_role("heading", name="Connect to Chargify")).to_be_visible()
    customer.screenshot(path="var/screenshots/link-consent.png", full_page=True)
    customer.get_by_role("button", name="Next").click()
    expect(customer.get_by_role("heading", name="Your Chargify credentials")).to_be_visible()
    customer.screenshot(path="var/screenshots/link-credentials.png", full_page=True)

    fill_credentials(customer, site="https://acme.chargify.com/dashboard", key="not-the-key-0123456789")
    expect(customer.get_by_text("The API key was refused")).to_be_visible(timeout=30_000)
    assert "acme" in customer.get_by_label("Chargify site").input_value()
    assert customer.get_by_role("textbox", name="API key").input_value() == ""
    customer.screenshot(path="var/screenshots/link-refused.png", full_page=True)

    fill_credentials(customer, site="acme", key=SITE_KEY)
    expect(customer.get_by_role("heading", name="Connected")).to_be_visible(timeout=30_000)
    expect(customer.get_by_text("Acme Projects")).to_be_visible()
    customer.screenshot(path="var/screenshots/link-connected.png", full_page=True)
    customer.get_by_role("button", name="Finish").click()
    expect(customer.get_by_text("You can close this window")).to_be_visible()

    company = lending.get("/companies?query=name%3DCorner Bakery")["results"][0]
    lending.wait_for_sync(company["id"])
    page.goto(f"{lending.base_url}/admin/companies/company/{company['id']}/change/")
    expect(page.get_by_text("Linked").first).to_be_visible()
    screen.shoot("portal-company")

    stated = stack.simulator.site("us", "acme").ledger()["rows"]
    page.get_by_role("link", name="Invoices", exact=True).first.click()
    expect(page.get_by_text(re.compile(rf"\b{stated['invoices']}\b")).first).to_be_visible()
    screen.shoot("portal-invoices")
    page.locator("#result_list tbody a").first.click()
    expect(page.get_by_text("line_items").first).to_be_attached()
    screen.shoot("portal-invoice")
    page.goto(f"{lending.base_url}/admin/")
    screen.shoot("portal-dashboard")
    assert screen.complaints == []


def test_link_works_on_a_phone_in_the_dark(screen: Screen, lending: OperatorAccount, stack: Stack) -> None:
    stack.manage("integration_enable", "--operator", lending.id, "--platform-key", "rkgp")
    link_url = lending.call("POST", "/companies", json={"name": "Harbour Cafe"}).json()["redirect"]
    context = screen.page.context.browser.new_context(
        viewport={"width": 390, "height": 844}, color_scheme="dark", is_mobile=True, has_touch=True
    )
    page = context.new_page()
    connect(page, link_url, site="europa", key="europa-key-0123456789")
    expect(page.get_by_role("heading", name="Connected")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("Test site").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.screenshot(path="var/screenshots/link-connected-phone-dark.png", full_page=True)
    context.close()


def test_finish_leads_to_the_operators_own_page(
    screen: Screen, lending: OperatorAccount, stack: Stack
) -> None:
    stack.manage("integration_enable", "--operator", lending.id, "--platform-key", "rkgp")
    host = urlsplit(stack.base_url).netloc
    sign_in(screen.page, lending)
    screen.page.get_by_role("link", name="Redirects").first.click()
    template = f"http://{host}/healthz?company={{companyId}}&s={{statusCode}}"
    screen.page.get_by_label("Redirect URL").fill(template)
    screen.page.get_by_label("Allowed hosts").fill(host)
    screen.page.get_by_role("button", name="Save").click()
    expect(screen.page.get_by_text("Saved.")).to_be_visible()
    screen.shoot("portal-redirects")
    company = lending.call("POST", "/companies", json={"name": "Harbour Cafe"}).json()
    connect(screen.page, company["redirect"])
    expect(screen.page.get_by_role("heading", name="Connected")).to_be_visible(timeout=30_000)
    screen.page.get_by_role("button", name="Finish").click()
    screen.page.wait_for_url(f"**/healthz?company={company['id']}&s=200")
