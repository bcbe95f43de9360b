"""The page for people and the control orders behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import requests
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

from integrations.simulator import Simulator, SiteSpec
from integrations.simulator.server.fault import Fault
from integrations.simulator.server.schedule import PROFILES

from .conftest import Vendor
from .small import small_site

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]
HOSTILE = "<script>alert('1')</script> & \"Söhne\""


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    yield from small_site()


def control(vendor: Vendor, action: str = "") -> str:
    return f"{vendor.simulator.root}/control/us/acme/{action}"


def order(vendor: Vendor, action: str, **fields: Any) -> requests.Response:
    return requests.post(control(vendor, action), json=fields, timeout=5)


def page(vendor: Vendor) -> str:
    return requests.get(control(vendor), timeout=5).text


class Outline(HTMLParser):
    """The tags of a page, their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def all(self, *names: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag in names]


# What the pages show


def test_the_port_lists_its_sites(vendor: Vendor) -> None:
    links = [a["href"] for a in Outline(requests.get(vendor.simulator.root, timeout=5).text).all("a")]
    assert {"/control/us/acme/", "/control/eu/other/"} <= set(links)


def test_a_page_shows_rows_sums_and_latest_requests(vendor: Vendor) -> None:
    vendor.get("/nope.json", page=2)
    ledger, words = vendor.site.ledger(), Outline(page(vendor)).words
    assert f"{ledger['rows']['invoices']:,}" in words
    assert f"{ledger['sums']['EUR']['total'] / 100:,.2f}" in words
    assert f"{ledger['mrr']['months'][-1]['closing'] / 100:,.2f}" in words
    assert words[words.index("GET nope.json?page=2") - 1] == "404"


def test_a_big_site_is_counted_when_asked(vendor: Vendor) -> None:
    """A count takes half a millisecond for each customer."""
    vendor.spec.customers = 1_001
    assert "Invoices" not in Outline(page(vendor)).words
    counted = requests.get(control(vendor, "counted"), timeout=5)
    assert "Invoices" in Outline(counted.text).words


def test_a_page_shows_the_weather(vendor: Vendor) -> None:
    assert "Fair: nothing goes wrong." in page(vendor)
    vendor.site.weather.add(
        Fault("rate_limited", path="/inv*", share=0.125, requests=6, every=60, seconds=90)
    )
    words = Outline(page(vendor)).words
    assert words[words.index("/inv*") + 1] == "12.5 % of requests, the first 6 of every 60, 1.5 min"


def test_a_page_shows_another_sites_requests_to_nobody(vendor: Vendor) -> None:
    requests.get(f"{vendor.simulator.root}/eu/other/secret.json", timeout=5)
    assert "secret.json" not in page(vendor)


def test_hostile_names_are_text(vendor: Vendor) -> None:
    vendor.spec.name = HOSTILE
    vendor.site.restore_key(HOSTILE)
    for text in (page(vendor), requests.get(vendor.simulator.root, timeout=5).text):
        outline = Outline(text)
        assert [script.get("src") for script in outline.all("script")] == ["/assets/page.js"]
        assert HOSTILE in "".join(outline.words)


def test_hostile_paths_are_text(vendor: Vendor) -> None:
    vendor.simulator.requests.append(("GET", f"/us/acme/{HOSTILE}", 200))
    assert len(Outline(page(vendor)).all("script")) == 1


def test_pages_run_no_inline_script_and_no_foreign_file(vendor: Vendor) -> None:
    answer = requests.get(control(vendor), timeout=5)
    attributes = {name for _, found in Outline(answer.text).tags for name in found}
    assert not [name for name in attributes if name.startswith("on") or name == "style"]
    assert "default-src 'none'; script-src 'self'" in answer.headers["content-security-policy"]


def test_every_field_has_a_label(vendor: Vendor) -> None:
    outline = Outline(page(vendor))
    labels = {label["for"] for label in outline.all("label")}
    fields = outline.all("input", "select")
    assert [field for field in fields if field.get("id") not in labels and not field.get("aria-label")] == []


def test_a_page_offers_every_profile(vendor: Vendor) -> None:
    assert set(PROFILES) <= {option["value"] for option in Outline(page(vendor)).all("option")}


# Who is let in


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data", ""]
)
def test_an_order_must_say_that_it_is_json(vendor: Vendor, kind: str) -> None:
    """A form of another site can't."""
    answer = requests.post(
        control(vendor, "weather"), data='{"mode":"down"}', headers={"Content-Type": kind}, timeout=5
    )
    assert answer.status_code == 415
    assert vendor.site.weather.faults() == []


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "192.0.2.1", "", "[bad"])
@pytest.mark.parametrize("path", ["/", "/control/us/acme/", "/control/us/acme/ledger", "/assets/page.js"])
def test_a_foreign_host_is_kept_out(vendor: Vendor, host: str, path: str) -> None:
    """A name that was pointed at this machine reaches nothing."""
    answer = requests.get(vendor.simulator.root + path, headers={"Host": host}, timeout=5)
    assert answer.status_code == 403
    assert vendor.spec.api_key not in answer.text


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:9", "[::1]:9"])
def test_loopback_hosts_are_let_in(vendor: Vendor, host: str) -> None:
    assert requests.get(control(vendor), headers={"Host": host}, timeout=5).status_code == 200


def test_a_preflight_is_not_answered(vendor: Vendor) -> None:
    answer = requests.options(
        control(vendor, "weather"), headers={"Origin": "http://evil.example"}, timeout=5
    )
    assert not answer.ok
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    "path", ["/control/us/nobody/", "/control/us/acme/nope", "/control/", "/assets/../x"]
)
def test_what_is_not_there_is_404(vendor: Vendor, path: str) -> None:
    assert requests.get(vendor.simulator.root + path, timeout=5).status_code == 404


# The orders


def test_a_fault_is_added(vendor: Vendor) -> None:
    assert order(vendor, "faults", mode="down", path="/inv*", requests=3).ok
    assert vendor.site.weather.faults() == [Fault("down", path="/inv*", requests=3)]


def test_a_profile_is_followed(vendor: Vendor) -> None:
    order(vendor, "profile", name="flaky")
    assert requests.get(control(vendor, "faults"), timeout=5).json()[0]["mode"] == "error_500"


def test_time_is_moved_on(vendor: Vendor) -> None:
    before = vendor.site.now()
    assert order(vendor, "advance", seconds=86_400).json() == {"now": before + 86_400}
    assert vendor.site.now() == before + 86_400


def test_customers_are_added(vendor: Vendor) -> None:
    ids = order(vendor, "add_customers", count=2).json()["ids"]
    assert set(ids) <= {row["id"] for row in vendor.all("/customers.json")}


def test_a_site_is_renamed(vendor: Vendor) -> None:
    assert order(vendor, "rename", subdomain="renamed").json() == {"path": "/us/renamed"}
    assert vendor.simulator.find("us", "acme") is None


def test_a_taken_name_is_taken_in_its_region_only(vendor: Vendor) -> None:
    assert order(vendor, "rename", subdomain="other").ok


def test_a_taken_name_is_refused() -> None:
    first, second = SiteSpec(subdomain="first", customers=1), SiteSpec(subdomain="second", customers=1)
    sites = Simulator([first, second]).sites
    with pytest.raises(ValueError, match="second is taken"):
        sites.rename(next(iter(sites)), "second")


@pytest.mark.parametrize("name", ["", "Acme", "a/b", "-a", "a.b", "<b>", "a" * 64])
def test_what_is_no_subdomain_is_refused(vendor: Vendor, name: str) -> None:
    assert order(vendor, "rename", subdomain=name).status_code == 400
    assert vendor.site.spec.subdomain == "acme"


def test_a_key_is_revoked_and_replaced(vendor: Vendor) -> None:
    order(vendor, "revoke_key")
    assert vendor.get("/site.json").status_code == 401
    assert order(vendor, "restore_key", key="new").json() == {"api_key": "new"}


def test_webhooks_are_switched_on_and_tested(vendor: Vendor) -> None:
    order(vendor, "webhooks", on=True)
    assert order(vendor, "endpoints", url="http://127.0.0.1:9/").ok
    assert order(vendor, "test_webhooks").json() == {"endpoints": 1}
    assert [webhook.event for webhook in vendor.site.webhooks.kept()] == ["test"]
    assert vendor.site.webhooks.enabled


def test_the_business_is_let_on_and_stopped(vendor: Vendor, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[bool] = []
    monkeypatch.setattr(vendor.site, "live", told.append)
    order(vendor, "live", on=True)
    order(vendor, "live", on=False)
    assert told == [True, False]


@pytest.mark.parametrize(
    ("action", "fields", "text"),
    [
        ("faults", {"mode": "hail"}, "unknown weather 'hail'"),
        ("faults", {"mode": "down", "share": 2}, "<= 1.0"),
        ("faults", {"mode": "down", "rain": 1}, "unknown field"),
        ("profile", {"name": "grim"}, "unknown profile 'grim'; one of calm"),
        ("advance", {"seconds": -1}, ">= 1"),
        ("endpoints", {"url": "http://192.0.2.1/"}, "loopback"),
        ("delete", {"resource": "customers", "id": 1}, "no Customer 1"),
    ],
)
def test_a_bad_order_is_refused_and_says_why(
    vendor: Vendor, action: str, fields: dict[str, Any], text: str
) -> None:
    answer = order(vendor, action, **fields)
    assert answer.status_code == 400
    assert text in answer.json()["error"]


# In a browser


def in_browser(vendor: Vendor, visit: Callable[[Page], None], **context: Any) -> list[str]:
    """Visit the page in a thread of its own, as other tests hold a browser in this one; return its complaints."""
    if not CHROMIUM.exists():
        pytest.skip("This test needs Debian's chromium: apt-get install chromium")

    def run() -> list[str]:
        complaints: list[str] = []
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            opened = browser.new_page(**context)
            opened.on("console", lambda message: complaints.append(message.text))
            opened.on("pageerror", lambda error: complaints.append(str(error)))
            opened.goto(control(vendor))
            visit(opened)
            browser.close()
        return complaints

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(run).result()


def test_a_person_changes_the_weather_and_time(vendor: Vendor) -> None:
    def visit(page: Page) -> None:
        page.get_by_label("Profile").select_option("outage")
        page.get_by_role("button", name="Follow").press("Enter")
        page.get_by_text("the first 20 of every 200").wait_for()
        page.get_by_label("What happens").select_option("cut")
        page.get_by_label("Share of requests, %").fill("12.5")
        page.get_by_label("For minutes").fill("5")
        page.get_by_role("group", name="Add a fault").get_by_role("button").click()
        page.get_by_text("12.5 % of requests, 5 min").wait_for()
        page.get_by_role("button", name="a week").click()
        page.get_by_text("Time has moved on.").wait_for()

    before = vendor.site.now()
    assert in_browser(vendor, visit) == []
    assert vendor.site.now() == before + 7 * 86_400
    assert [fault.mode for fault in vendor.site.weather.faults()] == ["down"]  # five minutes are over


def test_a_person_reads_why_an_order_was_refused(vendor: Vendor) -> None:
    def visit(page: Page) -> None:
        page.get_by_label("Id", exact=True).fill("1")
        page.get_by_role("button", name="Delete").click()
        page.get_by_role("status").get_by_text("no Customer 1").wait_for()

    assert [text for text in in_browser(vendor, visit) if "400 (Bad Request)" not in text] == []


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_axe_finds_nothing_serious_and_nothing_sticks_out(vendor: Vendor, scheme: Any, width: int) -> None:
    found: list[str] = []

    def visit(page: Page) -> None:
        violations = Axe().run(page).response["violations"]
        found.extend(one["id"] for one in violations if one["impact"] in {"serious", "critical"})
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            found.append("sticks out")

    vendor.site.weather.follow("hostile")
    vendor.simulator.requests.append(("GET", f"/us/acme/invoices.json?{'line_items=true&' * 20}", 503))
    vendor.site.webhooks.register(f"http://127.0.0.1:9/{'long' * 40}", [])
    in_browser(vendor, visit, viewport={"width": width, "height": 800}, color_scheme=scheme)
    assert found == []
