"""The pages for people: what the sites hold, and forms for the control orders."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from pathlib import Path
from string import Template
from typing import Any
from zoneinfo import ZoneInfo

from ..site import CHANGEABLE, DELETABLE, Site
from .fault import Fault
from .schedule import PROFILES
from .sites import Sites
from .weather import MODES
from .webhooks import Webhook, Webhooks

FRAME = Template(Path(__file__).with_name("page.html").read_text())
SITE = Template(Path(__file__).with_name("site.html").read_text())
SHOWN_REQUESTS, SHOWN_WEBHOOKS = 25, 10
COUNTED = "counted"  # the page's path that counts whatever it takes
COUNTED_UNASKED = 1_000  # customers: about half a second


def home_page(sites: Sites, root: str) -> str:
    """Return the page that lists the sites of this port; root is the address above them."""
    rows = [
        [
            f'<a href="{_control(site)}/">{escape(site.spec.name)}</a>',
            f"<code>{escape(root)}{_address(site)}</code>",
            escape(_tags(site)),
        ]
        for site in sites
    ]
    table = _table(("Site", "API address", "Kind"), rows)
    return _framed(
        "Simulated Chargify", f'<h1 class="head">Sites</h1><section class="wide">{table}</section>'
    )


def site_page(sites: Sites, site: Site, root: str, *, counted: bool) -> str:
    """Return the page of one site; a big one is counted only where that was asked for."""
    body = SITE.substitute(
        name=escape(site.spec.name),
        tags=escape(_tags(site)),
        url=escape(root) + _address(site),
        key=f"<code>{escape(site.api_key)}</code>" if site.api_key else '<span class="bad">revoked</span>',
        shared_key=escape(site.spec.shared_key),
        life="goes on with the clock" if site.is_live else "waits to be told",
        clock=f"{datetime.fromtimestamp(site.now(), ZoneInfo(site.spec.time_zone)):%Y-%m-%d %H:%M:%S %z}",
        control=_control(site),
        subdomain=escape(site.spec.subdomain),
        faults=_faults(site.weather.faults()),
        profiles=_options(PROFILES),
        modes=_options(mode for mode in MODES if mode != "fair"),
        changeable=_options(CHANGEABLE),
        deletable=_options(DELETABLE),
        holds=_holds(site, counted=counted),
        requests=_requests(sites.latest_requests(site, SHOWN_REQUESTS)),
        webhooks=_webhooks(site.webhooks),
    )
    return _framed(f"{site.spec.name}: simulated Chargify", body)


def _framed(title: str, body: str) -> str:
    return FRAME.substitute(title=escape(title), body=body)


def _tags(site: Site) -> str:
    kind = "test site" if site.spec.test else "live site"
    return f"{site.spec.region.upper()}, {kind}, {site.spec.time_zone}"


def _address(site: Site) -> str:
    return escape(f"/{site.spec.region}/{site.spec.subdomain}")


def _control(site: Site) -> str:
    return f"/control{_address(site)}"


def _options(values: Iterable[str]) -> str:
    return "".join(f'<option value="{escape(value)}">{escape(_words(value))}</option>' for value in values)


def _words(name: str) -> str:
    return name.replace("_", " ")


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], caption: str = "") -> str:
    """Return a table of cells that are HTML already; a head that begins with > stands to the right."""
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    sides = [' class="number"' if head.startswith(">") else "" for head in heads]
    top = _line("th", (f'{side} scope="col"' for side in sides), (head.lstrip(">") for head in heads))
    body = "".join(_line("td", sides, row) for row in rows)
    return f'<div class="scroll"><table>{title}{top}{body}</table></div>'


def _line(tag: str, attributes: Iterable[str], cells: Iterable[str]) -> str:
    found = zip(attributes, cells, strict=True)
    return f"<tr>{''.join(f'<{tag}{attribute}>{cell}</{tag}>' for attribute, cell in found)}</tr>"


def _faults(faults: list[Fault]) -> str:
    if not faults:
        return '<p class="good">Fair: nothing goes wrong.</p>'
    rows = [
        [escape(_words(fault.mode)), f"<code>{escape(fault.path)}</code>", _bounds(fault)] for fault in faults
    ]
    return _table(("In force", "Paths", "Bounds"), rows)


def _bounds(fault: Fault) -> str:
    parts = [f"{100 * fault.share:.3g} % of requests" if fault.share < 1 else ""]
    if fault.requests is not None:
        parts.append(f"the first {fault.requests}" + (f" of every {fault.every}" if fault.every else ""))
    if fault.seconds is not None:
        parts.append(f"{fault.seconds / 60:.3g} min")
    if fault.latency_ms or fault.jitter_ms:
        parts.append(f"{fault.latency_ms} ms, up to {fault.jitter_ms} ms more")
    return ", ".join(part for part in parts if part) or "every request"


def _holds(site: Site, *, counted: bool) -> str:
    if site.spec.customers > COUNTED_UNASKED and not counted:
        return (
            f'<p>This site is big. <a href="{_control(site)}/{COUNTED}">Count it</a>; that takes a while.</p>'
        )
    ledger = site.ledger()
    return _rows(ledger["rows"]) + _amounts(ledger["sums"], "Invoices") + _mrr(ledger["mrr"]["months"])


def _rows(rows: dict[str, int]) -> str:
    cells = [[escape(_words(name)), f"{number:,}"] for name, number in rows.items()]
    return _table(("Resource", ">Rows"), cells, "Rows")


def _amounts(sums: dict[str, dict[str, int]], caption: str) -> str:
    """Return a table of cents, by name and currency."""
    if not sums:
        return ""
    names = list(dict.fromkeys(name for amounts in sums.values() for name in amounts))
    heads = ("Amount", *(f">{escape(currency)}" for currency in sums))
    rows = [
        [escape(_words(name)), *(f"{amounts.get(name, 0) / 100:,.2f}" for amounts in sums.values())]
        for name in names
    ]
    return _table(heads, rows, caption)


def _mrr(months: list[dict[str, Any]]) -> str:
    latest = {month["currency"]: month for month in months}
    amounts = {
        currency: {name: value for name, value in month.items() if isinstance(value, int)}
        for currency, month in latest.items()
    }
    return _amounts(amounts, "MRR, the latest month")


def _requests(requests: list[tuple[str, str, int]]) -> str:
    if not requests:
        return '<p class="quiet">None yet.</p>'
    rows = [
        [_status(status), f'<code class="path">{escape(method)} {escape(path.split("/", 3)[3])}</code>']
        for method, path, status in requests
    ]
    return _table(("Status", "Request"), rows)


def _status(status: int) -> str:
    return f'<span class="{"good" if status < 400 else "bad"}">{status}</span>'


def _webhooks(webhooks: Webhooks) -> str:
    state = "on" if webhooks.enabled else "off"
    endpoints = [
        [f"<code>{escape(endpoint.url)}</code>", str(len(endpoint.webhook_subscriptions))]
        for endpoint in webhooks.endpoints
    ]
    latest = [_webhook(webhook) for webhook in webhooks.kept()[: -SHOWN_WEBHOOKS - 1 : -1]]
    tables = _table(("Endpoint", ">Events"), endpoints) if endpoints else ""
    tables += _table((">Id", "Event", "State", "Last error"), latest) if latest else ""
    return f"<p>Webhooks are {state}.</p>{tables}"


def _webhook(webhook: Webhook) -> list[str]:
    return [str(webhook.id), escape(webhook.event), webhook.status, escape(webhook.last_error or "")]
