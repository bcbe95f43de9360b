"""Invoices, their feed and credit notes, of a site with Relationship Invoicing (facts §3)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ..bodies import details
from ..bodies.credit_notes import DETAILS as NOTE_DETAILS
from ..bodies.credit_notes import credit_note
from ..bodies.invoice_events import invoice_event
from ..bodies.invoices import invoices
from ..bodies.lookup import Lookup
from ..business.records import CreditNote, Group, Invoice, InvoiceEvent
from .lists import (
    BASIC_TIMES,
    Condition,
    Listing,
    Query,
    among,
    equals,
    moment,
    page_number,
    page_size,
    since_id,
)

if TYPE_CHECKING:
    from ..site import Site


def _product_ids(value: str, now: int) -> Condition:
    """An invoice matches when any of its lines is of one of these plans."""
    wanted = value.split(",")
    return " OR ".join(["instr(product_ids, ?)"] * len(wanted)), tuple(f",{number}," for number in wanted)


INVOICES = Listing(
    kind=Invoice,
    times=BASIC_TIMES,
    days={"due_date": "due_on", "issue_date": "issued_on", "paid_date": "paid_on"},
    date_field="due_date",
    sorts={
        "status": "status",
        "total_amount": "total",
        "due_amount": "due",
        "created_at": "created_at",
        "updated_at": "updated_at",
        "issue_date": "issued_on",
        "due_date": "due_on",
        "number": "id",
    },
    sort="number",
    direction="desc",
    filters={
        "status": equals("status"),
        "subscription_id": equals("subscription_id"),
        "customer_ids": among("customer_id"),
        "number": among("id"),
        "product_ids": _product_ids,
        "consolidation_level": equals("level"),
    },
)
SEGMENTS = Listing(kind=Invoice)
EVENTS = Listing(
    kind=InvoiceEvent,
    size=100,
    times={"created_at": "created_at"},
    filters={"event_types": among("kind")},
)
# The order of credit notes is not known; as invoices, newest first [I].
NOTES = Listing(kind=CreditNote, direction="desc", filters={"subscription_id": equals("subscription_id")})


def list_invoices(site: Site, query: Query) -> Any:
    """Return a page of invoices, for `subscription_group_uid` the consolidated ones of a group."""
    criteria = {name: value for name, value in query.items() if name not in details.DETAILS}
    wanted = _asked(query, details.DETAILS)
    where, values = _of_group(site, query.get("subscription_group_uid"))
    return {"invoices": invoices(site, site.rows(INVOICES, criteria, where, values), wanted)}


def _of_group(site: Site, uid: str | None) -> Condition:
    if not uid:
        return "", ()
    group = site.store.one(Group, uid=uid)
    return "group_id = ? AND level = 'parent'", (group.id if group else None,)


def read_invoice(site: Site, query: Query, uid: str) -> Any:
    """Return a bare object with every detail."""
    found = site.store.one(Invoice, uid=uid)
    return found and invoices(site, [found])[0]


def segments(site: Site, query: Query, uid: str) -> Any:
    """Return a page of the children of a consolidated invoice, without details, in ascending order."""
    parent = site.store.one(Invoice, uid=uid)
    if parent is None:
        return None
    return {
        "invoices": invoices(site, site.rows(SEGMENTS, _paging(query), "parent_id = ?", (parent.id,)), ())
    }


def events(site: Site, query: Query) -> Any:
    """Return a page of the feed, always ascending."""
    conditions = [_since(site, query), _of_document(site, query.get("invoice_uid")), _status_changes(query)]
    where = " AND ".join(f"({text})" for text, _ in conditions if text)
    values = tuple(value for _, found in conditions for value in found)
    criteria = _paging(query) | {"direction": "asc", "event_types": query.get("event_types", "")}
    lookup, size = Lookup(site), page_size(query, EVENTS)
    return {
        "events": [invoice_event(row, lookup) for row in site.rows(EVENTS, criteria, where, values)],
        "page": page_number(query, EVENTS),
        "per_page": size,
        "total_pages": -(-site.total(EVENTS, criteria, where, values) // size),
    }


def _since(site: Site, query: Query) -> Condition:
    """`since_date` wins over `since_id`, which is exclusive; blanks around T and Z are the vendor's own style."""
    text = query.get("since_date", "").replace(" T ", "T").replace(" Z", "Z")
    if (start := moment(text, site.zone)) is not None:
        return "created_at >= ?", (start,)
    return since_id(inclusive=False)(query.get("since_id", "0"), 0) or ("", ())


def _of_document(site: Site, uid: str | None) -> Condition:
    """`invoice_uid` may also name a credit note (openapi.yaml)."""
    if not uid:
        return "", ()
    kind: type[Invoice | CreditNote] = CreditNote if uid.startswith("cn_") else Invoice
    found = site.store.one(kind, uid=uid)
    column = "note_id" if kind is CreditNote else "invoice_id"
    return f"{column} = ?", (found.id if found else None,)


def _status_changes(query: Query) -> Condition:
    if query.get("with_change_invoice_status") == "true":
        return "", ()
    return "kind <> 'change_invoice_status'", ()


def credit_notes(site: Site, query: Query) -> Any:
    """Return a page of credit notes; there is no filter by date."""
    lookup, wanted = Lookup(site), _asked(query, NOTE_DETAILS)
    criteria = _paging(query) | {"direction": "", "subscription_id": query.get("subscription_id", "")}
    return {"credit_notes": [credit_note(row, lookup, wanted) for row in site.rows(NOTES, criteria)]}


def read_credit_note(site: Site, query: Query, uid: str) -> Any:
    """Return a bare object with every detail."""
    found = site.store.one(CreditNote, uid=uid)
    return found and credit_note(found, Lookup(site))


def _asked(query: Query, details: Sequence[str]) -> tuple[str, ...]:
    """Return the details asked for: absent, not empty, unless each is named with `true`."""
    return tuple(name for name in details if query.get(name) == "true")


def _paging(query: Query) -> Query:
    return {name: query[name] for name in ("page", "per_page", "direction") if name in query}


ROUTES: dict[str, Callable[..., Any]] = {
    "/invoices.json": list_invoices,
    "/invoices/events.json": events,
    "/invoices/{uid}.json": read_invoice,
    "/invoices/{uid}/segments.json": segments,
    "/credit_notes.json": credit_notes,
    "/credit_notes/{uid}.json": read_credit_note,
}
